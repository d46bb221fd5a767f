import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Condition } from '../../../../engine/runtime/ground/condition.ts'
import { Halt } from '../../../../engine/runtime/ground/halt.ts'
import { DefectStreak } from '../../../../engine/runtime/partition/defects.ts'
import { InFlight } from '../../../../engine/runtime/partition/in-flight.ts'
import { Outbox } from '../../../../engine/runtime/partition/outbox.ts'
import type { Settlement } from '../../../../engine/runtime/record/settlement.ts'

const settlement = (offset: number, records = 1, bytes = 10): Settlement => ({
  offset,
  kind: 'emitted',
  reason: '',
  error: '',
  emitted: records,
  bytes,
  outputs: Array.from({ length: records }, () => ({ topic: 't', partition: 0, key: null, value: null, headers: {} }))
})

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

describe('a streak of defects', () => {
  const broken = (error: string): Settlement => ({
    ...settlement(0),
    kind: 'dead-lettered',
    reason: 'stage-defect',
    error
  })

  it('halts the stage at the last of that many alike', () => {
    const streak = new DefectStreak('cut-text', 3)
    streak.note(broken('x is undefined'))
    streak.note(broken('x is undefined'))
    expect(() => streak.note(broken('x is undefined'))).toThrow(Halt)
  })

  it('begins anew after another outcome or another defect', () => {
    const streak = new DefectStreak('cut-text', 2)
    streak.note(broken('x is undefined'))
    streak.note(settlement(1))
    streak.note(broken('x is undefined'))
    streak.note(broken('y is undefined'))
    expect(() => streak.note(broken('y is undefined'))).toThrow(/failed 2 times in a row: y is undefined/)
  })
})

describe('a condition', () => {
  const never = new AbortController().signal

  it('resolves when its predicate holds after a change, not before', async () => {
    const condition = new Condition()
    let ready = false
    let held: boolean | undefined
    void condition
      .until(() => ready, never)
      .then(value => {
        held = value
      })
    condition.changed()
    await Promise.resolve()
    expect(held).toBeUndefined()
    ready = true
    condition.changed()
    await Promise.resolve()
    expect(held).toBe(true)
  })

  it('gives up when the signal is aborted, before or while waiting', async () => {
    const condition = new Condition()
    const abort = new AbortController()
    const waiting = condition.until(() => false, abort.signal)
    abort.abort()
    expect(await waiting).toBe(false)
    expect(await condition.until(() => true, abort.signal)).toBe(false)
  })
})
