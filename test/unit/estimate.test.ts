import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { passagesOf, planOf } from '../../services/estimate.ts'

const settings = { seedPassages: 10, seedEvery: 50, cellsPerSeed: 96 }

describe('the passages expected', () => {
  it('are those of the sample, exactly, where all of it was sampled', () => {
    expect(
      passagesOf(300, [
        { bytes: 100, passages: 1 },
        { bytes: 200, passages: 5 }
      ])
    ).toEqual({ least: 6, most: 6 })
  })
  it('are none where nothing was sampled', () => {
    expect(passagesOf(10_000, [])).toEqual({ least: 0, most: 0 })
  })
  it('spread more, the more the documents of the sample differ', () => {
    const even = passagesOf(
      1e6,
      Array.from({ length: 20 }, () => ({ bytes: 1_000, passages: 2 }))
    )
    const odd = passagesOf(
      1e6,
      Array.from({ length: 20 }, (_, n) => ({ bytes: 1_000, passages: n % 5 === 0 ? 10 : 0 }))
    )
    expect(odd.most - odd.least).toBeGreaterThan(even.most - even.least)
    expect(even.least).toBeLessThanOrEqual(2_000)
    expect(even.most).toBeGreaterThanOrEqual(2_000)
  })
  it('hold the truth for most samples of one collection', () => {
    const hold = { yes: 0, all: 0 }
    fc.assert(
      fc.property(
        fc.array(fc.record({ bytes: fc.integer({ min: 200, max: 40_000 }), dense: fc.boolean() }), {
          minLength: 200,
          maxLength: 200
        }),
        documents => {
          const all = documents.map(({ bytes, dense }) => ({
            bytes,
            passages: Math.floor(bytes / (dense ? 1_500 : 3_000))
          }))
          const bytes = all.reduce((sum, each) => sum + each.bytes, 0)
          const truth = all.reduce((sum, each) => sum + each.passages, 0)
          const { least, most } = passagesOf(bytes, all.slice(0, 40))
          hold.all += 1
          if (least <= truth && truth <= most) hold.yes += 1
        }
      ),
      { numRuns: 100, seed: 7 }
    )
    expect(hold.yes / hold.all).toBeGreaterThan(0.9)
  })
})

describe('the calls expected', () => {
  it('grow with the passages, and the least are no more than the most', () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.nat(100_000), (a, b) => {
        const [least, most] = [Math.min(a, b), Math.max(a, b)]
        const { calls } = planOf({ least, most }, settings)
        expect(calls.least).toBeLessThanOrEqual(calls.most)
        expect(planOf({ least, most: most + 1 }, settings).calls.most).toBeGreaterThanOrEqual(calls.most)
      })
    )
  })
  it('are none for no passages', () => {
    expect(planOf({ least: 0, most: 0 }, settings).calls).toEqual({ least: 0, most: 0 })
  })
})
