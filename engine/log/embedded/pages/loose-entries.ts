import { headerBytes, type PageFile, pageFlags, wordAt } from './page-file.ts'

/** Larger values than a record can have are not worth reading. */
const largestValue = 2 * 1_048_576

/**
 * Whatever on a page still looks like an entry of a leaf, for pages that nothing whole points to or that are damaged
 * themselves. It may be anything: only its checksum tells. Its value is read when it is asked for.
 */
export function* looseEntries(
  file: PageFile,
  page: number
): Generator<{ readonly key: Buffer; readonly value: () => Buffer }> {
  const bytes = file.read(page)
  for (let pointer = headerBytes; pointer + 2 <= bytes.length; pointer += 2) {
    const at = headerBytes + bytes.readUInt16LE(pointer)
    const keyBegin = at + 8
    if (at <= pointer || keyBegin > bytes.length) return
    const keyEnd = keyBegin + bytes.readUInt16LE(at + 6)
    const size = bytes.readUInt32LE(at)
    const isElsewhere = (bytes.readUInt16LE(at + 4) & 1) !== 0
    if (keyEnd + (isElsewhere ? headerBytes : size) > bytes.length) continue
    const key = bytes.subarray(keyBegin, keyEnd)
    if (!isElsewhere) {
      yield { key, value: () => bytes.subarray(keyEnd, keyEnd + size) }
      continue
    }
    const first = wordAt(bytes, keyEnd)
    const count = Math.floor((headerBytes - 1 + size) / file.pageSize) + 1
    if (size > largestValue || first < 2 || first + count > file.pages) continue
    yield { key, value: () => file.read(first, count).subarray(headerBytes, headerBytes + size) }
  }
}

/** The value whose own pages begin with this one, and what fills up the last of them; undefined where none begins there. */
export function looseValue(file: PageFile, page: number): Buffer | undefined {
  const head = file.read(page)
  if (wordAt(head, 0) !== page || head.readUInt16LE(18) !== pageFlags.overflow) return undefined
  const count = head.readUInt32LE(20)
  if (count < 1 || count * file.pageSize > largestValue || page + count > file.pages) return undefined
  return file.read(page, count).subarray(headerBytes)
}
