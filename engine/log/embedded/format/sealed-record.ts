import { crc32 } from 'node:zlib'

/**
 * A record's value in lmdb, big-endian:
 *
 *     4   number of bytes of the frame
 *     4   topic id
 *     4   partition
 *     6   offset
 *     n   the frame (`framing.ts`)
 *     4   CRC-32 of all before
 *
 * So an altered record is found when it is read, as is one under another key; and one that no page leads to any more is
 * still known for what it is.
 */
const headBytes = 18
const checksumBytes = 4

/** Bytes of a sealed record beside its frame. */
export const sealBytes = headBytes + checksumBytes

/** Where in a sealed record its frame begins. */
export const frameAt = headBytes

/** Completes a record whose frame is in its place. */
export function sealRecord(sealed: Buffer, topicId: number, partition: number, offset: number): void {
  const end = sealed.length - checksumBytes
  sealed.writeUInt32BE(end - headBytes, 0)
  sealed.writeUInt32BE(topicId, 4)
  sealed.writeUInt32BE(partition, 8)
  sealed.writeUIntBE(offset, 12, 6)
  sealed.writeUInt32BE(crc32(sealed.subarray(0, end)), end)
}

/** The frame of the record at this place; undefined where it is not what was written there. */
export function unsealRecord(sealed: Buffer, topicId: number, partition: number, offset: number): Buffer | undefined {
  const isWhole =
    sealed.length >= sealBytes &&
    sealed.readUInt32BE(0) === sealed.length - sealBytes &&
    sealed.readUInt32BE(4) === topicId &&
    sealed.readUInt32BE(8) === partition &&
    sealed.readUIntBE(12, 6) === offset &&
    isAsWritten(sealed)
  return isWhole ? sealed.subarray(headBytes, sealed.length - checksumBytes) : undefined
}

const isAsWritten = (sealed: Buffer): boolean => {
  const end = sealed.length - checksumBytes
  return crc32(sealed.subarray(0, end)) === sealed.readUInt32BE(end)
}

/** A record that begins these bytes, which may go on behind it. */
export interface LooseRecord {
  readonly topicId: number
  readonly partition: number
  readonly offset: number
  readonly frame: Buffer
}

export function looseRecord(bytes: Buffer): LooseRecord | undefined {
  if (bytes.length < sealBytes) return undefined
  const length = bytes.readUInt32BE(0) + sealBytes
  if (length > bytes.length) return undefined
  const sealed = bytes.subarray(0, length)
  if (!isAsWritten(sealed)) return undefined
  return {
    topicId: sealed.readUInt32BE(4),
    partition: sealed.readUInt32BE(8),
    offset: sealed.readUIntBE(12, 6),
    frame: sealed.subarray(headBytes, length - checksumBytes)
  }
}
