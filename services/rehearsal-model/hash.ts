/** Cheap, well mixed 32-bit hashes: all that the rehearsal model "decides" is drawn from them. Not for security. */

/** FNV-1a over UTF-16 units, begun from `from`, with a final mix (murmur3's). */
export function hashText(text: string, from = 0): number {
  let hash = (0x811c9dc5 ^ from) >>> 0
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return mix(hash)
}

/** Combines two hashes, order counts. */
export const combine = (a: number, b: number): number => mix(Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ b)

/** Uniform in [0, 1). */
export const unit = (hash: number): number => (mix(hash ^ 0x5bd1e995) >>> 0) / 4294967296

/** About normal with mean 0 and deviation 1, within ±3.5: the sum of four uniform numbers. */
export function bell(hash: number): number {
  let sum = 0
  for (let i = 1; i <= 4; i++) sum += unit(combine(hash, i))
  return (sum - 2) * Math.sqrt(3)
}

function mix(hash: number): number {
  let h = hash ^ (hash >>> 16)
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
