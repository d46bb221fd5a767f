import { createHash } from 'node:crypto'

/**
 * 128 bits of SHA-256 over the parts, as 32 hexadecimal digits. Each part is preceded by its length, so that
 * ('ab', 'c') and ('a', 'bc') differ. A number stands for its decimal digits: 1 and '1' are the same part.
 *
 * For ids that are the same wherever they are made: 2^64 records would have to be hashed before two of them are likely
 * to share one.
 * @example hashOf(ticket.source, ticket.text)
 */
export function hashOf(...parts: readonly (string | number | Uint8Array)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) {
    const bytes = typeof part === 'object' ? part : Buffer.from(String(part))
    hash.update(`${bytes.length}:`).update(bytes)
  }
  return hash.digest('hex').slice(0, 32)
}

/** A source of uniform numbers in [0, 1), in steps of 2^-32. Not for secrets: whoever knows the seed knows the numbers. */
export type Random = () => number

/**
 * A generator seeded from a text: the same record draws the same numbers in every process (splitmix32).
 * @param seed for example the id of a record; `question` and `decide` are given a generator of their own each
 */
export function randomFrom(seed: string): Random {
  let state = createHash('sha256').update(seed).digest().readUInt32BE(0)
  return () => {
    state = (state + 0x9e3779b9) | 0
    let z = state ^ (state >>> 16)
    z = Math.imul(z, 0x21f0aaad)
    z ^= z >>> 15
    z = Math.imul(z, 0x735a2d97)
    z ^= z >>> 15
    return (z >>> 0) / 4294967296
  }
}
