import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

/**
 * lmdb's file, read as a file. lmdb maps it into memory, where a page that is missing or points astray ends the process
 * (SIGBUS, SIGSEGV) or never ends; here the worst is a page that does not parse.
 *
 * Layout (lmdb's data version 2, 64-bit little-endian, as in `mdb.c` of the package lmdb): pages of `pageSize` bytes, the
 * first two of them meta pages. Every page but the later ones of an overflow run begins with a header of 24 bytes: page
 * number (8), id of the transaction that wrote it (8), padding (2), flags (2), then lower and upper bound of its free space
 * (2 + 2, counted from the header's end), or the number of pages of an overflow run (4).
 */
export interface PageFile {
  readonly size: number
  readonly pageSize: number
  /** Pages that the file holds whole. */
  readonly pages: number
  /** Reads `count` whole pages into memory of their own, or into `into`. The file must hold them. */
  read(page: number, count?: number, into?: Buffer): Buffer
  close(): void
}

export const headerBytes = 24
/** Of meta pages, after their header. */
export const magic = 0xbeefc0de
export const pageFlags = { branch: 1, leaf: 2, overflow: 4, meta: 8 } as const

/** lmdb takes the page size of the system when it makes a file, and keeps it. */
const pageSizes = [4_096, 8_192, 16_384, 32_768, 65_536]

/** As the first meta page tells it; where that is damaged, where the second one lies. */
function pageSizeOf(file: number): number {
  const numberAt = (position: number): number => {
    const found = Buffer.alloc(4)
    readSync(file, found, 0, 4, position)
    return found.readUInt32LE()
  }
  const told = numberAt(headerBytes + 24)
  if (pageSizes.includes(told)) return told
  return pageSizes.find(size => numberAt(size + headerBytes) === magic) ?? pageSizes[0]!
}

/** @throws Error of the system, when the file cannot be opened. */
export function openPageFile(path: string): PageFile {
  const file = openSync(path, 'r')
  try {
    const { size } = fstatSync(file)
    const pageSize = pageSizeOf(file)
    return {
      size,
      pageSize,
      pages: Math.floor(size / pageSize),
      read(page, count = 1, into = Buffer.allocUnsafeSlow(count * pageSize)) {
        const bytes = count * pageSize
        for (let done = 0; done < bytes; ) {
          const read = readSync(file, into, done, bytes - done, page * pageSize + done)
          // It was cut off while it was read.
          if (read === 0) {
            into.fill(0, done, bytes)
            break
          }
          done += read
        }
        return into
      },
      close: () => closeSync(file)
    }
  } catch (error) {
    closeSync(file)
    throw error
  }
}

/** A 64-bit number of lmdb's; infinite where it is larger than anything that lmdb could mean by it. */
export function wordAt(bytes: Buffer, at: number): number {
  const high = bytes.readUInt32LE(at + 4)
  return high > 0x1f_ffff ? Number.POSITIVE_INFINITY : high * 0x1_0000_0000 + bytes.readUInt32LE(at)
}
