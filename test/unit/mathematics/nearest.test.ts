import { describe, expect, it } from 'vitest'
import { createNearest, embeddingIn, storedForm } from '../../../engine/mathematics/nearest.ts'
import { atDegrees, cosine, quantised, randomVector } from '../../support/records/vectors.ts'

describe('the nearest neighbour', () => {
  it('is undefined while there is none', () => {
    expect(createNearest().nearest(atDegrees(0))).toBeUndefined()
  })

  it('is the vector with the smallest angle, and its similarity the cosine', () => {
    const index = createNearest()
    for (const degrees of [0, 40, 90, 180]) index.add(`at ${degrees}`, atDegrees(degrees))
    const found = index.nearest(atDegrees(50))
    expect(found!.id).toBe('at 40')
    expect(found!.similarity).toBeCloseTo(Math.cos((10 * Math.PI) / 180), 1)
    expect(index.nearest(atDegrees(170))!.id).toBe('at 180')
  })

  it('agrees with a plain search, through every growth of the index', () => {
    const index = createNearest()
    const added = new Map<string, ReturnType<typeof randomVector>>()
    for (let n = 0; n < 1_200; n++) {
      const asked = randomVector(`asked ${n}`, 21)
      if (n > 0 && n % 37 === 0) {
        const best = Math.max(...[...added.values()].map(vector => cosine(vector, asked)))
        const found = index.nearest(asked)!
        expect(found.similarity).toBeCloseTo(best, 10)
        expect(cosine(added.get(found.id)!, asked)).toBeCloseTo(best, 10)
      }
      const vector = randomVector(`added ${n}`, 21)
      added.set(`v${n}`, vector)
      index.add(`v${n}`, vector)
      expect(index.size).toBe(n + 1)
    }
    for (const [id, vector] of added) expect(index.nearest(vector)!.id).toBe(id)
  })

  it('is the earliest of equals', () => {
    const index = createNearest()
    for (const id of ['far', 'first', 'second']) index.add(id, atDegrees(id === 'far' ? 90 : 10))
    expect(index.nearest(atDegrees(10))!.id).toBe('first')
  })

  it('compares through the scales: the shorter integers may be the longer vector', () => {
    const index = createNearest(2)
    index.add('fine', { values: Int8Array.of(127, 0), scale: 1 / 127, embedder: 'e' })
    index.add('coarse', { values: Int8Array.of(3, 4), scale: 0.2, embedder: 'e' })
    const found = index.nearest({ values: Int8Array.of(3, 4), scale: 0.2, embedder: 'e' })
    expect(found!.id).toBe('coarse')
    expect(found!.similarity).toBeCloseTo(1, 12)
  })

  it('finds opposite and right-angled vectors where nothing else is there', () => {
    const index = createNearest()
    index.add('only', atDegrees(0))
    expect(index.nearest(atDegrees(180))).toEqual({ id: 'only', similarity: expect.closeTo(-1, 2) })
  })

  it('never gives a similarity outside of -1 to 1, though quantised vectors may be a little too long', () => {
    const long = { values: Int8Array.of(127, 127), scale: 0.0056, embedder: 'e' }
    const index = createNearest()
    index.add('long', long)
    expect(index.nearest(long)!.similarity).toBe(1)
  })

  it('keeps its own copy of what was added', () => {
    const vector = atDegrees(0)
    const index = createNearest()
    index.add('kept', vector)
    vector.values.fill(0)
    expect(index.nearest(atDegrees(0))!.similarity).toBeCloseTo(1, 2)
  })

  it('refuses vectors of another embedder, another dimension, or none', () => {
    const index = createNearest()
    index.add('first', atDegrees(0, 'one'))
    expect(() => index.nearest(atDegrees(0, 'other'))).toThrow(/other cannot be compared with vectors of one/)
    expect(() => index.add('second', atDegrees(0, 'other'))).toThrow(TypeError)
    expect(() => index.add('second', quantised([1, 2, 3], 'one'))).toThrow(/3 components among vectors of 4/)
    expect(() => createNearest(8).add('first', atDegrees(0))).toThrow(/4 components among vectors of 8/)
    expect(() => createNearest().add('empty', { values: new Int8Array(0), scale: 1, embedder: 'e' })).toThrow(TypeError)
    expect(index.size).toBe(1)
  })
})

describe('the stored form of an embedding', () => {
  it('comes back from the bytes as it was, negative components too', () => {
    const vector = { values: Int8Array.of(-128, -1, 0, 127), scale: 0.25, embedder: 'e' }
    expect(embeddingIn(storedForm(vector))).toEqual(vector)
  })

  it('is read from the middle of a larger buffer', () => {
    const buffer = Buffer.from([9, 9, 0xff, 1, 9])
    expect(embeddingIn({ embedding: buffer.subarray(2, 4), scale: 1, embedder: 'e' })!.values).toEqual(
      Int8Array.of(-1, 1)
    )
    const inner = new Int8Array([9, -3, 4, 9]).subarray(1, 3)
    expect([...storedForm({ values: inner, scale: 1, embedder: 'e' }).embedding]).toEqual([0xfd, 4])
  })

  it('is absent where a record was decided upon without an embedding', () => {
    expect(embeddingIn({ embedding: Buffer.alloc(0), scale: 0, embedder: '' })).toBeUndefined()
  })
})
