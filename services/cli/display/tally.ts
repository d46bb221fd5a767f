import { deadLetters, rejections } from '../../../engine/runtime/ground/engine-topics.ts'
import type { OpenPipeline } from '../../operate/open.ts'
import { valuesOf } from '../../operate/read.ts'
import { topology } from '../../topology.ts'

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
  for await (const value of valuesOf(open, rejections))
    count(value.partial ? partly : rejected, value.stage, value.reason)
  for await (const value of valuesOf(open, deadLetters)) count(deadLettered, value.stage, value.code)
  return { rejected, partly, deadLettered }
}

function count(counts: Map<string, Map<string, number>>, stage: string, reason: string): void {
  const ofStage = counts.get(stage) ?? new Map<string, number>()
  counts.set(stage, ofStage)
  ofStage.set(reason, (ofStage.get(reason) ?? 0) + 1)
}

/** In dataflow order, ingest first. */
export function asObject(counts: CountsByStage): Record<string, Record<string, number>> {
  const order = topology.stages.map(({ name }) => name)
  const stages = [...counts.keys()].sort((a, b) => order.indexOf(a) - order.indexOf(b))
  return Object.fromEntries(stages.map(stage => [stage, Object.fromEntries(counts.get(stage)!)]))
}
