import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { orderedSet } from '../../../services/augment-instruction/ordered-set.ts'

const ascending = (a: number, b: number) => a - b

function setOf(values: Iterable<number>) {
  const set = orderedSet<number>(ascending)
  for (const value of values) set.insert(value)
  return set
}

const inOrder = (set: ReturnType<typeof setOf>) => Array.from({ length: set.size }, (_, place) => set.at(place))

describe('an ordered set', () => {
  it('has every value at its place, in whatever order they came and went', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer()), fc.infiniteStream(fc.boolean()), (values, keeps) => {
        const set = setOf(values)
        const kept = values.filter(value => {
          if (keeps.next().value) return true
          set.remove(value)
          return false
        })
        expect(inOrder(set)).toEqual(kept.toSorted(ascending))
      })
    )
  })

  it('counts the values before a limit', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(100)), fc.nat(100), (values, limit) => {
        const before = (value: number) => value < limit
        expect(setOf(values).countWhile(before)).toBe(values.filter(before).length)
      })
    )
  })

  it.each([-1, 2, Number.NaN])('has nothing at place %d of two', place => {
    expect(() => setOf([1, 2]).at(place)).toThrow(RangeError)
  })

  it('refuses to remove what it does not hold', () => {
    expect(() => setOf([1, 2]).remove(3)).toThrow(RangeError)
    expect(inOrder(setOf([1, 2]))).toEqual([1, 2])
  })

  it('stays flat when values come in order: a limit is found in few comparisons', () => {
    const set = setOf(Array.from({ length: 20_000 }, (_, i) => i))
    let comparisons = 0
    set.countWhile(value => {
      comparisons += 1
      return value < 12_345
    })
    expect(comparisons).toBeLessThan(70)
  })
})
