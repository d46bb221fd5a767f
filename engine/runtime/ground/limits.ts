/** Bounds of the runtime. None of them shapes content, so none is part of a configuration hash. */
export interface RuntimeLimits {
  /** Records of one partition held in memory at a time: fetched, asking, or waiting for their commit. */
  readonly windowRecords: number
  /** Their bytes, inputs and encoded outputs together. */
  readonly windowBytes: number
  /** A commit is begun this long after the first outcome waits for it, in milliseconds; later where `CommitPace` says so. */
  readonly commitIntervalMs: number
  /** Or as soon as that many output records wait. */
  readonly commitRecords: number
  /** Or that many bytes of them. */
  readonly commitBytes: number
  /** Intake pauses while the stage behind lags by more records than this. */
  readonly backlogRecords: number
  /** How long a stop waits for calls in flight before it withdraws them, in milliseconds. */
  readonly drainMs: number
  /** That many defects of one kind in a row halt the stage. */
  readonly defectsInARow: number
  /** How often lag, drained groups and views are looked at, in milliseconds. */
  readonly pollMs: number
}

export const defaultLimits: RuntimeLimits = {
  windowRecords: 1_024,
  windowBytes: 32 * 1024 * 1024,
  commitIntervalMs: 100,
  commitRecords: 2_000,
  commitBytes: 900_000,
  backlogRecords: 2_000,
  drainMs: 20_000,
  defectsInARow: 20,
  pollMs: 150
}
