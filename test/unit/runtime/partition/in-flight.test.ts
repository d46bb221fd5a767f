import { describe, expect, it } from 'vitest'
import { InFlight } from '../../../../engine/runtime/partition/in-flight.ts'

describe('the in-flight table', () => {
  it('has room again for what a deferred or removed record held', () => {
    const table = new InFlight({ windowRecords: 2, windowBytes: 100 })
    const first = table.add(0, 60)
    table.add(1, 60)
    expect(table.room).toEqual({ records: 0, bytes: -20 })
    table.defer(first)
    expect(table.room).toEqual({ records: 1, bytes: 40 })
    table.remove(1)
    expect(table.room).toEqual({ records: 2, bytes: 100 })
    expect(table.deferred(5)).toEqual([first])
    table.resume(first, 30)
    expect(table.deferred(5)).toEqual([])
    expect(table.room).toEqual({ records: 1, bytes: 70 })
  })

  it('marks later deferrals as later', () => {
    const table = new InFlight({ windowRecords: 9, windowBytes: 100 })
    const [first, second] = [table.add(0, 1), table.add(1, 1)]
    table.defer(first)
    const mark = table.deferrals
    table.defer(second)
    expect(first.deferredAt).toBeLessThan(mark)
    expect(second.deferredAt).toBeGreaterThanOrEqual(mark)
  })
})

describe('what a partition holds', () => {
  const table = (...offsets: readonly number[]) => {
    const made = new InFlight({ windowRecords: 9, windowBytes: 100 })
    return { made, entries: offsets.map(offset => made.add(offset, 10, 1_000 + offset)) }
  }

  it('has no room when either records or bytes have run out', () => {
    const records = new InFlight({ windowRecords: 1, windowBytes: 100 })
    expect(records.hasRoom).toBe(true)
    records.add(0, 1)
    expect(records.hasRoom).toBe(false)
    const bytes = new InFlight({ windowRecords: 9, windowBytes: 100 })
    bytes.add(0, 100)
    expect(bytes.hasRoom).toBe(false)
  })

  it('counts a record with the bytes of its outputs once these are known, and none once it is gone', () => {
    const { made, entries } = table(0, 1)
    made.resize(entries[0]!, 70)
    expect(made.room.bytes).toBe(20)
    made.remove(0)
    made.remove(0)
    expect(made.room).toEqual({ records: 8, bytes: 90 })
    expect(made.records).toBe(1)
  })

  it('is as old as its oldest record, deferred or not', () => {
    const { made, entries } = table(3, 4)
    expect(made.oldest).toBe(1_003)
    made.defer(entries[0]!)
    expect(made.oldest).toBe(1_003)
    made.resume(entries[0]!, 1)
    made.remove(3)
    expect(made.oldest).toBe(1_004)
    made.remove(4)
    expect(made.oldest).toBeUndefined()
  })

  it('knows the greatest offset that was asked about, answered ones included', () => {
    const { made, entries } = table(3, 4, 5, 6, 7)
    expect(made.lastAsked).toBe(-1)
    entries[2]!.state = 'answered'
    entries[0]!.state = 'asking'
    entries[3]!.state = 'parked'
    made.defer(entries[4]!)
    expect(made.lastAsked).toBe(5)
  })

  it('ends the wait for admission behind an offset, and of no record before it', () => {
    const { made, entries } = table(3, 4, 5)
    for (const entry of entries) entry.admission = new AbortController()
    made.endAdmission(4)
    expect(entries.map(({ admission }) => admission!.signal.aborted)).toEqual([false, false, true])
    made.endAdmission(-1)
    expect(entries.map(({ admission }) => admission!.signal.aborted)).toEqual([true, true, true])
  })

  it('awaits admission while one is waiting', () => {
    const { made, entries } = table(3, 4)
    entries[0]!.state = 'asking'
    expect(made.awaitsAdmission).toBe(true)
    entries[1]!.state = 'parked'
    expect(made.awaitsAdmission).toBe(false)
  })

  it('gives back so many of the deferred, oldest offset first', () => {
    const { made, entries } = table(3, 4, 5)
    for (const entry of entries.toReversed()) made.defer(entry)
    expect(made.deferred(2).map(({ offset }) => offset)).toEqual([3, 4])
    expect(made.deferrals).toBe(3)
  })
})
