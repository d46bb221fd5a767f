import type { RuntimeLimits } from '../ground/limits.ts'

/** An offset that was read and is not settled. */
export interface Entry {
  readonly offset: number
  /** When the record was appended, in milliseconds since the Unix epoch. */
  readonly timestamp: number
  state: 'waiting' | 'asking' | 'answered' | 'deferred' | 'parked'
  /** Bytes held for it at present. */
  bytes: number
  /** Id of the record, once it was asked about: what a view may have to take back. */
  id: string | undefined
  /** Ends its wait for admission. */
  admission: AbortController | undefined
  /** Place in the order of deferrals. */
  deferredAt: number
}

/** The in-flight table of one partition: what is held in memory, and how much of it. Deferred records hold no bytes. */
export class InFlight {
  readonly #limits: Pick<RuntimeLimits, 'windowRecords' | 'windowBytes'>
  readonly #entries = new Map<number, Entry>()
  #records = 0
  #bytes = 0
  #deferrals = 0

  constructor(limits: Pick<RuntimeLimits, 'windowRecords' | 'windowBytes'>) {
    this.#limits = limits
  }

  /** Room for further records; both positive, or there is none. */
  get room(): { readonly records: number; readonly bytes: number } {
    return { records: this.#limits.windowRecords - this.#records, bytes: this.#limits.windowBytes - this.#bytes }
  }

  /** Records held, deferred ones not among them. */
  get records(): number {
    return this.#records
  }

  get hasRoom(): boolean {
    const { records, bytes } = this.room
    return records > 0 && bytes > 0
  }

  /** How many deferrals there have been: a mark in their order. */
  get deferrals(): number {
    return this.#deferrals
  }

  /** When the oldest of them was appended, deferred ones among them; undefined when there is none. */
  get oldest(): number | undefined {
    // Offsets come in their order, and so does what the map holds.
    return this.#entries.values().next().value?.timestamp
  }

  add(offset: number, bytes: number, timestamp = 0): Entry {
    const entry: Entry = {
      offset,
      timestamp,
      state: 'waiting',
      bytes,
      id: undefined,
      admission: undefined,
      deferredAt: 0
    }
    this.#entries.set(offset, entry)
    this.#records++
    this.#bytes += bytes
    return entry
  }

  get(offset: number): Entry | undefined {
    return this.#entries.get(offset)
  }

  all(): IterableIterator<Entry> {
    return this.#entries.values()
  }

  /** The greatest offset about which questions went out; -1 where there is none. */
  get lastAsked(): number {
    let last = -1
    for (const { offset, state } of this.#entries.values())
      if (state === 'asking' || state === 'answered') last = Math.max(last, offset)
    return last
  }

  /** Records behind this offset are not admitted any more. */
  endAdmission(after: number): void {
    for (const entry of this.#entries.values()) if (entry.offset > after) entry.admission?.abort()
  }

  get awaitsAdmission(): boolean {
    return this.#entries.values().some(({ state }) => state === 'waiting')
  }

  resize(entry: Entry, bytes: number): void {
    this.#bytes += bytes - entry.bytes
    entry.bytes = bytes
  }

  /** Lets go of the record itself; its offset stays. */
  defer(entry: Entry): void {
    this.resize(entry, 0)
    this.#records--
    entry.state = 'deferred'
    entry.deferredAt = this.#deferrals++
  }

  /** A deferred record was read again. */
  resume(entry: Entry, bytes: number): void {
    entry.state = 'waiting'
    this.#records++
    this.resize(entry, bytes)
  }

  /** The deferred records, oldest offset first, at most `count`. */
  deferred(count: number): Entry[] {
    const found: Entry[] = []
    for (const entry of this.#entries.values()) {
      if (entry.state === 'deferred' && found.push(entry) === count) break
    }
    return found
  }

  remove(offset: number): void {
    const entry = this.#entries.get(offset)
    if (!entry) return
    this.resize(entry, 0)
    this.#records--
    this.#entries.delete(offset)
  }
}
