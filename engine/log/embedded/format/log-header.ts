import { randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'

/**
 * `log.json` beside `data.mdb`: what tells a new folder from a log that lost its data. It is written before `data.mdb` is
 * made (`ready: false`) and again once that is on disk with the same id in it (`ready: true`), before any record.
 *
 * | log.json | data.mdb | it is |
 * |---|---|---|
 * | none | none | a new folder |
 * | not ready | any, or none | a log whose making was cut short: goes on |
 * | ready | whole, same id | a log |
 * | ready | none, empty, another's | damaged |
 * | none | whole | a log whose header was lost: written anew from `data.mdb` |
 * | none | anything else | damaged, or of an earlier version |
 * | unreadable | any | damaged |
 */
export interface LogHeader {
  readonly format: number
  /** 16 random bytes in hexadecimal; `data.mdb` holds the same. */
  readonly id: string
  readonly ready: boolean
}

/** Format 1 had neither this file nor checksums. */
export const logFormat = 2

export const headerFile = (dir: string): string => join(dir, 'log.json')

/** @returns `none` where there is no such file, `damaged` where it is not as it was written. */
export function readHeader(dir: string): LogHeader | 'none' | 'damaged' {
  let text: string
  try {
    text = readFileSync(headerFile(dir), 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return 'none'
    if (code === 'EISDIR') return 'damaged'
    throw error
  }
  try {
    const { checksum, ...header } = JSON.parse(text) as LogHeader & { checksum: string }
    return checksum === checksumOf(header) ? header : 'damaged'
  } catch {
    return 'damaged'
  }
}

/** Begins a log, unless another process has just begun it. @returns the header that is there then. */
export function beginHeader(dir: string): LogHeader {
  const header: LogHeader = { format: logFormat, id: randomBytes(16).toString('hex'), ready: false }
  const written = writeBeside(dir, header)
  try {
    // Unlike a rename, this replaces nothing.
    linkSync(written, headerFile(dir))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(written, { force: true })
  }
  syncFolder(dir)
  const there = readHeader(dir)
  return typeof there === 'string' ? header : there
}

/** `data.mdb` is on the disk, with this id in it. */
export function completeHeader(dir: string, header: LogHeader): void {
  // The file itself was synced by lmdb, its name in the folder was not.
  syncFolder(dir)
  renameSync(writeBeside(dir, { ...header, ready: true }), headerFile(dir))
  syncFolder(dir)
}

function writeBeside(dir: string, header: LogHeader): string {
  const path = `${headerFile(dir)}.${randomBytes(6).toString('hex')}`
  const file = openSync(path, 'wx', 0o600)
  try {
    writeSync(file, `${JSON.stringify({ ...header, checksum: checksumOf(header) })}\n`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  return path
}

function syncFolder(dir: string): void {
  const folder = openSync(dir, 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}

const checksumOf = ({ format, id, ready }: LogHeader): string =>
  crc32(JSON.stringify([format, id, ready]))
    .toString(16)
    .padStart(8, '0')
