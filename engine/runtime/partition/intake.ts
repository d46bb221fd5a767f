import { isLogError } from '../../log/errors.ts'
import type { Fetched, LogRecord } from '../../log/port.ts'
import { decode } from '../record/decode.ts'
import type { DeadLettering, Input } from '../record/verdict.ts'
import type { Asking } from './asking.ts'
import type { CommitLoop } from './commit-loop.ts'
import type { FlowState } from './flow-state.ts'
import { earlierCopies } from './repeats.ts'

/** Asks the log for records of one partition while there is room, and begins with each. */
export class Intake {
  readonly #state: FlowState
  readonly #asking: Asking
  readonly #commits: CommitLoop

  constructor(state: FlowState, asking: Asking, commits: CommitLoop) {
    this.#state = state
    this.#asking = asking
    this.#commits = commits
  }

  /** Runs until the flow stops. @throws LogError. */
  async run(): Promise<void> {
    const { taken, context, inFlight, changed, stopping } = this.#state
    const { window } = taken
    const mayFetch = () => inFlight.hasRoom && next < window.limit && !context.intake.closed
    let next = window.base
    while (await changed.until(mayFetch, stopping)) {
      const fetched = await this.#fetch(next)
      if (fetched === 'ended') return
      if (fetched === 'again') continue
      try {
        next = await this.#accept(next, fetched)
      } catch (error) {
        // Stopped while it waited for the registry.
        if (stopping.aborted) return
        throw error
      }
    }
  }

  async #fetch(next: number): Promise<Fetched | 'again' | 'ended'> {
    const { taken, context, inFlight, changed, stopping } = this.#state
    const { window, committer } = taken
    const { owner } = committer
    const { records, bytes } = inFlight.room
    const limits = { maxRecords: Math.min(records, window.limit - next), maxBytes: bytes, waitMs: 1_000 }
    try {
      return await owner.next(next, limits, stopping)
    } catch (error) {
      if (stopping.aborted) return 'ended'
      // A commit of unknown outcome puts another owner in place: what the old one says no longer counts.
      await changed.until(() => !this.#commits.committing, stopping)
      if (committer.owner !== owner) return 'again'
      if (context.outage.explains(error)) {
        await context.clock.sleep(context.limits.pollMs, stopping)
        return 'again'
      }
      if (!isLogError(error, 'partition-lost')) throw error
      this.#state.lose()
      return 'ended'
    }
  }

  /** Begins with each fetched record, settles the holes between them. Returns the next offset to fetch. */
  async #accept(from: number, fetched: Fetched): Promise<number> {
    const { context, taken, stopping } = this.#state
    const { window, partition } = taken
    const to = Math.min(fetched.nextOffset, window.limit)
    const inputs: { record: LogRecord; input: Input | DeadLettering }[] = []
    for (const record of fetched.records) {
      if (record.offset >= to) break
      inputs.push({ record, input: await decode(context, record, stopping) })
    }
    const earlier = context.stage.repeats ? earlierCopies(context, partition, inputs, to) : new Map<number, number>()
    let next = from
    for (const { record, input } of inputs) {
      this.#skip(next, record.offset)
      next = record.offset + 1
      if (window.has(record.offset)) this.#skip(record.offset, next)
      else this.#asking.begin(record, input, earlier.get(record.offset))
    }
    this.#skip(next, to)
    return Math.max(next, to)
  }

  #skip(from: number, to: number): void {
    const { window, verdicts } = this.#state.taken
    for (let offset = from; offset < to; offset++) {
      window.settle([offset])
      for (const settlement of verdicts.pass(offset)) this.#commits.add(settlement)
    }
    if (to > from) this.#state.changed.changed()
  }
}
