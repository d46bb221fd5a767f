import { type AnyTopic, topicName } from '../../../engine/declare/index.ts'
import { deadLetters, rejections } from '../../../engine/runtime/ground/engine-topics.ts'
import type { DeadLetter, Rejection } from '../../../engine/schemas/types.ts'
import { topology } from '../../topology.ts'
import type { OpenPipeline } from '../open-log.ts'

/** Counts by stage, then by reason or code. */
export type CountsByStage = ReadonlyMap<string, ReadonlyMap<string, number>>

export interface Tally {
  /** Rejections that are the outcome of a record. */
  readonly rejected: CountsByStage
  /** Rejections of a part of a record whose rest was emitted. */
  readonly partly: CountsByStage
  readonly deadLettered: CountsByStage
}

/** What has been turned down and why, over the whole log. */
export async function tallyOf(open: OpenPipeline): Promise<Tally> {
  const rejected = new Map<string, Map<string, number>>()
  const partly = new Map<string, Map<string, number>>()
  const deadLettered = new Map<string, Map<string, number>>()
  for await (const value of valuesOf<Rejection>(open, rejections))
    count(value.partial ? partly : rejected, value.stage, value.reason)
  for await (const value of valuesOf<DeadLetter>(open, deadLetters)) count(deadLettered, value.stage, value.code)
  return { rejected, partly, deadLettered }
}

function count(counts: Map<string, Map<string, number>>, stage: string, reason: string): void {
  const ofStage = counts.get(stage) ?? new Map<string, number>()
  counts.set(stage, ofStage)
  ofStage.set(reason, (ofStage.get(reason) ?? 0) + 1)
}

/** All values of a topic, decoded, partition after partition. None where the topic does not exist. */
export async function* valuesOf<Value>(open: OpenPipeline, handle: AnyTopic): AsyncGenerator<Value> {
  const topic = topicName(open.pipeline, handle)
  if (!(await open.driver.topics()).has(topic)) return
  for (const [partition, end] of (await open.driver.ends(topic)).entries())
    for await (const record of open.driver.read(topic, partition, 0, end))
      yield (await open.codec.decode(handle.schema, record.value)) as Value
}

/** In dataflow order, ingest first. */
export function asObject(counts: CountsByStage): Record<string, Record<string, number>> {
  const order = topology.stages.map(({ name }) => name)
  const stages = [...counts.keys()].sort((a, b) => order.indexOf(a) - order.indexOf(b))
  return Object.fromEntries(stages.map(stage => [stage, Object.fromEntries(counts.get(stage)!)]))
}
