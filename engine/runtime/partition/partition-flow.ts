import type { AnyPlainStage } from '../../declare/index.ts'
import { isLogError } from '../../log/errors.ts'
import type { Fetched, LogRecord } from '../../log/port.ts'
import { Condition } from '../ground/condition.ts'
import { haltOn } from '../ground/halt.ts'
import type { StageContext } from '../ground/stage-context.ts'
import { type Answered, answer, decode, defect } from '../record/record-flow.ts'
import { type DeadLettering, type Input, type Settlement, settlementOf } from '../record/settlement.ts'
import { traced, tracedCommit } from '../record/spans.ts'
import type { DefectStreak } from './defects.ts'
import { Deferral } from './deferral.ts'
import { type Entry, InFlight } from './in-flight.ts'
import { Outbox } from './outbox.ts'
import { earlierCopies } from './repeats.ts'
import type { TakenPartition } from './take-over.ts'

type Answer = Extract<Answered, { as: 'verdict' | 'answers' }>

/** One input partition, from the first record after take-over until it is stopped or lost. See RUNTIME.md. */
export class PartitionFlow {
  readonly partition: number
  readonly #context: StageContext
  readonly #taken: TakenPartition
  readonly #defects: DefectStreak
  readonly #inFlight: InFlight
  readonly #deferral: Deferral
  readonly #outbox: Outbox
  readonly #changed = new Condition()
  /** Ends intake and the wait for admission. */
  readonly #stopping = new AbortController()
  /** Withdraws what is asked. */
  readonly #withdrawal = new AbortController()
  /** Nothing may be committed any more. */
  readonly #lost: AbortController
  #asking = 0
  #committing = false
  #committedBase: number
  #failure: unknown

  /** @param lost the controller whose signal the partition's committer listens to. */
  constructor(context: StageContext, taken: TakenPartition, defects: DefectStreak, lost: AbortController) {
    this.partition = taken.partition
    this.#context = context
    this.#taken = taken
    this.#defects = defects
    this.#lost = lost
    this.#outbox = new Outbox(context.limits)
    this.#inFlight = new InFlight(context.limits)
    this.#committedBase = taken.window.base
    this.#withdrawal.signal.addEventListener('abort', () => this.#inFlight.endAdmission(-1))
    this.#deferral = new Deferral({
      context,
      partition: taken.partition,
      inFlight: this.#inFlight,
      changed: this.#changed,
      stopping: this.#stopping.signal,
      ask: (entry, input, released) => this.#ask(entry, input, released)
    })
  }

  /** Nothing is asked, nothing waits for its commit. */
  get quiet(): boolean {
    return this.#asking === 0 && this.#outbox.length === 0 && !this.#committing
  }

  /** Records read and not settled, deferred ones not among them. */
  get held(): number {
    return this.#inFlight.records
  }

  /** When the oldest record that is read and not settled was appended, in milliseconds since the Unix epoch. */
  get oldest(): number | undefined {
    return this.#inFlight.oldest
  }

  /** Deferred records so far; a later `wake` may say that those before a mark are released. */
  get deferralMark(): number {
    return this.#inFlight.deferrals
  }

  /** Runs until it is stopped or lost. @throws Halt. */
  async run(): Promise<void> {
    const intake = this.#intake().catch(error => this.#fail(error))
    const commits = this.#commits().catch(error => this.#fail(error))
    await Promise.all([intake, commits])
    this.#withdrawal.abort()
    this.#giveBack()
    await this.#taken.committer.owner.release().catch(() => {})
    if (this.#failure) throw this.#failure
  }

  /** Takes in no more; what has been asked is answered, or withdrawn when the grace is over; then all is committed. */
  stop(graceMs: number): void {
    this.#stopping.abort()
    // Outcomes are decided in order: what is asked already would have to be asked again if one before it is not.
    this.#inFlight.endAdmission(this.#taken.order ? this.#inFlight.lastAsked : -1)
    this.#changed.changed()
    void this.#context.clock.sleep(graceMs, this.#withdrawal.signal).then(() => {
      this.#withdrawal.abort()
      this.#changed.changed()
    })
  }

  /** The partition belongs to another: everything at once. */
  lose(): void {
    this.#lost.abort()
    this.#withdrawal.abort()
    this.stop(0)
  }

  /** Something that intake waits for has changed (a pause was lifted). */
  nudge(): void {
    this.#changed.changed()
  }

  #fail(error: unknown): void {
    this.#failure ??= haltOn(this.#context.stage.name, error)
    this.lose()
  }

  // Intake

  async #intake(): Promise<void> {
    const { window, committer } = this.#taken
    const { signal } = this.#stopping
    const mayFetch = () => this.#inFlight.hasRoom && next < window.limit && !this.#context.paused()
    let next = window.base
    while (await this.#changed.until(mayFetch, signal)) {
      const { owner } = committer
      const { records, bytes } = this.#inFlight.room
      let fetched: Fetched
      try {
        fetched = await owner.next(
          next,
          {
            maxRecords: Math.min(records, window.limit - next),
            maxBytes: bytes,
            waitMs: 1_000
          },
          signal
        )
      } catch (error) {
        if (signal.aborted) return
        // A commit of unknown outcome puts another owner in place: what the old one says no longer counts.
        await this.#changed.until(() => !this.#committing, signal)
        if (committer.owner !== owner) continue
        if (this.#context.outage.explains(error)) {
          await this.#context.clock.sleep(this.#context.limits.pollMs, signal)
          continue
        }
        if (!isLogError(error, 'partition-lost')) throw error
        this.lose()
        return
      }
      try {
        next = await this.#accept(next, fetched)
      } catch (error) {
        // Stopped while it waited for the registry.
        if (signal.aborted) return
        throw error
      }
    }
  }

  /** Begins with each fetched record, settles the holes between them. Returns the next offset to fetch. */
  async #accept(from: number, fetched: Fetched): Promise<number> {
    const { window } = this.#taken
    const to = Math.min(fetched.nextOffset, window.limit)
    const inputs: { record: LogRecord; input: Input | DeadLettering }[] = []
    for (const record of fetched.records) {
      if (record.offset >= to) break
      inputs.push({ record, input: await decode(this.#context, record, this.#stopping.signal) })
    }
    const earlier = this.#context.stage.repeats
      ? earlierCopies(this.#context, this.partition, inputs, to)
      : new Map<number, number>()
    let next = from
    for (const { record, input } of inputs) {
      this.#skip(next, record.offset)
      next = record.offset + 1
      if (window.has(record.offset)) this.#skip(record.offset, next)
      else this.#begin(record, input, earlier.get(record.offset))
    }
    this.#skip(next, to)
    return Math.max(next, to)
  }

  #skip(from: number, to: number): void {
    const { window, order } = this.#taken
    for (let offset = from; offset < to; offset++) {
      window.settle([offset])
      for (const settlement of order?.pass(offset) ?? []) this.#settle(settlement)
    }
    if (to > from) this.#changed.changed()
  }

  #begin(record: LogRecord, input: Input | DeadLettering, earlier: number | undefined): void {
    const bytes = (record.value?.length ?? 0) + (record.key?.length ?? 0)
    const entry = this.#inFlight.add(record.offset, bytes, record.timestamp)
    if ('deadLetter' in input)
      this.#answered(entry, { as: 'verdict', input: traced(this.#context, { record }), verdict: input, calls: [] })
    else if (earlier !== undefined)
      this.#answered(entry, this.#repeat(traced(this.#context, { ...input, isCopy: true }), earlier))
    else void this.#ask(entry, input, false)
  }

  #repeat(input: Input, earlier: number): Answer {
    const rejected = this.#context.stage.repeats!.as
    const evidence = `stood at offset ${earlier} of partition ${this.partition} before`
    return { as: 'verdict', input, verdict: { rejected, evidence, repeat: true }, calls: [] }
  }

  // Records

  async #ask(entry: Entry, input: Input, released: boolean): Promise<void> {
    entry.id = input.id
    entry.admission = new AbortController()
    if (this.#stopping.signal.aborted) entry.admission.abort()
    let asked = false
    try {
      const result = await answer(this.#context, traced(this.#context, input), {
        released,
        asking: () => {
          asked = true
          entry.state = 'asking'
          this.#countAsking(1)
        },
        admission: entry.admission.signal,
        signal: this.#withdrawal.signal
      })
      if (result.as === 'withdrawn') this.#park(entry)
      else if (result.as === 'deferred') this.#deferral.defer(entry)
      else this.#answered(entry, result)
    } catch (error) {
      this.#fail(error)
    } finally {
      entry.admission = undefined
      // Not before its outcome waits for a commit: else a stop, or `quiet`, would find neither.
      if (asked) this.#countAsking(-1)
    }
  }

  #countAsking(change: 1 | -1): void {
    this.#asking += change
    this.#context.counters.asking += change
    this.#changed.changed()
  }

  /** Withdrawn: unread for the log, and for this process out of the way. */
  #park(entry: Entry): void {
    entry.state = 'parked'
    this.#changed.changed()
  }

  #answered(entry: Entry, result: Answer): void {
    entry.state = 'answered'
    const { order } = this.#taken
    if (order) {
      for (const settlement of order.add(entry.offset, result)) this.#settle(settlement)
    } else {
      const verdict = result.as === 'verdict' ? result.verdict : defect(new Error('answers without a decision'))
      this.#settle(this.#settlement(result.input, verdict, result))
    }
  }

  #settlement(input: Input, verdict: Parameters<typeof settlementOf>[2], { calls }: Answer): Settlement {
    try {
      return settlementOf(this.#context, input, verdict, calls).settlement
    } catch (error) {
      return settlementOf(this.#context, input, defect(error), calls).settlement
    }
  }

  #settle(settlement: Settlement): void {
    this.#inFlight.resize(this.#inFlight.get(settlement.offset)!, settlement.bytes)
    this.#outbox.add(settlement)
    settlement.span?.end(settlement.kind, settlement.reason, settlement.emitted)
    this.#changed.changed()
    try {
      this.#defects.note(settlement)
    } catch (halt) {
      this.#failure ??= halt
      this.stop(0)
    }
  }

  /** Asks deferred records again. @param releasedBefore those deferred before this mark may not be deferred again. */
  async wake(releasedBefore: number): Promise<void> {
    try {
      await this.#deferral.wake(releasedBefore)
    } catch (error) {
      // Whatever is deferred is woken again.
      if (!this.#stopping.signal.aborted && !this.#context.outage.explains(error)) this.#fail(error)
    }
  }

  // Commits

  async #commits(): Promise<void> {
    const { window } = this.#taken
    const { signal } = this.#lost
    const due = () => this.#outbox.length > 0 || window.base > this.#committedBase
    const ended = () => this.#hasEnded
    while (await this.#changed.until(() => due() || ended(), signal)) {
      if (!due()) return
      await this.#pace()
      if (signal.aborted || !(await this.#commit())) return
    }
  }

  /** No outcome will come any more: all are in, or those that are not were withdrawn. */
  get #hasEnded(): boolean {
    if (!this.#stopping.signal.aborted) return false
    return this.#withdrawal.signal.aborted || (this.#asking === 0 && !this.#inFlight.awaitsAdmission)
  }

  /** Lets outcomes gather for one interval, less when enough of them wait or the flow stops. */
  async #pace(): Promise<void> {
    const { pace, clock } = this.#context
    const over = new AbortController()
    const full = () => this.#outbox.full || this.#hasEnded
    await Promise.race([clock.sleep(pace.intervalMs, over.signal), this.#changed.until(full, over.signal)])
    over.abort()
  }

  async #commit(): Promise<boolean> {
    const { window, committer } = this.#taken
    const batch = this.#outbox.take()
    const offsets = batch.map(settlement => settlement.offset)
    const position = window.positionWith(offsets, this.#context.configuration.hash)
    this.#committing = true
    const ended = await tracedCommit(this.#context, this.partition, batch, () =>
      committer.commit(
        batch.flatMap(settlement => settlement.outputs),
        position,
        this.#withdrawal.signal
      )
    )
    this.#committing = false
    if (ended === 'lost') {
      this.lose()
      return false
    }
    this.#committedBase = position.offset
    window.settle(offsets)
    for (const settlement of batch) this.#settled(settlement)
    this.#changed.changed()
    return true
  }

  #settled(settlement: Settlement): void {
    const { counters } = this.#context
    this.#inFlight.remove(settlement.offset)
    counters.outputs += settlement.emitted
    if (settlement.kind === 'emitted') counters.emitted++
    else if (settlement.kind === 'rejected') counters.rejected++
    else counters.deadLettered++
    if (settlement.reason) counters.count(settlement.reason)
  }

  /** What the view counted for records that this flow did not settle is given back. */
  #giveBack(): void {
    const { stage, view, counters } = this.#context
    const { view: declared } = stage as AnyPlainStage
    for (const entry of this.#inFlight.all()) {
      if (entry.state === 'deferred') counters.deferred--
      else if (entry.id !== undefined) declared?.giveBack?.(view, entry.id)
    }
  }
}
