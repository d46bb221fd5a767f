import type { AnyTopic, ValueOf } from './topic.ts'

export type Outlets = Readonly<Record<string, AnyTopic>>
export type NonEmpty<T> = readonly [T, ...T[]]

/** A value as a stage emits it: the engine adds the id and the lineage. */
export type Emitted<Value> = Value extends unknown ? Omit<Value, 'id' | 'lineage'> : never

/** A quality decision against a record (or, beside an emission, against a part of it). */
export interface Rejection<Reason extends string = string> {
  readonly rejected: Reason
  /** The figure the decision rests on, in the unit its reason documents. */
  readonly score?: number
  /** What was seen, shortened by the engine to 2,000 characters. */
  readonly evidence?: string
}

export type Emission<O extends Outlets, Reason extends string> = {
  readonly [K in keyof O]: {
    readonly to: K
    readonly values: NonEmpty<Emitted<ValueOf<O[K]>>>
    /** Parts of the record that were turned down while the rest was emitted. Not outcomes. */
    readonly alsoRejected?: readonly Rejection<Reason>[]
  }
}[keyof O]

/** What a stage says about one record. Every path ends in one of these: nothing is dropped without a word. */
export type Outcome<O extends Outlets, Reason extends string> = Emission<O, Reason> | Rejection<Reason>

/** Not yet: the record is asked again when the stage's view changes, or when what it waits for has drained. */
export interface Deferral {
  readonly deferred: string
}
