import type { Embedding } from '../../declare/index.ts'

/**
 * A vector normalised to unit length, then to one signed byte a component by its largest.
 * @throws RangeError for a vector without length: nothing can be said about its direction.
 */
export function quantise(vector: ArrayLike<number>, embedder: string): Embedding {
  let square = 0
  let largest = 0
  for (let i = 0; i < vector.length; i++) {
    square += vector[i]! ** 2
    largest = Math.max(largest, Math.abs(vector[i]!))
  }
  if (!(square > 0) || !Number.isFinite(square)) throw new RangeError('a vector of length zero has no direction')
  const values = new Int8Array(vector.length)
  for (let i = 0; i < vector.length; i++) values[i] = Math.round((vector[i]! / largest) * 127)
  // The scale makes the quantised vector itself of unit length: cosine is then the dot product.
  let quantised = 0
  for (const value of values) quantised += value * value
  return { values, scale: 1 / Math.sqrt(quantised), embedder }
}
