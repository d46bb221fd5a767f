import { LogError } from '../errors.ts'

/**
 * Failures that mean "no room": ENOSPC, EFBIG, EDQUOT, lmdb's MDB_MAP_FULL; and EIO, which lmdb answers when the
 * system wrote only a part of what it was given, as it does when the disk fills up under it.
 */
const noRoom = new Set<unknown>([28, 27, 122, -30792, 5, 'ENOSPC', 'EFBIG', 'EDQUOT'])

/** EACCES, EPERM, EROFS. */
const notAllowed = new Set<unknown>([13, 1, 30, 'EACCES', 'EPERM', 'EROFS'])

/** lmdb's MDB_PAGE_NOTFOUND, MDB_CORRUPTED, MDB_VERSION_MISMATCH, MDB_INVALID, MDB_BAD_TXN. */
const damaged = new Set<unknown>([-30797, -30796, -30794, -30793, -30782])

/** An error of the system or of lmdb as one of the log's, where it tells of the machine or of damage; else undefined. */
export function explained(error: unknown, dir: string): LogError | undefined {
  const { code, message } = error as { code?: unknown; message: string }
  if (error instanceof LogError) return undefined
  const options = { cause: error }
  if (noRoom.has(code))
    return new LogError(
      'log-full',
      `the log in ${dir} cannot grow (${message}): make room on its disk, then start again. What was committed is safe`,
      options
    )
  if (notAllowed.has(code))
    return new LogError('not-authorised', `the log in ${dir} cannot be opened for writing (${message})`, options)
  if (damaged.has(code)) return new LogError('log-damaged', `the log in ${dir} is damaged (lmdb: ${message})`, options)
  return undefined
}
