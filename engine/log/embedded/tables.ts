import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Database, open } from 'lmdb'
import type { Commit, TopicSpec } from '../port.ts'

/**
 * The lmdb environment of one log directory and its tables. `open.ts` explains how they are used.
 * Offsets in a partition have no holes here, and nothing is ever deleted: the first offset is always 0.
 */
export interface Tables {
  /** Framed records (`framing.ts`), by topic id (4 bytes), partition (4 bytes), offset (6 bytes), big-endian. */
  readonly records: Database<Buffer, Buffer>
  /** One past the last offset of a partition, by topic id and partition; absent where nothing was appended. */
  readonly ends: Database<number, readonly [number, number] & Key>
  /** Topics by name. */
  readonly topics: Database<StoredTopic, string>
  /** Positions, by group, topic and partition. */
  readonly commits: Database<Commit, readonly [string, string, number] & Key>
  /** How often a partition (by group, topic, partition) or a writer (by its id) was taken: the owner's epoch. */
  readonly epochs: Database<number, EpochKey & Key>
  /** Texts of schemas by id, and ids by the SHA-256 of the text. */
  readonly schemas: Database<string, number>
  readonly schemaIds: Database<number, string>
  /** `format`, `secret`, `appends` (commits that appended something), `lastTopicId`, `lastSchemaId`. */
  readonly state: Database<string | number, string>
  /** Runs `write` in one durable transaction: on disk when it returns. Undone whole when it throws. */
  transact<T>(write: () => T): T
  /** Reads from here on see what other threads and processes have committed. */
  refresh(): void
  close(): Promise<void>
}

export interface StoredTopic extends TopicSpec {
  readonly id: number
}

export type EpochKey = readonly ['partition', string, string, number] | readonly ['writer', string]

/** lmdb's own type of a key, which does not admit readonly arrays. */
type Key = import('lmdb').Key[]

/** File of the records within a log's directory. */
export const dataFile = (dir: string): string => join(dir, 'data.mdb')

export const recordKey = (topicId: number, partition: number, offset: number): Buffer => {
  const key = Buffer.allocUnsafe(14)
  key.writeUInt32BE(topicId, 0)
  key.writeUInt32BE(partition, 4)
  key.writeUIntBE(offset, 8, 6)
  return key
}

export const offsetOf = (key: Buffer): number => key.readUIntBE(8, 6)

/**
 * Opens the tables, creating them where `create` allows it.
 * @throws Error when there is no log, and none is to be created.
 */
export function openTables(dir: string, create: boolean): Tables {
  if (!create && !existsSync(dataFile(dir)))
    throw new Error(`there is no log in ${dir}: nothing was ever ingested there`)
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  // Without overlapping syncs a transaction has reached the disk when it returns, and before anybody can read it.
  const root = open({ path: dir, overlappingSync: false, maxReaders: 1024, maxDbs: 16, noSubdir: false })
  const table = <V, K>(name: string): Database<V, K & Key> =>
    root.openDB({ name, encoding: 'json' }) as unknown as Database<V, K & Key>
  return {
    records: root.openDB({ name: 'records', encoding: 'binary', keyEncoding: 'binary' }) as Database<Buffer, Buffer>,
    ends: table('ends'),
    topics: root.openDB({ name: 'topics', encoding: 'json' }),
    commits: table('commits'),
    epochs: table('epochs'),
    schemas: root.openDB({ name: 'schemas', encoding: 'json' }),
    schemaIds: root.openDB({ name: 'schema-ids', encoding: 'json' }),
    state: root.openDB({ name: 'state', encoding: 'json' }),
    transact: write => root.transactionSync(write),
    refresh: () => root.resetReadTxn(),
    close: () => root.close()
  }
}
