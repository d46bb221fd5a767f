import type { HistogramFigures } from './histogram.ts'

/** The figures of this process at one moment, since its start. */
export interface Snapshot {
  readonly stages: readonly StageFigures[]
  /** No endpoint of some model answers. */
  readonly modelsPaused: boolean
  /** The log cannot be reached. */
  readonly logAway: boolean
  /** Why the pipeline can not go on, as a code; undefined while it can. */
  readonly halt: string | undefined
}

/** A stage's progress, what is measured beside it, and what it asked of models. */
export interface StageFigures extends StageMeasures {
  readonly stage: string
  /** Input records by outcome, as committed. */
  readonly emitted: number
  readonly rejected: number
  readonly deadLettered: number
  /** Records written to the stage's outlets. */
  readonly outputs: number
  /** Outcomes by reason of rejection or code of dead letter. */
  readonly reasons: Readonly<Record<string, number>>
  /** Records with questions at a model. */
  readonly inFlight: number
  readonly deferred: number
  /** Input records not settled yet; undefined while the log does not say. */
  readonly lag: number | undefined
  /** Partitions of its input that an open transaction of another producer holds back, and since when. */
  readonly heldBack: readonly { readonly partition: number; readonly since: number }[]
  readonly paused: boolean
  readonly usage: { readonly calls: number; readonly promptTokens: number; readonly completionTokens: number }
}

/** What nobody but a collector of metrics asks for. */
export interface StageMeasures {
  /** Records read and not settled, those in flight included, deferred ones not. */
  readonly held: number
  /** Age of the oldest of these, or of the deferred ones, in seconds; undefined when there is none. */
  readonly oldestSeconds: number | undefined
  /** Attempts to commit by their result: committed, aborted, fenced, unknown. */
  readonly commits: Readonly<Record<string, number>>
  /** Seconds until a commit had succeeded, pauses and further attempts included. */
  readonly commitSeconds: HistogramFigures
  /** Seconds until a question was answered, re-asks and outages included. */
  readonly answerSeconds: HistogramFigures
  /** Seconds until an assigned partition was taken. */
  readonly takeOverSeconds: HistogramFigures
  /** Partitions that rebalances brought (assigned) and took away (revoked). */
  readonly moves: Readonly<Record<string, number>>
}
