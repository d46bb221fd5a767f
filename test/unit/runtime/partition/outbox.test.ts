import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Outbox } from '../../../../engine/runtime/partition/outbox.ts'
import { aSettlement as settlement } from '../../../support/runtime/settlements.ts'

describe('the outbox', () => {
  it('hands out everything once, oldest first, in batches within the limits', () => {
    const sizes = fc.array(
      fc.record({ records: fc.integer({ min: 1, max: 9 }), bytes: fc.integer({ min: 1, max: 90 }) })
    )
    fc.assert(
      fc.property(sizes, sizes => {
        const outbox = new Outbox({ commitRecords: 10, commitBytes: 100 })
        for (const [offset, { records, bytes }] of sizes.entries()) outbox.add(settlement(offset, records, bytes))
        const offsets: number[] = []
        while (outbox.length > 0) {
          const batch = outbox.take()
          expect(batch.length).toBeGreaterThan(0)
          const records = batch.reduce((sum, each) => sum + each.outputs.length, 0)
          const bytes = batch.reduce((sum, each) => sum + each.bytes, 0)
          expect(batch.length === 1 || (records <= 10 && bytes <= 100)).toBe(true)
          offsets.push(...batch.map(each => each.offset))
        }
        expect(offsets).toEqual([...sizes.keys()])
        expect(outbox.full).toBe(false)
      })
    )
  })

  it('lets one outcome that is larger than a batch go alone', () => {
    const outbox = new Outbox({ commitRecords: 5, commitBytes: 100 })
    outbox.add(settlement(1, 9, 900))
    outbox.add(settlement(2))
    expect(outbox.full).toBe(true)
    expect(outbox.take().map(each => each.offset)).toEqual([1])
    expect(outbox.take().map(each => each.offset)).toEqual([2])
  })
})

describe('a full outbox', () => {
  it.each([
    ['records', 10, 1],
    ['bytes', 1, 100]
  ])('is one that has the %s of a commit, not one less', (_what, records, bytes) => {
    const outbox = new Outbox({ commitRecords: 10, commitBytes: 100 })
    outbox.add(settlement(0, records - (records > 1 ? 1 : 0), bytes - (bytes > 1 ? 1 : 0)))
    expect(outbox.full).toBe(false)
    outbox.add(settlement(1, records > 1 ? 1 : 0, bytes > 1 ? 1 : 0))
    expect(outbox.full).toBe(true)
  })

  it('has nothing to hand out when it is empty', () => {
    expect(new Outbox({ commitRecords: 10, commitBytes: 100 }).take()).toEqual([])
  })

  it('hands out an outcome without outputs, which settles its offset all the same', () => {
    const outbox = new Outbox({ commitRecords: 1, commitBytes: 100 })
    outbox.add(settlement(0, 1))
    outbox.add(settlement(1, 0, 0))
    outbox.add(settlement(2, 1))
    expect(outbox.take().map(({ offset }) => offset)).toEqual([0, 1])
    expect(outbox.length).toBe(1)
  })
})
