/** Kafka's default partitioning of keyed records: murmur2 over the key's UTF-8 bytes, sign bit cleared, modulo. */
export const partitionOf = (key: string, partitions: number): number =>
  (murmur2(Buffer.from(key)) & 0x7fffffff) % partitions

/** MurmurHash2, 32 bits, as in Kafka's `Utils.murmur2` (seed 0x9747b28c). Signed. */
export function murmur2(bytes: Uint8Array): number {
  const m = 0x5bd1e995
  const length = bytes.length
  let hash = 0x9747b28c ^ length
  let index = 0
  for (; index + 4 <= length; index += 4) {
    let k = bytes[index]! | (bytes[index + 1]! << 8) | (bytes[index + 2]! << 16) | (bytes[index + 3]! << 24)
    k = Math.imul(k, m)
    k ^= k >>> 24
    hash = Math.imul(hash, m) ^ Math.imul(k, m)
  }
  const rest = length - index
  if (rest >= 3) hash ^= bytes[index + 2]! << 16
  if (rest >= 2) hash ^= bytes[index + 1]! << 8
  if (rest >= 1) hash = Math.imul(hash ^ bytes[index]!, m)
  hash ^= hash >>> 13
  hash = Math.imul(hash, m)
  return hash ^ (hash >>> 15)
}
