import { LogError } from '../../log/errors.ts'
import type { Condition } from '../ground/condition.ts'
import type { StageContext } from '../ground/stage-context.ts'
import { decode } from '../record/decode.ts'
import type { Input } from '../record/verdict.ts'
import type { Entry, InFlight } from './in-flight.ts'

/** Deferred records read again in one go. */
const chunk = 64

/** What the deferral of one partition shares with its flow. */
export interface DeferralParts {
  readonly context: StageContext
  readonly partition: number
  readonly inFlight: InFlight
  readonly changed: Condition
  readonly stopping: AbortSignal
  /** Asks about a record; resolves when it is answered, withdrawn or deferred again. */
  ask(entry: Entry, input: Input, released: boolean): Promise<void>
}

/** The deferred records of one partition: only their offsets are held, and they are read again when they are woken. */
export class Deferral {
  readonly #parts: DeferralParts
  #waking = false

  constructor(parts: DeferralParts) {
    this.#parts = parts
  }

  defer(entry: Entry): void {
    const { inFlight, context, changed } = this.#parts
    inFlight.defer(entry)
    context.counters.deferred++
    changed.changed()
  }

  /**
   * Asks deferred records again, oldest first, until one is deferred again or the flow stops.
   * @param releasedBefore those deferred before this mark may not be deferred again.
   * @throws LogError `offset-gone` when one is no longer on the log.
   */
  async wake(releasedBefore: number): Promise<void> {
    const { inFlight, stopping } = this.#parts
    if (this.#waking || stopping.aborted) return
    this.#waking = true
    try {
      for (;;) {
        const deferred = inFlight.deferred(chunk)
        if (deferred.length === 0 || !(await this.#wakeSome(deferred, releasedBefore))) return
      }
    } finally {
      this.#waking = false
    }
  }

  /** False when one of them is deferred again, or the flow stops. */
  async #wakeSome(deferred: readonly Entry[], releasedBefore: number): Promise<boolean> {
    const { context, partition, inFlight, changed, stopping, ask } = this.#parts
    const { driver, input: topic, counters } = context
    const from = Math.min(...deferred.map(entry => entry.offset))
    const to = Math.max(...deferred.map(entry => entry.offset)) + 1
    const wanted = new Map(deferred.map(entry => [entry.offset, entry]))
    for await (const record of driver.read(topic, partition, from, to)) {
      const entry = wanted.get(record.offset)
      wanted.delete(record.offset)
      if (entry?.state !== 'deferred') continue
      const input = await decode(context, record, stopping)
      if (!(await changed.until(() => inFlight.hasRoom, stopping))) return false
      if ('deadLetter' in input) throw new Error(`offset ${record.offset} was decoded before, and is not now`)
      inFlight.resume(entry, record.value?.length ?? 0)
      counters.deferred--
      const asked = ask(entry, input, entry.deferredAt < releasedBefore)
      // Once its questions go out, the next may be woken: admission sets the pace.
      await Promise.race([asked, changed.until(() => entry.state !== 'waiting', stopping)])
      if (stateOf(entry) === 'deferred') return false
    }
    const [gone] = wanted.keys()
    if (gone === undefined) return !stopping.aborted
    throw new LogError('offset-gone', `offset ${gone} of ${topic}/${partition} was deferred, and is gone from the log`)
  }
}

// Read through a function: the state changes behind the compiler's back while a promise is awaited.
const stateOf = (entry: Entry): Entry['state'] => entry.state
