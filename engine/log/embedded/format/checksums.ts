import { crc32 } from 'node:zlib'

/**
 * Every value of a small table ends in a checksum (CRC-32, 4 bytes, little-endian) of the table's name, the key and the
 * value's other bytes. So a value that was altered, or stands under another key or in another table, is found when it is read.
 * Records have a seal of their own (`sealed-record.ts`).
 */
export const checksumBytes = 4

const seeds = new Map<string, number>()

function checksum(table: string, key: Uint8Array, content: Uint8Array): number {
  let seed = seeds.get(table)
  if (seed === undefined) {
    seed = crc32(`${table}\0`)
    seeds.set(table, seed)
  }
  return crc32(content, crc32(key, seed))
}

/** Writes the checksum into the last bytes, which are there for it. */
export function seal(table: string, key: Uint8Array, sealed: Buffer): void {
  const end = sealed.length - checksumBytes
  sealed.writeUInt32LE(checksum(table, key, sealed.subarray(0, end)), end)
}

/** What was sealed; undefined where it is not what was written under this key. */
export function unseal(table: string, key: Uint8Array, sealed: Buffer): Buffer | undefined {
  const end = sealed.length - checksumBytes
  if (end < 0) return undefined
  const content = sealed.subarray(0, end)
  return checksum(table, key, content) === sealed.readUInt32LE(end) ? content : undefined
}
