/** What an opening looks at before lmdb may follow the pages of a log, in its order: header, file, pages, id. */
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { LogError } from '../errors.ts'
import { type DamageList, damagedHeader, damagedLog } from './damage/damage.ts'
import { inspect, inspectOutside, wholeFileProblem } from './damage/inspection.ts'
import { checkFiles, dataFile, lmdbFiles } from './format/lmdb-files.ts'
import { beginHeader, completeHeader, type LogHeader, logFormat, readHeader } from './format/log-header.ts'
import type { Environment, Tables } from './tables.ts'

/** A header is written before its file: only who finds none after having found the file may say that it is lost. */
function headerOf(dir: string): LogHeader | 'none' | 'damaged' {
  const header = readHeader(dir)
  return header === 'none' && existsSync(dataFile(dir)) ? readHeader(dir) : header
}

/**
 * The header of a log that is to be read; `none` where it was lost.
 * @throws LogError `no-log`, `log-damaged`, `log-version`
 */
export function headerToRead(dir: string): LogHeader | 'none' {
  const header = headerOf(dir)
  const isMade = header === 'none' ? existsSync(dataFile(dir)) : header === 'damaged' || header.ready
  if (!isMade) throw new LogError('no-log', `there is no log in ${dir}`)
  return checked(dir, header)
}

/**
 * The header of a log that is to be written to, begun where the folder is new; `none` where it was lost.
 * @throws LogError `log-damaged`, `log-version`
 */
export function headerToWrite(dir: string): LogHeader | 'none' {
  const header = headerOf(dir)
  if (header === 'none' && !existsSync(dataFile(dir))) {
    checkFiles(lmdbFiles(dir))
    return beginHeader(dir)
  }
  return checked(dir, header)
}

/** Before lmdb is let near the file. */
function checked(dir: string, header: LogHeader | 'none' | 'damaged'): LogHeader | 'none' {
  if (typeof header !== 'string' && header.format !== logFormat) throw anotherVersion(dir, `format ${header.format}`)
  // One whose making was cut short may have no file, or a beginning of it.
  if (typeof header !== 'string' && !header.ready && wholeFileProblem(dir)) return header
  const damage = inspectOutside(dir)
  if (header === 'damaged') damage.add({ kind: 'file', file: 'log.json', problem: damagedHeader })
  if (header === 'damaged' || !damage.isEmpty) throw damagedLog(dir, damage)
  return header
}

const anotherVersion = (dir: string, what: string): LogError =>
  new LogError(
    'log-version',
    `the log in ${dir} has ${what}, this version reads format ${logFormat} only: ` +
      'use the version that created it, or create a new log'
  )

/** A new log's file bears its id before its header says that it is there. A header that was lost is made of the file. */
export function identify(tables: Tables, dir: string, header: LogHeader | 'none'): void {
  if (header !== 'none' && header.ready) return
  if (header !== 'none')
    tables.transact(() => {
      // Another process may have come first.
      if (tables.state.get('id') !== undefined) return
      tables.state.put('secret', randomBytes(32).toString('hex'))
      tables.state.put('id', header.id)
    })
  completeHeader(dir, { format: logFormat, id: tables.state.get('id') as string, ready: true })
}

/** Inspects the file while others may write to it. @throws LogError `log-version` */
export async function inspectPinned(
  dir: string,
  environment: Environment,
  header: LogHeader | 'none',
  values: boolean
): Promise<DamageList> {
  let sound = 0
  const pinned = environment.pin()
  const damage = await inspect(dir, { values, small: () => sound++ })
  pinned.letGo()
  if (header === 'none' && !damage.isEmpty && sound === 0)
    throw anotherVersion(dir, 'no log.json, and values without checksums')
  return damage
}
