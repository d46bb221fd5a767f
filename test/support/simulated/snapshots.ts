import { Histogram } from '../../../engine/telemetry/histogram.ts'
import type { Snapshot, StageFigures } from '../../../engine/telemetry/snapshot.ts'

/** Figures of a stage that has worked a little. */
export function stageFigures(more: Partial<StageFigures> = {}): StageFigures {
  const commitSeconds = new Histogram()
  for (const seconds of [0.004, 0.03, 0.03, 400]) commitSeconds.record(seconds)
  const answerSeconds = new Histogram()
  answerSeconds.record(1)
  return {
    stage: 'screen-passage',
    emitted: 5,
    rejected: 3,
    deadLettered: 1,
    outputs: 6,
    reasons: { advertisement: 2, dull: 1, 'stage-defect': 1 },
    inFlight: 4,
    held: 9,
    oldestSeconds: 12.5,
    takeOverSeconds: new Histogram(),
    moves: { assigned: 3, revoked: 1 },
    deferred: 2,
    lag: 70,
    heldBack: [{ partition: 2, since: 0 }],
    paused: true,
    usage: { calls: 20, promptTokens: 3_000, completionTokens: 40 },
    commits: { committed: 4, aborted: 1 },
    commitSeconds,
    answerSeconds,
    ...more
  }
}

export const snapshot = (more: Partial<Snapshot> = {}): Snapshot => ({
  stages: [stageFigures()],
  modelsPaused: false,
  logAway: false,
  halt: undefined,
  ...more
})
