import { describe, expect, it } from 'vitest'
import { CommitPace, longestCommitIntervalMs } from '../../../../engine/runtime/ground/commit-pace.ts'

const paceOf = (partitions: number, commitsPerSecond?: number) => {
  const limits = { maxRecordBytes: 1, ...(commitsPerSecond === undefined ? {} : { commitsPerSecond }) }
  const pace = new CommitPace({ commitIntervalMs: 100 }, limits)
  const disown = Array.from({ length: partitions }, () => pace.own())
  return { pace, disown }
}

describe('the pace of commits', () => {
  it('is the interval of the limits where the log sets no bound', () => {
    expect(paceOf(500).pace.intervalMs).toBe(100)
  })

  it('keeps a process within what its log can take, however many partitions it owns', () => {
    for (const partitions of [1, 12, 48, 96]) {
      const { intervalMs } = paceOf(partitions, 120).pace
      expect(partitions / (intervalMs / 1_000)).toBeLessThanOrEqual(120.001)
    }
    expect(paceOf(12, 120).pace.intervalMs).toBe(100)
    expect(paceOf(48, 120).pace.intervalMs).toBe(400)
  })

  it('has a bound: no outcome waits longer than that', () => {
    expect(paceOf(5_000, 120).pace.intervalMs).toBe(longestCommitIntervalMs)
  })

  it('quickens when partitions are given up', () => {
    const { pace, disown } = paceOf(48, 120)
    for (const give of disown.slice(12)) give()
    expect(pace.intervalMs).toBe(100)
  })
})
