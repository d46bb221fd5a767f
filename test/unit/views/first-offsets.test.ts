import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FirstOffsets, firstOffsetsInMemory, openFirstOffsets } from '../../../engine/views/first-offsets.ts'

let dir: string
let index: FirstOffsets
const entries = Array.from({ length: 200 }, (_, offset) => ({ key: `text-${offset}`, offset }))

describe.each([
  ['on disk', () => openFirstOffsets(dir)],
  ['in memory', () => firstOffsetsInMemory()]
])('an index of first offsets %s', (_, open) => {
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'first-offsets-'))
    index = await open()
  })
  afterEach(async () => {
    await index.close()
    rmSync(dir, { recursive: true })
  })

  it('answers with the first offset of each key, whatever comes later', () => {
    expect(index.fold('t/0', [{ key: 'a', offset: 3 }], 4)).toEqual([3])
    const again = [
      { key: 'a', offset: 9 },
      { key: 'b', offset: 10 },
      { key: 'b', offset: 11 }
    ]
    expect(index.fold('t/0', again, 12)).toEqual([3, 10, 10])
    expect(index.checkpoint('t/0')).toBe(12)
  })

  it('never moves a checkpoint back', () => {
    index.fold('t/0', [], 12)
    index.fold('t/0', [], 7)
    expect(index.checkpoint('t/0')).toBe(12)
  })

  it('forgets a scope that is reset, and no other', () => {
    for (const scope of ['t/0', 't/1', 't/10']) index.fold(scope, entries, 999)
    index.reset('t/1')
    expect(['t/0', 't/1', 't/10'].map(scope => index.checkpoint(scope))).toEqual([999, 0, 999])
    const later = [{ key: 'text-7', offset: 50 }]
    expect(index.fold('t/1', later, 51)).toEqual([50])
    expect(index.fold('t/0', later, 51)).toEqual([7])
    expect(index.fold('t/10', later, 51)).toEqual([7])
  })
})
