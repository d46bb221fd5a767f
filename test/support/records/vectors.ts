import { type Embedding, randomFrom } from '../../../engine/declare/index.ts'

/** A quantised unit vector with the given direction. */
export function quantised(direction: readonly number[], embedder = 'test-embedder'): Embedding {
  const norm = Math.hypot(...direction)
  const unit = direction.map(component => component / norm)
  const scale = Math.max(...unit.map(Math.abs)) / 127
  return { values: Int8Array.from(unit, component => Math.round(component / scale)), scale, embedder }
}

/** A vector in the plane, so many degrees from the first axis: the cosine of two is that of their difference. */
export const atDegrees = (degrees: number, embedder?: string): Embedding => {
  const angle = (degrees * Math.PI) / 180
  return quantised([Math.cos(angle), Math.sin(angle), 0, 0], embedder)
}

/** A random direction, the same for the same seed. */
export function randomVector(seed: string, dimension = 16): Embedding {
  const random = randomFrom(seed)
  return quantised(Array.from({ length: dimension }, () => random() - 0.5))
}

/** Cosine similarity of the stored forms, computed the slow and plain way. */
export function cosine(a: Embedding, b: Embedding): number {
  let sum = 0
  a.values.forEach((value, index) => {
    sum += value * a.scale * b.values[index]! * b.scale
  })
  return sum
}
