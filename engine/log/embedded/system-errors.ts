import { LogError } from '../errors.ts'

/** Of the system, by its number as lmdb tells it or by its name as Node does. */
const limitReached = new Set<unknown>([27, 'EFBIG'])
/** ENOSPC, EDQUOT, and lmdb's MDB_MAP_FULL. */
const noRoom = new Set<unknown>([28, 122, -30792, 'ENOSPC', 'EDQUOT'])
/** lmdb says EIO where the system wrote only a part of what it was given, as it does when the disk fills up under it. */
const cutShort = new Set<unknown>([5, 'EIO'])
const readOnly = new Set<unknown>([30, 'EROFS'])
/** EACCES, EPERM */
const notAllowed = new Set<unknown>([13, 1, 'EACCES', 'EPERM'])
/** lmdb's MDB_PAGE_NOTFOUND, MDB_CORRUPTED, MDB_VERSION_MISMATCH, MDB_INVALID, MDB_BAD_TXN. */
const damaged = new Set<unknown>([-30797, -30796, -30794, -30793, -30782])

/** An error of the system or of lmdb as one of the log's, where it tells of the machine or of damage; else undefined. */
export function explained(error: unknown, dir: string): LogError | undefined {
  if (error instanceof LogError) return undefined
  const { code, message } = error as { code?: unknown; message: string }
  const made = (logCode: LogError['code'], text: string) => new LogError(logCode, text, { cause: error })
  const full = (why: string, remedy: string) =>
    made('log-full', `the log in ${dir} cannot grow: ${why}. ${remedy}, then start again. What was committed is safe`)
  if (limitReached.has(code)) return full('a file has reached the file size limit (ulimit -f)', 'Raise the limit')
  if (noRoom.has(code)) return full('its disk is full', 'Make room')
  if (cutShort.has(code))
    return full(
      'the disk took only a part of what was written. It is full, or a file has reached the limit of file sizes (ulimit -f), or the disk fails',
      'Make room'
    )
  if (readOnly.has(code))
    return made('not-authorised', `the log in ${dir} cannot be opened: its file system is read-only (${message})`)
  if (notAllowed.has(code))
    return made(
      'not-authorised',
      `the log in ${dir} cannot be opened: for this user its folder or a file in it is read-only (${message})`
    )
  if (damaged.has(code)) return made('log-damaged', `the log in ${dir} is damaged (lmdb: ${message})`)
  return undefined
}
