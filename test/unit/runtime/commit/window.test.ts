import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatMetadata, parseMetadata, windowOffsets } from '../../../../engine/runtime/commit/commit-metadata.ts'
import { SettledWindow } from '../../../../engine/runtime/commit/window.ts'

describe('the settled window', () => {
  it('has as its base the lowest offset that is not settled, whatever the order of settling', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 200 })), offsets => {
        const window = new SettledWindow(0)
        for (const offset of offsets) window.settle([offset])
        let lowest = 0
        while (offsets.includes(lowest)) lowest++
        expect(window.base).toBe(lowest)
        for (let offset = 0; offset <= 200; offset++) expect(window.has(offset)).toBe(offsets.includes(offset))
      })
    )
  })

  it('says which position a commit will have without moving itself', () => {
    const window = new SettledWindow(10, [12])
    const position = window.positionWith([10, 14], 'c0ffee')
    expect(window.base).toBe(10)
    expect(position.offset).toBe(11)
    expect(parseMetadata(position.metadata, 11).settled.offsets()).toEqual([12, 14])
  })

  it('leaves alone what lies below its base', () => {
    const window = new SettledWindow(5)
    window.settle([1, 4])
    expect(window.base).toBe(5)
    expect(parseMetadata(window.positionWith([], 'x').metadata, 5).settled.offsets()).toEqual([])
  })
})

describe('commit metadata', () => {
  it('gives back the configuration and exactly the settled offsets', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER - windowOffsets }),
        fc.uniqueArray(fc.integer({ min: 0, max: windowOffsets - 1 })),
        (base, bits) => {
          const offsets = bits.map(bit => base + bit).sort((a, b) => a - b)
          const parsed = parseMetadata(formatMetadata('0123abcd', base, offsets), base)
          expect(parsed.configuration).toBe('0123abcd')
          expect(parsed.settled.offsets()).toEqual(offsets)
        }
      )
    )
  })

  it('fits into the 4,096 bytes that a broker accepts with every offset of the window settled', () => {
    const all = Array.from({ length: windowOffsets }, (_, bit) => bit)
    expect(Buffer.byteLength(formatMetadata('f'.repeat(32), 0, all))).toBeLessThan(4_096)
  })

  it('refuses an offset outside the window', () => {
    expect(() => formatMetadata('x', 0, [windowOffsets])).toThrow(RangeError)
    expect(() => formatMetadata('x', 7, [6])).toThrow(RangeError)
  })

  it.each(['', 'something else', '2 abc ', '1  ', '1 abc !!'])('refuses metadata of another format: "%s"', text => {
    expect(() => parseMetadata(text, 0)).toThrow(/unknown format/)
  })
})
