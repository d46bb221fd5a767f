import { type AnyTopic, decidesInOrder, type Topology, topicName } from '../../declare/index.ts'
import type { Codec } from '../../log/codec.ts'
import type { LogDriver, TopicSpec } from '../../log/port.ts'
import { engineTopics } from '../ground/engine-topics.ts'

/** A topic as its author declared it, and as it is named and partitioned on the log of one pipeline. */
export interface PipelineTopic extends TopicSpec {
  readonly handle: AnyTopic
}

/**
 * All topics of a pipeline: those of its topology, the engine's own, and what its author keeps beside them.
 * @param partitions of each topic that is not declared `single`.
 */
export function topicsOf(
  topology: Topology,
  pipeline: string,
  partitions: number,
  beside: readonly AnyTopic[] = []
): readonly PipelineTopic[] {
  const handles = new Map<string, AnyTopic>([[topology.source.records, topology.source]])
  for (const stage of topology.stages) {
    for (const outlet of Object.values(stage.writes as Record<string, AnyTopic>)) handles.set(outlet.records, outlet)
    if (decidesInOrder(stage)) handles.set(stage.decisions.records, stage.decisions)
  }
  for (const handle of [...engineTopics, ...beside]) handles.set(handle.records, handle)
  return [...handles.values()].map(handle => ({
    handle,
    topic: topicName(pipeline, handle),
    partitions: handle.partitions === 'single' ? 1 : partitions
  }))
}

/**
 * Creates the topics that are missing, and makes the codec ready to write each. Safe to repeat.
 * @throws LogError `topic-mismatch` when one exists with another number of partitions; `schema-incompatible`,
 *   `unknown-schema` when the registry refuses a schema or lacks it.
 */
export async function prepareTopics(
  { driver, codec }: { readonly driver: LogDriver; readonly codec: Codec },
  topics: readonly PipelineTopic[]
): Promise<void> {
  await driver.createTopics(topics.map(({ topic, partitions }) => ({ topic, partitions })))
  for (const { topic, handle } of topics) await codec.prepare(topic, handle.schema)
}
