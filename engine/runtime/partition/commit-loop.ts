import type { Settlement } from '../record/settlement.ts'
import { tracedCommit } from '../record/spans.ts'
import type { DefectStreak } from './defects.ts'
import type { FlowState } from './flow-state.ts'
import { Outbox } from './outbox.ts'

/** Commits what was settled in one partition, one batch at a time. */
export class CommitLoop {
  readonly #state: FlowState
  readonly #defects: DefectStreak
  readonly #isAnswering: () => boolean
  readonly #outbox: Outbox
  #committing = false
  #committedBase: number

  /** @param isAnswering some record is asked about: its outcome is still to come. */
  constructor(state: FlowState, defects: DefectStreak, isAnswering: () => boolean) {
    this.#state = state
    this.#defects = defects
    this.#isAnswering = isAnswering
    this.#outbox = new Outbox(state.context.limits)
    this.#committedBase = state.taken.window.base
  }

  get committing(): boolean {
    return this.#committing
  }

  /** Nothing waits for its commit. */
  get quiet(): boolean {
    return this.#outbox.length === 0 && !this.#committing
  }

  /** An outcome, to be committed with the next batch. */
  add(settlement: Settlement): void {
    const { inFlight, changed } = this.#state
    inFlight.resize(inFlight.get(settlement.offset)!, settlement.bytes)
    this.#outbox.add(settlement)
    settlement.span?.end(settlement.kind, settlement.reason, settlement.emitted)
    changed.changed()
    try {
      this.#defects.note(settlement)
    } catch (halt) {
      this.#state.failInOrder(halt)
    }
  }

  /** Runs until the flow has stopped and all is committed, or the partition is lost. @throws Halt. */
  async run(): Promise<void> {
    const { taken, changed, lost } = this.#state
    const due = () => this.#outbox.length > 0 || taken.window.base > this.#committedBase
    const ended = () => this.#hasEnded
    while (await changed.until(() => due() || ended(), lost)) {
      if (!due()) return
      await this.#pace()
      if (lost.aborted || !(await this.#commit())) return
    }
  }

  /** No outcome will come any more: all are in, or those that are not were withdrawn. */
  get #hasEnded(): boolean {
    const { stopping, withdrawal, inFlight } = this.#state
    if (!stopping.aborted) return false
    return withdrawal.aborted || (!this.#isAnswering() && !inFlight.awaitsAdmission)
  }

  /** Lets outcomes gather for one interval, less when enough of them wait or the flow stops. */
  async #pace(): Promise<void> {
    const { context, changed } = this.#state
    const over = new AbortController()
    const full = () => this.#outbox.full || this.#hasEnded
    await Promise.race([context.clock.sleep(context.pace.intervalMs, over.signal), changed.until(full, over.signal)])
    over.abort()
  }

  async #commit(): Promise<boolean> {
    const { context, taken, changed, withdrawal } = this.#state
    const { window, committer, partition } = taken
    const batch = this.#outbox.take()
    const offsets = batch.map(settlement => settlement.offset)
    const outputs = batch.flatMap(settlement => settlement.outputs)
    const position = window.positionWith(offsets, context.configuration.hash)
    this.#committing = true
    const ended = await tracedCommit(context, partition, batch, () => committer.commit(outputs, position, withdrawal))
    this.#committing = false
    if (ended === 'lost') {
      this.#state.lose()
      return false
    }
    this.#committedBase = position.offset
    window.settle(offsets)
    for (const settlement of batch) this.#settled(settlement)
    changed.changed()
    return true
  }

  #settled(settlement: Settlement): void {
    const { counters } = this.#state.context
    this.#state.inFlight.remove(settlement.offset)
    counters.outputs += settlement.emitted
    if (settlement.kind === 'emitted') counters.emitted++
    else if (settlement.kind === 'rejected') counters.rejected++
    else counters.deadLettered++
    if (settlement.reason) counters.count(settlement.reason)
  }
}
