/**
 * The embedded log: a LogDriver on lmdb, for one machine, with no broker.
 *
 * **Files** of a log directory: `data.mdb` and `lock.mdb` (lmdb), `run.lock` and `run.pid` (who runs stages).
 * No network file systems: lmdb maps the file into memory and locks by shared memory.
 *
 * **Tables** (`tables.ts`): `records` by [topic id, partition, offset], framed as `framing.ts` says; `ends` by [topic id,
 * partition]; `topics` by name; `commits` by [group, topic, partition]; `epochs` by owner; `schemas` and `schema-ids`;
 * `state` for counters, the format's version and the secret. Offsets have no holes and nothing expires.
 *
 * **Transactions.** Every change is one request to the writer thread (`writer-thread.ts`), carried out by `writes.ts`
 * inside one ACID transaction. A commit's transaction checks the owner's epoch, appends the outputs, and stores offset and
 * metadata: all of it or nothing, whatever kills the process. Requests that wait together share a transaction.
 *
 * **Durability.** A transaction is answered after the disk has confirmed it, and nobody can read it earlier: what is
 * visible stays visible, after a power cut too.
 *
 * **Fencing.** `take` and `writer` raise a stored epoch; a commit under an older one answers `fenced`. This holds across
 * processes, since lmdb lets one of them write at a time.
 *
 * **Processes.** One process with the role `run` (`run-lock.ts`); any number that `append` (documents, by writers) or
 * `read` beside it. They learn of each other's appends by looking every 100 ms (`appends.ts`).
 */
import { randomBytes } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { LogError } from '../errors.ts'
import type { LogDriver } from '../port.ts'
import { watchAppends } from './appends.ts'
import { maxRecordBytes, type OpenLog } from './committing.ts'
import { embeddedRegistry } from './embedded-registry.ts'
import { join, type Members, openWriter } from './membership.ts'
import { endOf, placeOf, readRange, topicOf } from './reading.ts'
import { lockForRunning } from './run-lock.ts'
import { dataFile, openTables, type Tables } from './tables.ts'
import { openWriteQueue, type WriteQueue } from './write-queue.ts'

export type EmbeddedRole = 'run' | 'append' | 'read'

export interface EmbeddedLog extends LogDriver {
  readonly kind: 'embedded'
  /** Bytes on disk. */
  size(): Promise<{ readonly bytes: number }>
  /** 32 random bytes in hexadecimal, made when the log was: the pipeline's secret, for nonces. */
  secret(): string
}

export interface EmbeddedLogOptions {
  /** Created when it is missing, except by the role `read`. */
  readonly dir: string
  readonly role: EmbeddedRole
}

const format = 1

/**
 * @throws LogError `log-in-use` when another process has the role `run`.
 * @throws Error when there is nothing to read, or the log was written by a later version.
 */
export async function openEmbeddedLog({ dir, role }: EmbeddedLogOptions): Promise<EmbeddedLog> {
  const lock = role === 'run' ? lockForRunning(dir) : undefined
  let tables: Tables | undefined
  try {
    tables = openTables(dir, role !== 'read')
    initialise(tables, dir)
    const writes = role === 'read' ? refuseWrites(dir) : openWriteQueue(dir)
    return driverOf(dir, role, tables, writes, () => lock?.release())
  } catch (error) {
    await tables?.close()
    lock?.release()
    throw error
  }
}

function initialise(tables: Tables, dir: string): void {
  if (tables.state.get('format') === undefined)
    tables.transact(() => {
      // Another process may have come first.
      if (tables.state.get('format') !== undefined) return
      tables.state.putSync('secret', randomBytes(32).toString('hex'))
      tables.state.putSync('format', format)
    })
  const found = tables.state.get('format')
  if (found !== format)
    throw new Error(`the log in ${dir} has format ${found}, this version knows ${format}: use the version that made it`)
}

const refuseWrites = (dir: string): WriteQueue => ({
  request: async () => {
    throw new Error(`the log in ${dir} was opened to be read only`)
  },
  close: async () => {}
})

function driverOf(
  dir: string,
  role: EmbeddedRole,
  tables: Tables,
  writes: WriteQueue,
  unlock: () => void
): EmbeddedLog {
  const appends = watchAppends(tables)
  const members: Members = new Map()
  let closing: Promise<void> | undefined
  const checkOpen = () => {
    if (closing) throw new LogError('log-closed', `the log in ${dir} was closed`)
  }
  const log: OpenLog = { dir, tables, writes, appends, checkOpen }
  /** Whatever looks into the tables must see what others have committed, and must not touch a closed log. */
  const fresh = (): Tables => {
    checkOpen()
    tables.refresh()
    return tables
  }
  const perPartition = <T>(topic: string, value: (partition: number) => T): T[] =>
    Array.from({ length: topicOf(fresh(), topic).partitions }, (_, partition) => value(partition))

  return {
    kind: 'embedded',
    limits: { maxRecordBytes },
    registry: embeddedRegistry(log),
    async topics() {
      const stored = [...fresh().topics.getRange()]
      return new Map(stored.map(({ value: { topic, partitions } }) => [topic, { topic, partitions }]))
    },
    async createTopics(topics) {
      checkOpen()
      for (const { topic, partitions } of topics) checkTopic(topic, partitions)
      const reply = await writes.request({ kind: 'create-topics', topics })
      if (reply.kind === 'refused') throw new LogError(reply.code, reply.message)
    },
    async join(group, topic, listener) {
      checkOpen()
      if (role !== 'run') throw new Error(`the log in ${dir} was opened to ${role}: only the role run joins groups`)
      return join(log, members, group, topic, listener)
    },
    writer: id => openWriter(log, id),
    committed: async (group, topic) =>
      perPartition(topic, partition => tables.commits.get([group, topic, partition] as never)),
    ends: async topic => perPartition(topic, partition => endOf(tables, placeOf(tables, topic, partition))),
    starts: async topic => perPartition(topic, () => 0),
    read: async function* (topic, partition, from, to) {
      yield* readRange(tables, placeOf(fresh(), topic, partition), from, to, checkOpen)
    },
    size: async () => ({ bytes: (await stat(dataFile(dir))).size }),
    secret: () => fresh().state.get('secret') as string,
    close() {
      closing ??= (async () => {
        appends.close()
        await writes.close()
        await tables.close()
        unlock()
      })()
      return closing
    }
  }
}

/** Kafka's rules, so that a pipeline can move there. */
function checkTopic(topic: string, partitions: number): void {
  if (!/^[A-Za-z0-9._-]{1,249}$/.test(topic) || topic === '.' || topic === '..')
    throw new TypeError(`${topic} cannot name a topic: letters, digits, dots, dashes and underscores, 249 at most`)
  if (!Number.isInteger(partitions) || partitions < 1)
    throw new TypeError(`topic ${topic} cannot have ${partitions} partitions`)
}
