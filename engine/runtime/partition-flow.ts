import type { AnyPlainStage } from '../declare/index.ts'
import { isLogError } from '../log/errors.ts'
import type { Fetched, LogRecord } from '../log/port.ts'
import { Condition } from './condition.ts'
import type { DefectStreak } from './defects.ts'
import { Halt } from './halt.ts'
import { type Entry, InFlight } from './in-flight.ts'
import { Outbox } from './outbox.ts'
import { type Answered, answer, decode, defect } from './record-flow.ts'
import { earlierCopies } from './repeats.ts'
import { type DeadLettering, type Input, type Settlement, settlementOf } from './settlement.ts'
import type { StageContext } from './stage-context.ts'
import type { TakenPartition } from './take-over.ts'

type Answer = Extract<Answered, { as: 'verdict' | 'answers' }>

/** Why a flow ended: it was stopped, or the partition went to another owner. */
export type FlowEnd = 'stopped' | 'lost'

/** One input partition, from the first record after take-over until it is stopped or lost. See RUNTIME.md. */
export class PartitionFlow {
  readonly partition: number
  readonly #context: StageContext
  readonly #taken: TakenPartition
  readonly #defects: DefectStreak
  readonly #inFlight: InFlight
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
  #waking = false
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
  }

  /** Nothing is asked, nothing waits for its commit. */
  get quiet(): boolean {
    return this.#asking === 0 && this.#outbox.length === 0 && !this.#committing
  }

  /** Deferred records so far; a later `wake` may say that those before a mark are released. */
  get deferralMark(): number {
    return this.#inFlight.deferrals
  }

  /** Runs until it is stopped or lost. @throws Halt. */
  async run(): Promise<FlowEnd> {
    const intake = this.#intake().catch(error => this.#fail(error))
    const commits = this.#commits().catch(error => this.#fail(error))
    await Promise.all([intake, commits])
    this.#withdrawal.abort()
    this.#giveBack()
    await this.#taken.committer.owner.release().catch(() => {})
    if (this.#failure) throw this.#failure
    return this.#lost.signal.aborted ? 'lost' : 'stopped'
  }

  /** Takes in no more; what has been asked is answered, or withdrawn when the grace is over; then all is committed. */
  stop(graceMs: number): void {
    this.#stopping.abort()
    this.#changed.changed()
    void this.#context.clock.sleep(graceMs, this.#withdrawal.signal).then(() => this.#withdrawal.abort())
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
    this.#failure ??= error instanceof Halt ? error : this.#unexpected(error)
    this.lose()
  }

  #unexpected(error: unknown): Halt {
    const { stage } = this.#context
    const { message } = error as Error
    if (isLogError(error, 'offset-gone')) return new Halt('input-gone', stage.name, message, error)
    return new Halt('internal', stage.name, message, error)
  }

  // Intake

  async #intake(): Promise<void> {
    const { window, committer } = this.#taken
    const { signal } = this.#stopping
    const hasRoom = () => {
      const { records, bytes } = this.#inFlight.room
      return records > 0 && bytes > 0 && next < window.limit && !this.#context.paused()
    }
    let next = window.base
    while (await this.#changed.until(hasRoom, signal)) {
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
        if (!isLogError(error, 'partition-lost')) throw error
        this.lose()
        return
      }
      next = await this.#accept(next, fetched)
    }
  }

  /** Begins with each fetched record, settles the holes between them. Returns the next offset to fetch. */
  async #accept(from: number, fetched: Fetched): Promise<number> {
    const { window } = this.#taken
    const records = fetched.records.filter(record => record.offset < window.limit)
    const to =
      records.length < fetched.records.length ? records.at(-1)!.offset + 1 : Math.min(fetched.nextOffset, window.limit)
    const inputs: { record: LogRecord; input: Input | DeadLettering }[] = []
    for (const record of records)
      inputs.push({ record, input: await decode(this.#context, record, this.#stopping.signal) })
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
    const entry = this.#inFlight.add(record.offset, bytes)
    if ('deadLetter' in input) this.#answered(entry, { as: 'verdict', input: { record }, verdict: input, calls: [] })
    else if (earlier !== undefined) this.#answered(entry, this.#repeat(input, earlier))
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
    try {
      const result = await answer(this.#context, input, {
        released,
        asking: now => this.#setAsking(entry, now),
        admission: this.#stopping.signal,
        signal: this.#withdrawal.signal
      })
      if (result.as === 'withdrawn') this.#park(entry)
      else if (result.as === 'deferred') this.#defer(entry)
      else this.#answered(entry, result)
    } catch (error) {
      this.#fail(error)
    }
  }

  #setAsking(entry: Entry, now: boolean): void {
    entry.state = now ? 'asking' : 'answered'
    this.#asking += now ? 1 : -1
    this.#context.counters.asking += now ? 1 : -1
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
    this.#context.counters.pending++
    this.#changed.changed()
    try {
      this.#defects.note(settlement)
    } catch (halt) {
      this.#failure ??= halt
      this.stop(0)
    }
  }

  // Deferral

  #defer(entry: Entry): void {
    this.#inFlight.defer(entry)
    this.#context.counters.deferred++
    this.#changed.changed()
  }

  /**
   * Asks deferred records again, oldest first, until one is deferred again.
   * @param releasedBefore those deferred before this mark may not be deferred again.
   */
  async wake(releasedBefore: number): Promise<void> {
    if (this.#waking || this.#stopping.signal.aborted) return
    this.#waking = true
    try {
      for (;;) {
        const deferred = this.#inFlight.deferred(64)
        if (deferred.length === 0 || !(await this.#wakeSome(deferred, releasedBefore))) return
      }
    } catch (error) {
      if (!this.#stopping.signal.aborted) this.#fail(error)
    } finally {
      this.#waking = false
    }
  }

  /** False when one of them is deferred again, or this flow stops. */
  async #wakeSome(deferred: readonly Entry[], releasedBefore: number): Promise<boolean> {
    const { driver, input: topic } = this.#context
    const from = Math.min(...deferred.map(entry => entry.offset))
    const to = Math.max(...deferred.map(entry => entry.offset)) + 1
    const wanted = new Map(deferred.map(entry => [entry.offset, entry]))
    for await (const record of driver.read(topic, this.partition, from, to)) {
      const entry = wanted.get(record.offset)
      if (entry?.state !== 'deferred') continue
      const input = await decode(this.#context, record, this.#stopping.signal)
      if (this.#stopping.signal.aborted) return false
      if ('deadLetter' in input) throw new Error(`offset ${record.offset} was decoded before, and is not now`)
      const released = entry.deferredAt < releasedBefore
      this.#inFlight.resume(entry, record.value?.length ?? 0)
      this.#context.counters.deferred--
      const asked = this.#ask(entry, input, released)
      // Once its questions go out, the next may be woken: admission sets the pace.
      await Promise.race([asked, this.#changed.until(() => entry.state !== 'waiting', this.#stopping.signal)])
      if (stateOf(entry) === 'deferred') return false
    }
    return !this.#stopping.signal.aborted
  }

  // Commits

  async #commits(): Promise<void> {
    const { window } = this.#taken
    const { signal } = this.#lost
    const due = () => this.#outbox.length > 0 || window.base > this.#committedBase
    const ended = () => this.#stopping.signal.aborted && this.#asking === 0
    while (await this.#changed.until(() => due() || ended(), signal)) {
      if (!due()) return
      await this.#pace()
      if (signal.aborted || !(await this.#commit())) return
    }
  }

  /** Lets outcomes gather for one interval, less when enough of them wait or the flow stops. */
  async #pace(): Promise<void> {
    const { limits, clock } = this.#context
    const over = new AbortController()
    const full = () => this.#outbox.full || (this.#stopping.signal.aborted && this.#asking === 0)
    await Promise.race([
      clock.sleep(limits.commitIntervalMs, over.signal),
      this.#changed.until(full, AbortSignal.any([over.signal, this.#lost.signal]))
    ])
    over.abort()
  }

  async #commit(): Promise<boolean> {
    const { window, committer } = this.#taken
    const batch = this.#outbox.take()
    const offsets = batch.map(settlement => settlement.offset)
    const position = window.positionWith(offsets, this.#context.configuration.hash)
    this.#committing = true
    const ended = await committer.commit(
      batch.flatMap(settlement => settlement.outputs),
      position
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
    counters.pending--
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
    counters.pending -= this.#outbox.length
  }
}

// Read through a function: the state changes behind the compiler's back while a promise is awaited.
const stateOf = (entry: Entry): Entry['state'] => entry.state
