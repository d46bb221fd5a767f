import type { LogLimits } from '../../log/port.ts'
import type { RuntimeLimits } from './limits.ts'

/** The longest that an outcome waits for its commit to begin, however many partitions a process has, in milliseconds. */
export const longestCommitIntervalMs = 1_000

/**
 * How often each partition commits. A process makes so many commits a second and no more, whatever the number of its
 * partitions: the more of them it owns, the longer outcomes gather, within a bound.
 */
export class CommitPace {
  readonly #limits: Pick<RuntimeLimits, 'commitIntervalMs'>
  readonly #commitsPerSecond: number
  #owned = 0

  constructor(limits: Pick<RuntimeLimits, 'commitIntervalMs'>, { commitsPerSecond }: LogLimits) {
    this.#limits = limits
    this.#commitsPerSecond = commitsPerSecond ?? Number.POSITIVE_INFINITY
  }

  /** Time between the commits of one partition, in milliseconds. */
  get intervalMs(): number {
    const fair = (this.#owned * 1_000) / this.#commitsPerSecond
    return Math.max(this.#limits.commitIntervalMs, Math.min(fair, longestCommitIntervalMs))
  }

  /** A partition more, until the returned function is called. */
  own(): () => void {
    this.#owned++
    return () => {
      this.#owned--
    }
  }
}
