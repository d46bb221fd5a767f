import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { quantise } from '../../../../engine/inference/models/quantise.ts'

describe('quantising', () => {
  const component = fc.double({ min: -1e6, max: 1e6, noNaN: true })
  it('keeps the direction, at unit length', () => {
    fc.assert(
      fc.property(fc.array(component, { minLength: 2, maxLength: 384 }), vector => {
        fc.pre(vector.some(each => Math.abs(each) > 1e-6))
        const { values, scale } = quantise(vector, 'm')
        const stored = [...values].map(value => value * scale)
        const cosine = stored.reduce((sum, value, i) => sum + value * vector[i]!, 0) / Math.hypot(...vector)
        expect(Math.hypot(...stored)).toBeCloseTo(1, 5)
        expect(cosine).toBeGreaterThan(0.9999)
      })
    )
  })
  it('uses the whole range of a byte', () => {
    expect([...quantise([0.5, -1, 0.25], 'm').values]).toEqual([64, -127, 32])
  })
  it('does not depend on the length of the vector', () => {
    expect(quantise([0.3, -0.4], 'm')).toEqual(quantise([30, -40], 'm'))
  })
  it('names the embedder', () => {
    expect(quantise([1], 'bge').embedder).toBe('bge')
  })
  it.each([[[]], [[0, 0]], [[Number.NaN, 1]], [[Number.POSITIVE_INFINITY]]])('refuses %j', vector => {
    expect(() => quantise(vector, 'm')).toThrow(RangeError)
  })
})
