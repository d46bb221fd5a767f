/**
 * The embedded log: a LogDriver on lmdb, for one machine, with no broker.
 *
 * **Files** of a log directory: `log.json` (`log-header.ts`: what tells a new folder from one that lost its data),
 * `data.mdb` and `lock.mdb` (lmdb), `run.lock` and `run.pid` (who runs stages).
 * No network file systems: lmdb maps the file into memory and locks by shared memory.
 *
 * **Tables** (`tables.ts`): `records` by topic id, partition, offset, framed as `framing.ts` says and sealed as
 * `sealed-record.ts` says; `ends` by [topic id, partition]; `topics` by name; `commits` by [group, topic, partition];
 * `epochs` by owner; `schemas` and `schema-ids`; `copies` of topics and schemas; `state` for counters, the log's id and the
 * secret. Offsets have no holes and nothing expires.
 *
 * **Damage.** Every value bears a checksum that covers its place, and is checked whenever it is read. lmdb itself checks
 * nothing: a page that points astray kills the process, or holds it up for ever. So the pages are read as a file before
 * lmdb may follow them (`inspection.ts`): at every open all but the records' values, which takes a tenth of a second a
 * gigabyte of long records, and a second of short ones. What is damaged is refused (`log-damaged`); what is whole of it can
 * be read by `salvage.ts`.
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
import { existsSync, mkdirSync } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import { isLogError, LogError } from '../errors.ts'
import type { LogDriver } from '../port.ts'
import { watchAppends } from './appends.ts'
import { maxRecordBytes, type OpenLog } from './committing.ts'
import { type DamageList, damagedLog } from './damage/damage.ts'
import { inspect } from './damage/inspection.ts'
import { embeddedRegistry } from './embedded-registry.ts'
import { checkFiles, dataFile, lmdbFiles } from './format/lmdb-files.ts'
import { headerFile } from './format/log-header.ts'
import { join, type Members, openWriter } from './membership.ts'
import { headerToRead, headerToWrite, identify, inspectPinned } from './opening.ts'
import { endOf, placeOf, readRange, topicOf } from './reading.ts'
import { lockForRunning } from './run-lock.ts'
import { explained } from './system-errors.ts'
import { type Environment, openEnvironment, type Tables } from './tables.ts'
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

/**
 * @throws LogError `log-in-use` when another process has the role `run`; `log-damaged`; `not-authorised` and `log-full` where the
 *   folder cannot be written to.
 * @throws LogError `no-log` when there is nothing to read, `log-version` when another version wrote the log.
 */
export async function openEmbeddedLog({ dir, role }: EmbeddedLogOptions): Promise<EmbeddedLog> {
  let lock: { release(): void } | undefined
  let environment: Environment | undefined
  try {
    const there = role === 'read' ? headerToRead(dir) : undefined
    if (role !== 'read') mkdirSync(dir, { recursive: true, mode: 0o700 })
    lock = role === 'run' ? lockForRunning(dir) : undefined
    const header = there ?? headerToWrite(dir)
    checkFiles(lmdbFiles(dir))
    environment = openEnvironment(dir)
    const opened = environment
    const damage = await inspectPinned(dir, environment, header, false)
    if (!damage.isEmpty) throw damagedLog(dir, damage)
    const tables = environment.tables()
    if (role !== 'read') identify(tables, dir, header)
    const writes = role === 'read' ? refuseWrites(dir) : openWriteQueue(dir)
    return driverOf(dir, role, tables, writes, async () => {
      await opened.close()
      lock?.release()
    })
  } catch (error) {
    await environment?.close()
    lock?.release()
    throw explained(error, dir) ?? error
  }
}

/** All that is damaged of a log, every record's checksum included. @throws LogError `no-log`, `log-version`. */
export async function inspectEmbeddedLog(dir: string): Promise<DamageList> {
  let environment: Environment | undefined
  try {
    const header = headerToRead(dir)
    checkFiles(lmdbFiles(dir))
    environment = openEnvironment(dir)
    return await inspectPinned(dir, environment, header, true)
  } catch (error) {
    if (isLogError(error, 'log-damaged')) return inspect(dir, { values: true })
    throw explained(error, dir) ?? error
  } finally {
    await environment?.close()
  }
}

/** Is there a log in this folder, or what is left of one? */
export const isEmbeddedLog = (dir: string): boolean => existsSync(headerFile(dir)) || existsSync(dataFile(dir))

/** Deletes a log, damaged or not, and its folder. @throws LogError `log-in-use` while its stages run. */
export async function removeEmbeddedLog(dir: string): Promise<void> {
  let held: { release(): void } | undefined
  try {
    held = lockForRunning(dir)
    // The header first: a data file without one may still be a log, a header without a file is a damaged one.
    for (const file of [headerFile(dir), dataFile(dir), dir]) await rm(file, { recursive: true, force: true })
  } catch (error) {
    throw explained(error, dir) ?? error
  } finally {
    held?.release()
  }
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
  closeFiles: () => Promise<void>
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
      return new Map(
        fresh()
          .topics.values()
          .map(({ topic, partitions }) => [topic, { topic, partitions }])
      )
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
    committed: async (group, topic) => perPartition(topic, partition => tables.commits.get([group, topic, partition])),
    ends: async topic => perPartition(topic, partition => endOf(tables, placeOf(tables, topic, partition))),
    starts: async topic => perPartition(topic, () => 0),
    // Appends are atomic: there is no open transaction.
    heldBack: () => [],
    read: async function* (topic, partition, from, to, onDamage) {
      yield* readRange(tables, placeOf(fresh(), topic, partition), from, to, checkOpen, onDamage)
    },
    size: async () => ({ bytes: (await stat(dataFile(dir))).size }),
    secret: () => fresh().state.get('secret') as string,
    close() {
      closing ??= (async () => {
        appends.close()
        await writes.close()
        await closeFiles()
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
