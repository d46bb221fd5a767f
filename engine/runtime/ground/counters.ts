import { Histogram } from '../../telemetry/histogram.ts'

/** What one stage did since this process started. Counted when committed, so that the figures are those on the log. */
export class StageCounters {
  emitted = 0
  rejected = 0
  deadLettered = 0
  /** Records written to the stage's outlets. */
  outputs = 0
  deferred = 0
  /** Records with questions at a model right now. */
  asking = 0
  readonly reasons: Record<string, number> = Object.create(null)
  /** Attempts to commit, by result. */
  readonly commits: Record<string, number> = Object.create(null)
  /** Until a commit had succeeded. */
  readonly commitSeconds = new Histogram()
  /** Until a question was answered. */
  readonly answerSeconds = new Histogram()

  /** Until an assigned partition was taken: its last owner fenced, views and indexes caught up. */
  readonly takeOverSeconds = new Histogram()
  /** Partitions that rebalances brought and took away. */
  readonly moves: Record<string, number> = Object.create(null)

  moved(how: 'assigned' | 'revoked', partitions: number): void {
    this.moves[how] = (this.moves[how] ?? 0) + partitions
  }

  count(reason: string): void {
    this.reasons[reason] = (this.reasons[reason] ?? 0) + 1
  }

  attempted(result: string): void {
    this.commits[result] = (this.commits[result] ?? 0) + 1
  }

  committed(elapsedMs: number): void {
    this.commitSeconds.record(elapsedMs / 1_000)
  }

  answered(elapsedMs: number): void {
    this.answerSeconds.record(elapsedMs / 1_000)
  }
}
