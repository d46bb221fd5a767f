import { type Database, open } from 'lmdb'
import { LogError } from '../errors.ts'
import type { Commit, TopicSpec } from '../port.ts'
import { checksumBytes, seal, unseal } from './format/checksums.ts'

/**
 * The lmdb environment of one log directory and its tables. `open.ts` explains how they are used.
 * Offsets in a partition have no holes here, and nothing is ever deleted: the first offset is always 0.
 */
export interface Tables {
  /** Sealed records (`sealed-record.ts`) by `recordKey`. */
  readonly records: Database<Buffer, Buffer>
  /** One past the last offset of a partition, by topic id and partition; absent where nothing was appended. */
  readonly ends: Table<readonly [number, number], number>
  /** Topics by name. */
  readonly topics: Table<string, StoredTopic>
  /** Positions, by group, topic and partition. */
  readonly commits: Table<readonly [string, string, number], Commit>
  /** How often a partition (by group, topic, partition) or a writer (by its id) was taken: the owner's epoch. */
  readonly epochs: Table<EpochKey, number>
  /** Texts of schemas by id, and ids by the SHA-256 of the text. */
  readonly schemas: Table<number, string>
  readonly schemaIds: Table<string, number>
  /** Topics and schemas a second time: without them, records that are whole could not be read. */
  readonly copies: Table<CopyKey, StoredTopic | string>
  /** `id`, `secret`, `appends` (commits that appended something), `lastTopicId`, `lastSchemaId`. */
  readonly state: Table<string, string | number>
  /** Runs `write` in one durable transaction: on disk when it returns. Undone whole when it throws. */
  transact<T>(write: () => T): T
  /** Reads from here on see what other threads and processes have committed. */
  refresh(): void
}

/** Keys and values are JSON, sealed. */
export interface Table<Key, Value> {
  /** @throws LogError `log-damaged` */
  get(key: Key): Value | undefined
  put(key: Key, value: Value): void
  /** By the bytes of the keys. @throws LogError `log-damaged` */
  values(): Value[]
}

export interface StoredTopic extends TopicSpec {
  readonly id: number
}

export type EpochKey = readonly ['partition', string, string, number] | readonly ['writer', string]
export type CopyKey = readonly ['topic', string] | readonly ['schema', number]

/** Their names in lmdb, the records' aside. */
export const smallTables = ['ends', 'topics', 'commits', 'epochs', 'schemas', 'schema-ids', 'copies', 'state'] as const
export const recordsTable = 'records'

export const recordKey = (topicId: number, partition: number, offset: number): Buffer => {
  const key = Buffer.allocUnsafe(recordKeyBytes)
  key.writeUInt32BE(topicId, 0)
  key.writeUInt32BE(partition, 4)
  key.writeUIntBE(offset, 8, 6)
  return key
}
export const recordKeyBytes = 14

export const topicIdOf = (key: Buffer): number => key.readUInt32BE(0)
export const partitionOf = (key: Buffer): number => key.readUInt32BE(4)
export const offsetOf = (key: Buffer): number => key.readUIntBE(8, 6)

/** lmdb's file, mapped into memory; nothing of it was read yet but its meta pages. */
export interface Environment {
  /** Keeps the pages of the present state, and of later ones, from being used anew until they are let go. */
  pin(): { letGo(): void }
  /** Opens the tables, creating those that are not there. */
  tables(): Tables
  close(): Promise<void>
}

export function openEnvironment(dir: string): Environment {
  // Without overlapping syncs a transaction has reached the disk when it returns, and before anybody can read it.
  const root = open({ path: dir, overlappingSync: false, maxReaders: 1024, maxDbs: 16, noSubdir: false })
  const binary = { encoding: 'binary', keyEncoding: 'binary' } as const
  const table = <Key, Value>(name: (typeof smallTables)[number]): Table<Key, Value> =>
    sealedTable(name, root.openDB({ name, ...binary }) as Database<Buffer, Buffer>)
  return {
    pin() {
      const reading = root.useReadTransaction()
      return { letGo: () => reading.done() }
    },
    tables: () => ({
      records: root.openDB({ name: recordsTable, ...binary }) as Database<Buffer, Buffer>,
      ends: table('ends'),
      topics: table('topics'),
      commits: table('commits'),
      epochs: table('epochs'),
      schemas: table('schemas'),
      schemaIds: table('schema-ids'),
      copies: table('copies'),
      state: table('state'),
      transact: write => root.transactionSync(write),
      refresh: () => root.resetReadTxn()
    }),
    close: () => root.close()
  }
}

function sealedTable<Key, Value>(name: string, db: Database<Buffer, Buffer>): Table<Key, Value> {
  return {
    get(key) {
      const bytes = keyBytes(key)
      const sealed = db.get(bytes)
      return sealed && openSealed<Value>(name, bytes, sealed)
    },
    put(key, value) {
      const bytes = keyBytes(key)
      db.putSync(bytes, sealedValue(name, bytes, value))
    },
    values: () => [...db.getRange({})].map(({ key, value }) => openSealed<Value>(name, key, value))
  }
}

const keyBytes = (key: unknown): Buffer => Buffer.from(JSON.stringify(key))

function sealedValue(table: string, key: Buffer, value: unknown): Buffer {
  const sealed = Buffer.concat([Buffer.from(JSON.stringify(value)), Buffer.alloc(checksumBytes)])
  seal(table, key, sealed)
  return sealed
}

function openSealed<Value>(table: string, key: Buffer, sealed: Buffer): Value {
  const content = unseal(table, key, sealed)
  if (content) return JSON.parse(content.toString()) as Value
  throw new LogError('log-damaged', `the log's entry ${key.toString()} in ${table} is damaged: its checksum differs`)
}
