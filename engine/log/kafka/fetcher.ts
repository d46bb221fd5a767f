import { LogError } from '../errors.ts'
import type { Headers, LogRecord } from '../port.ts'
import { committedOnly, type RawMessage } from './client/aborted-records.ts'
import { hasType, isConnectionLost, lasting, unavailable } from './client/kafka-errors.ts'
import type { FetchedPartition } from './client/kafkajs-internals.ts'
import type { RawCluster } from './client/raw-cluster.ts'

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
  /** It failed a moment ago, and is not asked for. */
  isResting: boolean
  /** It was in a request that failed: it is asked for by itself. */
  isSuspect: boolean
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
  #isServing = false
  /** Something was wanted since the last look. */
  #isAsked = false
  #closed = false

  constructor(cluster: RawCluster) {
    this.#cluster = cluster
  }

  /**
   * The next records of a partition, or none when there are none within `waitMs`, or once a signal is aborted.
   * @throws LogError `offset-gone` when `from` is not in the log, `unavailable` when the broker could not be asked.
   */
  async fetch(range: {
    readonly topic: string
    readonly partition: number
    readonly from: number
    readonly maxBytes: number
    readonly waitMs: number
    readonly signals?: readonly AbortSignal[]
  }): Promise<FetchedRange> {
    if (this.#closed) throw new LogError('log-closed', 'the log was closed')
    const { signals = [], from } = range
    if (signals.some(({ aborted }) => aborted)) return { records: [], nextOffset: from }
    const { promise, resolve: answer, reject: fail } = Promise.withResolvers<FetchedRange>()
    const until = performance.now() + range.waitMs
    const want: Want = { ...range, until, answer, fail, failure: undefined, isResting: false, isSuspect: false }
    const withdraw = () => this.#settle(want, () => answer({ records: [], nextOffset: from }))
    for (const signal of signals) signal.addEventListener('abort', withdraw)
    this.#wants.add(want)
    void this.#serve()
    return promise.finally(() => {
      for (const signal of signals) signal.removeEventListener('abort', withdraw)
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const want of this.#wants) want.fail(new LogError('log-closed', 'the log was closed'))
    this.#wants.clear()
    await this.#cluster.close()
  }

  /** Begins a round at every broker that is free and leads something that is wanted. One at a time. */
  async #serve(): Promise<void> {
    this.#isAsked = true
    if (this.#isServing) return
    this.#isServing = true
    while (this.#isAsked) {
      this.#isAsked = false
      const byLeader = await this.#byLeader()
      for (const [leader, wants] of byLeader) if (!this.#busy.has(leader)) void this.#round(leader, wants)
    }
    this.#isServing = false
  }

  async #byLeader(): Promise<ReadonlyMap<number, Want[]>> {
    const byLeader = new Map<number, Want[]>()
    for (const want of [...this.#wants]) {
      if (want.isResting) continue
      try {
        const leader = await this.#cluster.leaderOf(want.topic, want.partition)
        byLeader.set(leader, [...(byLeader.get(leader) ?? []), want])
      } catch (error) {
        this.#rest(want, error)
      }
    }
    return byLeader
  }

  async #round(leader: number, candidates: readonly Want[]): Promise<void> {
    // A request names a partition once: whoever else wants it has the next round.
    const wants = new Map<string, Want>()
    for (const want of candidates)
      if (this.#wants.has(want) && !wants.has(placeOf(want))) wants.set(placeOf(want), want)
    const alone = [...wants.values()].find(({ isSuspect }) => isSuspect)
    const asked = alone ? [alone] : [...wants.values()]
    if (asked.length > 0) {
      this.#busy.add(leader)
      try {
        await this.#ask(leader, asked)
      } catch (error) {
        await this.#failed(error, asked)
      }
      this.#busy.delete(leader)
      this.#expire(asked)
    }
    if (this.#wants.size > 0) void this.#serve()
  }

  async #ask(leader: number, asked: readonly Want[]): Promise<void> {
    const suspects = asked.some(({ isSuspect }) => isSuspect)
    const patienceMs = suspects ? 0 : Math.min(roundMs, ...asked.map(({ until }) => until - performance.now()))
    const requests = asked.map(({ topic, partition, from, maxBytes }) => ({ topic, partition, offset: from, maxBytes }))
    const found = await this.#cluster.fetch(leader, requests, Math.max(0, Math.floor(patienceMs)))
    for (const want of asked) {
      want.failure = undefined
      want.isSuspect = false
    }
    const byPlace = new Map(asked.map(want => [placeOf(want), want]))
    for (const fetched of found) this.#found(byPlace.get(placeOf(fetched))!, fetched)
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

  /** One partition can make a whole request fail, without a word which: then each is asked for by itself. */
  async #failed(error: unknown, asked: readonly Want[]): Promise<void> {
    if (asked.length > 1 && !isConnectionLost(error)) {
      for (const want of asked) want.isSuspect = true
      return
    }
    for (const want of asked) {
      if (hasType(error, outOfRange)) await this.#outOfRange(want)
      this.#rest(want, error)
    }
    if (!this.#closed) await this.#cluster.recover().catch(() => {})
  }

  /** Is not asked for during a while, that the others are not held up; or never again, where that would not help. */
  #rest(want: Want, error: unknown): void {
    if (!this.#wants.has(want)) return
    want.failure = error
    const last = lasting(error, `${placeOf(want)} cannot be read`)
    if (last) this.#settle(want, () => want.fail(last))
    want.isResting = true
    this.#expire([want])
    setTimeout(() => {
      want.isResting = false
      void this.#serve()
    }, afterFailureMs)
  }

  /** Says what is missing: records before the log's start, or behind its end. */
  async #outOfRange(want: Want): Promise<void> {
    const { topic, partition, from } = want
    try {
      const start = (await this.#cluster.offsets(topic, 'start'))[partition]!
      const end = (await this.#cluster.offsets(topic, 'high'))[partition]!
      if (start <= from && from <= end) return
      const message =
        from < start
          ? `offsets ${from} to ${start - 1} of ${topic}/${partition} were deleted before they were read`
          : `${topic}/${partition} ends at ${end}, and was to be read from ${from}: its end was lost`
      this.#settle(want, () => want.fail(new LogError('offset-gone', message)))
    } catch (error) {
      want.failure = error
    }
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
