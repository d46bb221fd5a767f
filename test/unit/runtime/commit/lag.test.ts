import { describe, expect, it } from 'vitest'
import type { Commit, LogDriver } from '../../../../engine/log/port.ts'
import { formatMetadata } from '../../../../engine/runtime/commit/commit-metadata.ts'
import { lagOf } from '../../../../engine/runtime/commit/lag.ts'

const position = (offset: number, beyond: readonly number[] = []): Commit => ({
  offset,
  metadata: formatMetadata('hash', offset, beyond)
})

/** A log with these ends and positions; `reads` notes the order in which they are asked for. */
const log = (
  ends: readonly number[],
  commits: readonly (Commit | undefined)[],
  reads: string[] = [],
  more: { starts?: readonly number[]; heldBack?: readonly object[] } = {}
) =>
  ({
    starts: async () => more.starts ?? ends.map(() => 0),
    heldBack: () => more.heldBack ?? [],
    ends: async () => {
      reads.push('ends')
      return ends
    },
    committed: async () => {
      reads.push('committed')
      return commits
    }
  }) as unknown as LogDriver

describe('lag', () => {
  it('counts what is neither below a position nor settled beyond it', async () => {
    expect(await lagOf(log([10, 5], [position(4, [6, 8]), position(5)]), 'g', 't')).toEqual({
      records: 4,
      drained: false,
      heldBack: []
    })
  })

  it('is not drained while anything before an end is open, settled offsets beyond it or not', async () => {
    expect(await lagOf(log([5], [position(4)]), 'g', 't')).toMatchObject({ records: 1, drained: false })
    expect(await lagOf(log([5, 0], [position(5), position(0)]), 'g', 't')).toMatchObject({ records: 0, drained: true })
  })

  it('is not drained where the group has no position yet, be the partition empty', async () => {
    expect(await lagOf(log([0], [undefined]), 'g', 't')).toMatchObject({ records: 0, drained: false })
    expect((await lagOf(log([7], [undefined]), 'g', 't')).records).toBe(7)
  })

  it('counts no record that retention has deleted, where the group has no position yet', async () => {
    expect(await lagOf(log([107], [undefined], [], { starts: [100] }), 'g', 't')).toMatchObject({ records: 7 })
  })

  it('is told though another program has overwritten the position, without what is settled beyond it', async () => {
    const foreign = { offset: 4, metadata: 'of a tool' }
    expect(await lagOf(log([10], [foreign]), 'g', 't')).toMatchObject({ records: 6, drained: false })
  })

  it('is not drained while an open transaction hides what may come, though all that is visible has settled', async () => {
    const held = { topic: 't', partition: 0, end: 5, behind: 2, since: 0 }
    expect(await lagOf(log([5], [position(5)], [], { heldBack: [held] }), 'g', 't')).toEqual({
      records: 0,
      drained: false,
      heldBack: [held]
    })
  })

  it('reads the ends before the positions, so that it never overlooks what was appended between', async () => {
    const reads: string[] = []
    await lagOf(log([1], [position(1)], reads), 'g', 't')
    expect(reads).toEqual(['ends', 'committed'])
  })
})
