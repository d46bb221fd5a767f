import type { Producer } from 'kafkajs'
import { isLogError } from '../errors.ts'
import type { CommitResult, OutputRecord } from '../port.ts'
import type { Slots } from './client/slots.ts'
import type { Topics } from './topics.ts'
import { type GroupPosition, transact } from './transaction.ts'

/** A batch of one record has to stay below the 1 MiB that a broker takes by default, framing included. */
export const maxRecordBytes = 900_000

/** What commits share in one process. */
export interface Committing {
  /** Transactions under way. */
  readonly slots: Slots
  readonly topics: Topics
  /** Those not closed. */
  readonly open: Set<Transactions>
}

/** The transactions of one producer, one at a time. */
export class Transactions {
  readonly #producer: Producer
  readonly #parts: Committing
  readonly #ended: (how: 'fenced' | 'unknown' | 'released') => void
  readonly #end = new AbortController()
  #last: Promise<unknown> = Promise.resolve()
  #closed: Promise<void> | undefined

  /** @param ended called once, when it can commit no more. */
  constructor(
    producer: Producer,
    parts: Committing,
    ended: (how: 'fenced' | 'unknown' | 'released') => void = () => {}
  ) {
    this.#producer = producer
    this.#parts = parts
    this.#ended = ended
    parts.open.add(this)
  }

  /** Aborted once it can commit no more. */
  get ended(): AbortSignal {
    return this.#end.signal
  }

  commit(outputs: readonly OutputRecord[], position?: GroupPosition): Promise<CommitResult> {
    const result = this.#last.then(() => this.#commit(outputs, position))
    this.#last = result.catch(() => {})
    return result
  }

  /** Waits for the commit in progress. */
  close(): Promise<void> {
    this.#closed ??= this.#last.then(async () => {
      this.#endAs('released')
      await this.#producer.disconnect().catch(() => {})
      this.#parts.open.delete(this)
    })
    return this.#closed
  }

  async #commit(outputs: readonly OutputRecord[], position: GroupPosition | undefined): Promise<CommitResult> {
    if (this.ended.aborted) return { status: 'fenced' }
    const { slots, topics } = this.#parts
    try {
      await topics.check(outputs, maxRecordBytes)
    } catch (cause) {
      if (isLogError(cause)) return { status: 'aborted', cause }
      throw cause
    }
    const result = await slots.run(() => transact(this.#producer, outputs, position))
    if (result.status === 'fenced' || result.status === 'unknown') this.#endAs(result.status)
    return result
  }

  #endAs(how: 'fenced' | 'unknown' | 'released'): void {
    if (this.ended.aborted) return
    this.#end.abort()
    this.#ended(how)
  }
}
