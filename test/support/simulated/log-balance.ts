import {
  type AnyStage,
  type AnyTopic,
  decidesInOrder,
  headerNamesOf,
  type Topology,
  topicName
} from '../../../engine/declare/index.ts'
import type { LogRecord } from '../../../engine/log/port.ts'
import { parseMetadata } from '../../../engine/runtime/commit/commit-metadata.ts'
import { deadLetters, rejections } from '../../../engine/runtime/ground/engine-topics.ts'
import { groupOf } from '../../../engine/runtime/ground/stage-context.ts'
import { inputOf, provenanceOf } from '../../../engine/runtime/record/headers.ts'
import type { SimulatedStore } from './simulated-log.ts'

/** Everything that is wrong with a log, by the invariants R1, R3 and R13: empty when it is sound. */
export function imbalances(store: SimulatedStore, topology: Topology, pipeline: string): string[] {
  const problems: string[] = []
  for (const stage of topology.stages) problems.push(...stageImbalances(store, stage, pipeline))
  for (const [topic] of store.topics) {
    const seen = new Set<string>()
    if (topic === topicName(pipeline, topology.source)) continue
    for (const record of recordsOf(store, topic)) {
      const key = `${record.key}`
      if (seen.has(key) && !topic.includes('configurations')) problems.push(`${topic} holds ${key} twice`)
      seen.add(key)
    }
  }
  return problems
}

const recordsOf = (store: SimulatedStore, topic: string): LogRecord[] =>
  Array.from({ length: store.topics.get(topic)!.partitions }, (_, p) => [...store.records(topic, p)]).flat()

function stageImbalances(store: SimulatedStore, stage: AnyStage, pipeline: string): string[] {
  const problems: string[] = []
  const input = topicName(pipeline, stage.reads)
  const outlets = [...Object.values(stage.writes as Record<string, AnyTopic>), rejections, deadLetters]
  const outcomes = new Map<string, Set<string>>()
  for (const outlet of outlets)
    for (const record of recordsOf(store, topicName(pipeline, outlet))) {
      const provenance = provenanceOf(record.headers, headerNamesOf())
      if (provenance?.stage !== stage.name || provenance.outcome === 'partial') continue
      const { topic, partition, offset } = provenance.input
      const place = `${topic}/${partition}/${offset}`
      outcomes.set(place, (outcomes.get(place) ?? new Set()).add(`${provenance.outcome} in ${record.topic}`))
    }
  for (let partition = 0; partition < store.topics.get(input)!.partitions; partition++) {
    const commit = store.commits.get(`${groupOf(pipeline, stage)}/${input}/${partition}`)
    if (!commit || commit.offset !== store.end(input, partition))
      problems.push(`${input}/${partition} ends at ${store.end(input, partition)}, committed is ${commit?.offset}`)
    if (commit && parseMetadata(commit.metadata, commit.offset).settled.offsets().length > 0)
      problems.push(`${input}/${partition} has settled offsets beyond its end`)
  }
  for (const record of recordsOf(store, input)) {
    const kinds = outcomes.get(inputOf(record))
    if (kinds?.size !== 1) problems.push(`${inputOf(record)} has outcomes ${kinds ? [...kinds].join(' and ') : 'none'}`)
    outcomes.delete(inputOf(record))
  }
  for (const [place, kinds] of outcomes) problems.push(`${place} does not exist, but has outcomes ${[...kinds]}`)
  if (decidesInOrder(stage)) {
    const decided = recordsOf(store, topicName(pipeline, stage.decisions)).map(
      record => provenanceOf(record.headers, headerNamesOf())!.input.offset
    )
    const inputs = recordsOf(store, input).map(record => record.offset)
    if (decided.join() !== inputs.join()) problems.push(`${stage.name} decided on ${decided}, not on ${inputs}`)
  }
  return problems
}
