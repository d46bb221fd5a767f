/** A distribution as it is exported: how many values were at most so large, by bound. */
export interface HistogramFigures {
  /** Upper bounds, rising; whatever is above the last is counted too. */
  readonly bounds: readonly number[]
  /** Values by bucket, not cumulative: one more than there are bounds. */
  readonly counts: readonly number[]
  readonly sum: number
}

/** Durations in seconds from 5 ms (a commit to a local disk) to 5 min (a long completion behind an outage). */
export const secondsBounds: readonly number[] = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300
]

/** Counts values by size. */
export class Histogram implements HistogramFigures {
  readonly bounds: readonly number[]
  readonly counts: number[]
  sum = 0

  constructor(bounds: readonly number[] = secondsBounds) {
    this.bounds = bounds
    this.counts = new Array<number>(bounds.length + 1).fill(0)
  }

  record(value: number): void {
    let bucket = 0
    while (bucket < this.bounds.length && value > this.bounds[bucket]!) bucket++
    this.counts[bucket]!++
    this.sum += value
  }
}
