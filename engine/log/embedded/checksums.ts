import { crc32 } from 'node:zlib'

/**
 * Every value of every table ends in a checksum (CRC-32, 4 bytes, little-endian) of the table's name, the key and the value's other
 * bytes. So a value that was altered, or stands under another key or in another table, is found when it is read.
 */
export const checksumBytes = 4

const seeds = new Map<string, number>()

function seedOf(table: string, key: Uint8Array): number {
  let seed = seeds.get(table)
  if (seed === undefined) {
    seed = crc32(`${table}\0`)
    seeds.set(table, seed)
  }
  return crc32(key, seed)
}

/** The seed of a record's checksum, made without a call of its own: neighbours never share one. */
export const recordSeed = (topicId: number, partition: number, offset: number): number =>
  (Math.imul(topicId + 1, 0x9e3779b1) ^
    Math.imul(partition + 1, 0x85ebca6b) ^
    Math.imul(Math.floor(offset / 0x1_0000_0000), 0xc2b2ae35) ^
    offset) >>>
  0

/** Writes the checksum into the last bytes, which are there for it. */
export function sealWith(seed: number, sealed: Buffer): void {
  const end = sealed.length - checksumBytes
  sealed.writeUInt32LE(crc32(sealed.subarray(0, end), seed), end)
}

/** What was sealed; undefined where it is not what was written with this seed. */
export function unsealWith(seed: number, sealed: Buffer): Buffer | undefined {
  const end = sealed.length - checksumBytes
  if (end < 0) return undefined
  const content = sealed.subarray(0, end)
  return crc32(content, seed) === sealed.readUInt32LE(end) ? content : undefined
}

export const seal = (table: string, key: Uint8Array, sealed: Buffer): void => sealWith(seedOf(table, key), sealed)

export const unseal = (table: string, key: Uint8Array, sealed: Buffer): Buffer | undefined =>
  unsealWith(seedOf(table, key), sealed)
