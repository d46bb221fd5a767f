import type { AnyTopic, ValueOf } from './topic.ts'

/** The topics a stage writes, by the name that an emission uses: `{ kept: openTickets }`. */
export type Outlets = Readonly<Record<string, AnyTopic>>

/** At least one. An emission of nothing is a rejection: say why. */
export type NonEmpty<T> = readonly [T, ...T[]]

/** A value as a stage emits it: the engine adds the id and the lineage. */
export type Emitted<Value> = Value extends unknown ? Omit<Value, 'id' | 'lineage'> : never

/**
 * A quality decision against a record (or, beside an emission, against a part of it). It becomes a record of the topic
 * `rejections`, with the lineage of what was rejected.
 */
export interface Rejection<Reason extends string = string> {
  /** One of the stage's `rejects`. A reason that was not declared does not compile, and is a defect at run time. */
  readonly rejected: Reason
  /** The figure the decision rests on, in the unit its reason documents. Finite: NaN and infinities are a defect. */
  readonly score?: number
  /** What was seen, shortened by the engine to 2,000 characters. */
  readonly evidence?: string
}

/**
 * Values for one outlet. Their ids are derived from the record's id, the stage, its configuration and
 * their position among the values: order counts.
 */
export type Emission<O extends Outlets, Reason extends string> = {
  readonly [K in keyof O]: {
    /** Name of the outlet. */
    readonly to: K
    /** Each has to fit the schema of the outlet's topic; one that does not is a defect. */
    readonly values: NonEmpty<Emitted<ValueOf<O[K]>>>
    /** Parts of the record that were turned down while the rest was emitted. Not outcomes. */
    readonly alsoRejected?: readonly Rejection<Reason>[]
  }
}[keyof O]

/** What a stage says about one record. Every path ends in one of these: nothing is dropped without a word. */
export type Outcome<O extends Outlets, Reason extends string> = Emission<O, Reason> | Rejection<Reason>

/** Not yet: the record is asked again when the stage's view changes, or when what it waits for has drained. */
export interface Deferral {
  /**
   * What it waits for, in a few words. Only messages about defects show it. A stage that does not declare
   * `defersUntilDrained` may not defer: that is a defect.
   */
  readonly deferred: string
}
