import { type AnyStage, decidesInOrder } from '../../../engine/declare/index.ts'
import type { CommitResult } from '../../../engine/log/port.ts'
import { Committer } from '../../../engine/runtime/commit/committer.ts'
import { SettledWindow } from '../../../engine/runtime/commit/window.ts'
import { FlowState } from '../../../engine/runtime/partition/flow-state.ts'
import type { TakenPartition } from '../../../engine/runtime/partition/take-over.ts'
import { VerdictsAtOnce } from '../../../engine/runtime/partition/verdicts.ts'
import { VerdictsInOrder } from '../../../engine/runtime/partition/verdicts-in-order.ts'
import { type BedOptions, type RuntimeBed, runtimeBed } from './runtime-bed.ts'
import { committed, ScriptedOwner } from './scripted-owner.ts'
import { judgeText } from './text-stages.ts'

export interface FlowOptions extends BedOptions {
  readonly stage?: AnyStage
  /** Results of the owner's first commits; all later ones succeed. */
  readonly results?: readonly (CommitResult | Promise<CommitResult>)[]
  readonly base?: number
  /** Settled beyond the base. */
  readonly beyond?: readonly number[]
}

/** What the activities of one partition share, as it is after a take-over, before any of them runs. */
export interface FlowBed extends RuntimeBed {
  readonly state: FlowState
  readonly taken: TakenPartition
  readonly owner: ScriptedOwner
  readonly lost: AbortController
  /** Owners that a commit of unknown outcome finds, one after the other. */
  readonly successors: ScriptedOwner[]
}

export async function flowBed(options: FlowOptions = {}): Promise<FlowBed> {
  const stage = options.stage ?? judgeText()
  const bed = await runtimeBed(stage, options)
  const { context } = bed
  const base = options.base ?? 0
  const owner = new ScriptedOwner({ offset: base, metadata: '1 c0ffee ' }, ...(options.results ?? []))
  owner.otherwise = committed
  owner.fetch = async (from, limits, signal) => {
    const records = bed.log.records(context.input).filter(({ offset }) => offset >= from)
    if (signal.aborted || records.length === 0) return { records: [], nextOffset: from }
    const found = records.slice(0, limits.maxRecords)
    return { records: found, nextOffset: found.at(-1)!.offset + 1 }
  }
  const lost = new AbortController()
  const successors: ScriptedOwner[] = []
  const retake = async () => successors.shift() ?? Promise.reject(new Error('nobody succeeds'))
  const verdicts = decidesInOrder(stage)
    ? new VerdictsInOrder(context, stage, stage.createView(context.settings), base)
    : new VerdictsAtOnce(context)
  const taken: TakenPartition = {
    partition: 0,
    committer: new Committer(context, owner, retake, lost.signal),
    window: new SettledWindow(base, options.beyond),
    verdicts
  }
  return { ...bed, state: new FlowState(context, taken, lost), taken, owner, lost, successors }
}
