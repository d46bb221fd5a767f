import { accessSync, closeSync, constants, existsSync, openSync, rmSync, statSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** What lmdb writes when it makes its two files: slots for 1,024 readers of 64 bytes, two meta pages. */
const bytesAtFirst = 1_024 * 64 + 2 * 65_536

/** File of the records within a log's folder. */
export const dataFile = (dir: string): string => join(dir, 'data.mdb')

/** Both files that lmdb keeps in a folder. */
export const lmdbFiles = (dir: string): readonly string[] => [dataFile(dir), join(dir, 'lock.mdb')]

/**
 * lmdb's binding crashes (SIGSEGV) where lmdb cannot open or make its files. So what it needs is tried before.
 * @throws the system's error: no permission, a read-only disk, a folder in a file's place, no room, a limit of file sizes.
 */
export function checkFiles(files: readonly string[]): void {
  const { R_OK, W_OK, X_OK } = constants
  const dir = dirname(files[0]!)
  accessSync(dir, R_OK | X_OK)
  let isNew = false
  for (const file of files) {
    const stat = existsSync(file) ? statSync(file) : undefined
    if (stat && !stat.isFile()) throw Object.assign(new Error(`${file} is no file`), { code: 'EISDIR' })
    accessSync(stat ? file : dir, R_OK | W_OK)
    isNew ||= !stat || stat.size === 0
  }
  if (isNew) tryToWrite(dir)
}

function tryToWrite(dir: string): void {
  const trial = join(dir, `trial.${process.pid}`)
  const opened = openSync(trial, 'w', 0o600)
  try {
    for (let left = bytesAtFirst; left > 0; ) left -= writeSync(opened, Buffer.alloc(left))
  } finally {
    closeSync(opened)
    rmSync(trial, { force: true })
  }
}
