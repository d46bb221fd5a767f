import { LogError } from '../errors.ts'
import type { Headers, LogRecord } from '../port.ts'
import { committedOnly, type RawMessage } from './aborted-records.ts'
import { hasType, unavailable } from './kafka-errors.ts'
import type { FetchedPartition } from './kafkajs-internals.ts'
import type { RawCluster } from './raw-cluster.ts'

/** Records of one partition from an offset on, as far as one fetch found them. */
export interface FetchedRange {
  readonly records: readonly LogRecord[]
  /** Everything below it was looked at; `from` when nothing was there. */
  readonly nextOffset: number
}

interface Want {
  readonly topic: string
  readonly partition: number
  readonly from: number
  readonly maxBytes: number
  /** On the clock of `performance.now()`. */
  readonly until: number
  readonly answer: (range: FetchedRange) => void
  readonly fail: (error: Error) => void
  /** What went wrong in the last round. */
  failure: unknown
}

/** How long one fetch waits at the broker: those who begin to want something meanwhile wait that long too. */
const roundMs = 100
const afterFailureMs = 100

/**
 * Fetches for all partitions that are wanted at a time: one request per broker, since a broker answers the requests of a
 * connection one after the other, and one that waits would hold up the rest.
 */
export class Fetcher {
  readonly #cluster: RawCluster
  readonly #wants = new Set<Want>()
  /** Brokers with a request under way. */
  readonly #busy = new Set<number>()
  #closed = false

  constructor(cluster: RawCluster) {
    this.#cluster = cluster
  }

  /**
   * The next records of a partition, or none when there are none within `waitMs`, or once the signal is aborted.
   * @throws LogError `offset-gone` when `from` is not in the log, `unavailable` when the broker could not be asked.
   */
  async fetch(range: {
    readonly topic: string
    readonly partition: number
    readonly from: number
    readonly maxBytes: number
    readonly waitMs: number
    readonly signal?: AbortSignal
  }): Promise<FetchedRange> {
    if (this.#closed) throw new LogError('log-closed', 'the log was closed')
    const { signal, from } = range
    if (signal?.aborted) return { records: [], nextOffset: from }
    const { promise, resolve: answer, reject: fail } = Promise.withResolvers<FetchedRange>()
    const want: Want = { ...range, until: performance.now() + range.waitMs, answer, fail, failure: undefined }
    const withdraw = () => this.#settle(want, () => answer({ records: [], nextOffset: from }))
    signal?.addEventListener('abort', withdraw)
    this.#wants.add(want)
    void this.#serve()
    return promise.finally(() => signal?.removeEventListener('abort', withdraw))
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const want of this.#wants) want.fail(new LogError('log-closed', 'the log was closed'))
    this.#wants.clear()
    await this.#cluster.close()
  }

  /** Begins a round at every broker that is free and leads something that is wanted. */
  async #serve(): Promise<void> {
    const byLeader = new Map<number, Want[]>()
    for (const want of [...this.#wants]) {
      try {
        const leader = await this.#cluster.leaderOf(want.topic, want.partition)
        byLeader.set(leader, [...(byLeader.get(leader) ?? []), want])
      } catch (error) {
        want.failure = error
        await this.#recover(error)
        this.#expire([want])
      }
    }
    for (const [leader, wants] of byLeader) if (!this.#busy.has(leader)) void this.#round(leader, wants)
    if (byLeader.size === 0 && this.#wants.size > 0 && !this.#closed)
      setTimeout(() => void this.#serve(), afterFailureMs)
  }

  async #round(leader: number, candidates: readonly Want[]): Promise<void> {
    // A request names a partition once: whoever else wants it has the next round.
    const wants = new Map<string, Want>()
    for (const want of candidates)
      if (this.#wants.has(want) && !wants.has(placeOf(want))) wants.set(placeOf(want), want)
    if (wants.size === 0) return
    this.#busy.add(leader)
    const asked = [...wants.values()]
    try {
      const waitMs = Math.max(0, Math.min(roundMs, ...asked.map(({ until }) => until - performance.now())))
      const requests = asked.map(({ topic, partition, from, maxBytes }) => ({
        topic,
        partition,
        offset: from,
        maxBytes
      }))
      const found = await this.#cluster.fetch(leader, requests, Math.floor(waitMs))
      for (const want of asked) want.failure = undefined
      for (const fetched of found) this.#found(wants.get(placeOf(fetched))!, fetched)
    } catch (error) {
      await this.#failed(error, asked)
    }
    this.#busy.delete(leader)
    this.#expire(asked)
    if (this.#wants.size > 0) void this.#serve()
  }

  #settle(want: Want, settle: () => void): void {
    if (this.#wants.delete(want)) settle()
  }

  #found(want: Want, { topic, partition, messages, abortedTransactions }: FetchedPartition & { topic: string }): void {
    const last = messages.at(-1)
    if (!last) return
    const nextOffset = Number(last.batchContext.firstOffset) + last.batchContext.lastOffsetDelta + 1
    const records = committedOnly(messages, abortedTransactions)
      .map(message => recordOf(topic, partition, message))
      .filter(({ offset }) => offset >= want.from)
    this.#settle(want, () => want.answer({ records, nextOffset }))
  }

  async #failed(error: unknown, wants: readonly Want[]): Promise<void> {
    const meant = error as { topic?: string; partition?: number }
    for (const want of wants) {
      want.failure = error
      const isMeant = want.topic === meant.topic && want.partition === meant.partition
      if (isMeant && hasType(error, outOfRange)) await this.#outOfRange(want)
    }
    await this.#recover(error)
  }

  /** Says what is missing: records before the log's start, or behind its end. */
  async #outOfRange(want: Want): Promise<void> {
    const { topic, partition, from } = want
    try {
      const start = (await this.#cluster.offsets(topic, 'start'))[partition]!
      const end = (await this.#cluster.offsets(topic, 'end'))[partition]!
      const message =
        from < start
          ? `offsets ${from} to ${start - 1} of ${topic}/${partition} were deleted before they were read`
          : `${topic}/${partition} ends at ${end}, and was to be read from ${from}: its end was lost`
      this.#settle(want, () => want.fail(new LogError('offset-gone', message)))
    } catch (error) {
      want.failure = error
    }
  }

  async #recover(error: unknown): Promise<void> {
    if (this.#closed) return
    await this.#cluster.recover(error).catch(() => {})
    await new Promise(resolve => setTimeout(resolve, afterFailureMs))
  }

  /** Answers those whose time is up. */
  #expire(wants: readonly Want[]): void {
    const now = performance.now()
    for (const want of wants) {
      if (want.until > now) continue
      const { failure, topic, partition, from } = want
      this.#settle(want, () => {
        if (failure === undefined) want.answer({ records: [], nextOffset: from })
        else want.fail(unavailable(`${topic}/${partition} cannot be read`, failure))
      })
    }
  }
}

const placeOf = ({ topic, partition }: { readonly topic: string; readonly partition: number }): string =>
  `${topic}/${partition}`

const outOfRange = new Set(['OFFSET_OUT_OF_RANGE'])

const recordOf = (topic: string, partition: number, message: RawMessage): LogRecord => ({
  topic,
  partition,
  offset: Number(message.offset),
  timestamp: Number(message.timestamp),
  key: message.key,
  value: message.value,
  headers: headersOf(message)
})

/** Text, as ours are; of headers that occur more than once, the last. */
const headersOf = ({ headers }: RawMessage): Headers =>
  Object.fromEntries(
    Object.entries(headers ?? {}).map(([name, value]) => [
      name,
      String((Array.isArray(value) ? value.at(-1) : value) ?? '')
    ])
  )
