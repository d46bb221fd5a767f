import { accessSync, constants, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { LogError } from '../errors.ts'

/**
 * Makes this process the one that runs stages on a log. The operating system holds the lock (SQLite takes it on
 * `run.lock`), so that it is free again the moment the process is gone, however it went. `run.pid` only serves the message.
 * @throws LogError `log-in-use`
 */
export function lockForRunning(dir: string): { release(): void } {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const pidFile = join(dir, 'run.pid')
  const lock = openLock(dir)
  try {
    lock.exec('PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    const { errcode } = error as { errcode?: number }
    if (errcode === busy) throw new LogError('log-in-use', inUse(dir, pidFile), { cause: error })
    if (errcode === notDatabase)
      throw new LogError('log-damaged', `run.lock in ${dir} is damaged. Delete it while no stages run`)
    throw systemError(error)
  }
  writeFileSync(pidFile, `${process.pid}\n`)
  return { release: () => lock.close() }
}

/** SQLITE_BUSY, SQLITE_NOTADB */
const busy = 5
const notDatabase = 26
/** SQLITE_READONLY, SQLITE_IOERR, SQLITE_FULL, SQLITE_CANTOPEN */
const systemCodes: Readonly<Record<number, string>> = { 8: 'EROFS', 10: 'EIO', 13: 'ENOSPC', 14: 'EACCES' }

function openLock(dir: string): DatabaseSync {
  // SQLite only says that it cannot open its file.
  accessSync(dir, constants.W_OK)
  try {
    return new DatabaseSync(join(dir, 'run.lock'))
  } catch (error) {
    throw systemError(error)
  }
}

/** As the system would say it. */
function systemError(error: unknown): unknown {
  const { errcode = 0, message } = error as { errcode?: number; message: string }
  const code = systemCodes[errcode & 0xff]
  return code ? Object.assign(new Error(`run.lock: ${message}`, { cause: error }), { code }) : error
}

function inUse(dir: string, pidFile: string): string {
  const remedy =
    'Stop it first (Ctrl-C or SIGTERM), or use another data directory for this run. Ingest and read commands can run at the same time.'
  return `${runner(pidFile)} already runs stages on the log in ${dir}. ${remedy}`
}

function runner(pidFile: string): string {
  try {
    return `process ${Number.parseInt(readFileSync(pidFile, 'utf8'), 10)}`
  } catch {
    return 'another process'
  }
}
