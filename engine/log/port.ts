/**
 * LogDriver: the port under the runtime. It is the only thing the runtime knows of a log, and every adapter
 * (embedded, Kafka) passes the one conformance suite in `test/contract`.
 *
 * Vocabulary is Kafka's: a topic has partitions, a partition is an append-only sequence of records addressed by offset.
 * Offsets are safe integers. Offsets may have holes (transaction markers, compaction): a hole is not a record and will
 * never become one.
 */
import type { LogError } from './errors.ts'
import type { SchemaRegistry } from './registry.ts'

/** Names are case-sensitive; values are UTF-8 text. One value a name. */
export type Headers = Readonly<Record<string, string>>

/** A record to append. The partition is always explicit: no adapter chooses one. */
export interface OutputRecord {
  /** The full name, see `topicName`. */
  readonly topic: string
  /** From 0. `partitionOf` chooses it by the key, as Kafka's default partitioner does. */
  readonly partition: number
  readonly key: Buffer | null
  /** In Confluent wire format; see `Codec`. */
  readonly value: Buffer | null
  readonly headers: Headers
}

/** A record as the log holds it. */
export interface LogRecord extends OutputRecord {
  /** From 0, rising, perhaps with holes. */
  readonly offset: number
  /** Milliseconds since the Unix epoch, set when it was appended. */
  readonly timestamp: number
}

/** A group's position in one partition: the next offset to read, and a string of at most 3,072 bytes kept with it. */
export interface Commit {
  readonly offset: number
  /** Empty where nothing is kept. The runtime keeps the bitmap of what is settled beyond the offset there. */
  readonly metadata: string
}

/** A topic as a log has it, or should. */
export interface TopicSpec {
  /** The full name, see `topicName`. */
  readonly topic: string
  /** At least 1, fixed for the life of the topic: keys are mapped to partitions by it. */
  readonly partitions: number
}

/** Upper bounds an adapter puts on one append. */
export interface LogLimits {
  /** Key, value and headers of one record, in bytes, as `recordBytes` counts them. */
  readonly maxRecordBytes: number
  /** Commits that one process can well make in a second, over all partitions it owns; undefined where nothing limits them. */
  readonly commitsPerSecond?: number
}

/**
 * How a commit ended.
 * - `committed`: outputs, offset and metadata are visible together, durably.
 * - `aborted`: nothing of it is or ever will be visible; the owner is still usable and may try again.
 * - `fenced`: nothing of it is visible, and another owner has the partition; this owner is of no further use.
 * - `unknown`: either of `committed` and `aborted`; this owner is of no further use. Take the partition again and
 *   compare its commit with the one that was attempted.
 */
export type CommitResult =
  | { readonly status: 'committed' }
  | { readonly status: 'aborted'; readonly cause: Error }
  | { readonly status: 'fenced' }
  | { readonly status: 'unknown'; readonly cause: Error }

/** What `next` found. Offsets below `nextOffset` that are not among the records are holes. */
export interface Fetched {
  /** In offset order; none where the wait was over first. */
  readonly records: readonly LogRecord[]
  /** Where to go on: above `from` wherever something was found, holes included. */
  readonly nextOffset: number
}

/** Bounds of one `next`. At least one record is returned when one is there, however large it is. */
export interface FetchLimits {
  /** At least 1. */
  readonly maxRecords: number
  /** Of the records together, about: adapters count framing differently. */
  readonly maxBytes: number
  /** How long to wait for a first record before answering with none, in milliseconds. */
  readonly waitMs: number
}

/** Sole ownership of one partition by one member of a group, from `take` until release, or until fenced. */
export interface PartitionOwner {
  readonly topic: string
  readonly partition: number
  /** The group's position as it stood once every earlier owner was fenced; undefined when it never committed. */
  readonly commitAtTake: Commit | undefined
  /**
   * The records from `from` on, in offset order, of committed transactions only.
   * None, once the signal is aborted.
   * @throws LogError `offset-gone` when `from` lies before the log's start: retention deleted unread input, and a gap is
   *   never skipped; `partition-lost` when this owner was fenced or released; `unavailable` when the log cannot be reached.
   */
  next(from: number, limits: FetchLimits, signal: AbortSignal): Promise<Fetched>
  /**
   * Appends the outputs and moves the group's position, all or nothing. One commit at a time per owner. After `release`
   * it answers `fenced`.
   */
  commit(outputs: readonly OutputRecord[], position: Commit): Promise<CommitResult>
  /** Gives the partition back. Idempotent. A commit in progress is waited for. */
  release(): Promise<void>
}

/** How long a member may go on settling what it had asked about a partition that was revoked, in milliseconds. */
export const handoverMs = 20_000

/** An end that stands still because somebody has not ended a transaction there. */
export interface HeldBack {
  readonly topic: string
  readonly partition: number
  /** The end, as `ends` gives it. */
  readonly end: number
  /** Offsets behind it that cannot be read yet. */
  readonly behind: number
  /** When this process first saw it, in milliseconds since the Unix epoch: the transaction is at least as old. */
  readonly since: number
}

/** Called synchronously by the driver when the group's assignment changes. */
export interface AssignmentListener {
  /** These are this member's from now on: `take` each before reading it. */
  assigned(partitions: readonly number[]): void
  /**
   * These go to other members. Whatever was asked about them is settled and committed within `handoverMs`, then their
   * owners are released: who takes them waits for that, where the driver can tell. An owner may be fenced before.
   */
  revoked(partitions: readonly number[]): void
  /** The membership died and will not recover by itself. */
  crashed(cause: Error): void
}

/** One member of a consumer group, on one topic. */
export interface Membership {
  /**
   * Fences every earlier owner of the partition, resolves its open transaction, then reads the group's position.
   * @throws LogError `partition-lost` when the group no longer assigns the partition to this member.
   */
  take(partition: number): Promise<PartitionOwner>
  /** Gives all partitions back, so that the group need not wait until the session has timed out. Idempotent. */
  leave(): Promise<void>
}

/** A transactional writer that owns no partition: whatever puts input in. */
export interface Writer {
  /** All records or none. One commit at a time. After `fenced` or `unknown` the writer is of no further use. */
  commit(outputs: readonly OutputRecord[]): Promise<CommitResult>
  close(): Promise<void>
}

/**
 * Any of these may throw LogError `unavailable` when the log cannot be reached for some seconds: whoever can wait asks
 * again. `not-authorised` lasts.
 */
export interface LogDriver {
  /** For messages and `messaging.system`: nothing may depend on it. */
  readonly kind: 'embedded' | 'kafka' | 'simulated'
  readonly limits: LogLimits
  /** Where the codec finds its schemas. */
  readonly registry: SchemaRegistry
  /** Existing topics, by name. */
  topics(): Promise<ReadonlyMap<string, TopicSpec>>
  /**
   * Creates what is missing, or, where this process may not, only looks.
   * @throws LogError `unknown-topic` when one is missing that may not be created.
   * @throws LogError `topic-mismatch` when a topic exists with another number of partitions.
   */
  createTopics(topics: readonly TopicSpec[]): Promise<void>
  /** Joins a consumer group on one topic; `listener` is told of partitions to take. */
  join(group: string, topic: string, listener: AssignmentListener): Promise<Membership>
  /** A transactional writer. A second one with the same id fences the first, in whatever process. */
  writer(id: string): Promise<Writer>
  /** The group's positions, one a partition, as last committed. May lag behind an owner's commit by a moment. */
  committed(group: string, topic: string): Promise<readonly (Commit | undefined)[]>
  /**
   * One past the last visible record of each partition (last stable offset), transaction markers included. An end that
   * another producer's open transaction holds back is given as it is: see `heldBack`.
   */
  ends(topic: string): Promise<readonly number[]>
  /**
   * Partitions whose end was held back by an open transaction when `ends` was last asked for. What lies behind it, ours
   * included, cannot be read until that transaction ends: nothing is lost, and nothing is out of order.
   */
  heldBack(topic: string): readonly HeldBack[]
  /** The first offset still held of each partition. */
  starts(topic: string): Promise<readonly number[]>
  /**
   * All committed records with from <= offset < to, in order; complete even where the range ends in markers.
   * @param onDamage is told of each stretch of records that is not as it was written, which is then left out. Without it the
   *   first ends the reading. Only a log on this machine tells: a broker checks its own.
   * @throws LogError `log-damaged`
   */
  read(
    topic: string,
    partition: number,
    from: number,
    to: number,
    onDamage?: (damage: LogError) => void
  ): AsyncIterable<LogRecord>
  /** Leaves all groups. The log is of no further use: to join, to write and to ask for offsets throws `log-closed`. */
  close(): Promise<void>
}

/** A record's size as the limits count it: key, value, header names and values, and 64 bytes of framing. */
export function recordBytes(record: OutputRecord): number {
  let bytes = 64 + (record.key?.length ?? 0) + (record.value?.length ?? 0)
  for (const name in record.headers) bytes += Buffer.byteLength(name) + Buffer.byteLength(record.headers[name]!)
  return bytes
}
