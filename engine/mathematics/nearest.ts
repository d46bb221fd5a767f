import type { Embedding } from '../declare/index.ts'

/** The most similar vector, and its cosine similarity in [-1, 1]. */
export interface Neighbour {
  readonly id: string
  readonly similarity: number
}

/**
 * Exact nearest neighbour over quantised vectors: every one is compared. 20,000 vectors of 384 components take about
 * 10 ms; beyond 100,000 an approximate index would pay, but no approximation can be replayed from a log.
 *
 * All vectors must come from one embedder and have one dimension: those of the first one added.
 */
export interface Nearest {
  readonly size: number
  /** @throws TypeError when the vector comes from another embedder or has another dimension. */
  add(id: string, embedding: Embedding): void
  /** Undefined while there is none. Of equally similar vectors the one added first. @throws TypeError as `add` does. */
  nearest(embedding: Embedding): Neighbour | undefined
}

const firstCapacity = 256

/** @param dimension where it is known beforehand; else the first vector sets it. */
export function createNearest(dimension?: number): Nearest {
  const ids: string[] = []
  let embedder: string | undefined
  let width = dimension
  let components = new Int8Array(0)
  let scales = new Float64Array(0)

  const check = (embedding: Embedding): number => {
    width ??= embedding.values.length
    embedder ??= embedding.embedder
    if (embedding.embedder !== embedder)
      throw new TypeError(`a vector of ${embedding.embedder} cannot be compared with vectors of ${embedder}`)
    if (embedding.values.length !== width || width === 0)
      throw new TypeError(`a vector of ${embedding.values.length} components among vectors of ${width}`)
    return width
  }

  return {
    get size() {
      return ids.length
    },

    add(id, embedding) {
      const length = check(embedding)
      if (ids.length === scales.length) {
        const capacity = Math.max(firstCapacity, 2 * ids.length)
        components = grown(components, new Int8Array(capacity * length))
        scales = grown(scales, new Float64Array(capacity))
      }
      components.set(embedding.values, ids.length * length)
      scales[ids.length] = embedding.scale
      ids.push(id)
    },

    nearest(embedding) {
      if (ids.length === 0) return undefined
      const length = check(embedding)
      let best = -1
      let bestProduct = Number.NEGATIVE_INFINITY
      for (let index = 0; index < ids.length; index++) {
        const product = dot(components, index * length, embedding.values, length) * scales[index]!
        if (product > bestProduct) {
          best = index
          bestProduct = product
        }
      }
      // Quantised vectors are of unit length within half a per cent.
      const similarity = Math.max(-1, Math.min(1, bestProduct * embedding.scale))
      return { id: ids[best]!, similarity }
    }
  }
}

/** Sum of products as a 32-bit integer: exact up to 130,000 components. Unrolled forms are no faster (measured). */
function dot(components: Int8Array, from: number, values: Int8Array, length: number): number {
  let sum = 0
  for (let index = 0; index < length; index++) sum = (sum + components[from + index]! * values[index]!) | 0
  return sum
}

function grown<T extends Int8Array | Float64Array>(old: T, larger: T): T {
  larger.set(old)
  return larger
}

/** An embedding as the fields of a decision record, which keep it for ever. */
export const storedForm = ({ values, scale, embedder }: Embedding) => ({
  embedding: Buffer.from(values.buffer, values.byteOffset, values.length),
  scale,
  embedder
})

/** The embedding in a decision record; undefined where the record was decided upon without one. */
export function embeddingIn(decision: {
  readonly embedding: Uint8Array
  readonly scale: number
  readonly embedder: string
}): Embedding | undefined {
  const { embedding, scale, embedder } = decision
  if (embedding.length === 0) return undefined
  return {
    values: new Int8Array(embedding.buffer as ArrayBuffer, embedding.byteOffset, embedding.length),
    scale,
    embedder
  }
}
