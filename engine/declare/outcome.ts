import type { AnyTopic, ValueOf } from './topic.ts'

/** The outlets of a stage by name: `{ urgent: urgentTickets, other: otherTickets }`. */
export type Outlets = Readonly<Record<string, AnyTopic>>
/** To emit nothing is no emission: a stage that has nothing to emit says why, with a rejection. */
export type NonEmpty<T> = readonly [T, ...T[]]

/**
 * A value as a stage emits it: the engine adds the id and the lineage. The id is made from the stage, the input's id,
 * the place among the values and the configuration, so that the same input gives the same ids in every process.
 */
export type Emitted<Value> = Value extends unknown ? Omit<Value, 'id' | 'lineage'> : never

/**
 * A quality decision against a record (or, beside an emission, against a part of it). It is written to the topic
 * `rejections` with the record's lineage; the record itself goes no further.
 * @example return { rejected: 'spam', score: answers.spam.probability }
 */
export interface Rejection<Reason extends string = string> {
  /** One of `rejects`. Another one is a defect: the record becomes a dead letter, `stage-defect`. */
  readonly rejected: Reason
  /** The figure the decision rests on, in the unit that its reason implies. Finite: NaN or an infinity is a defect. */
  readonly score?: number
  /** What was seen, shortened by the engine to 2,000 characters. */
  readonly evidence?: string
}

/** Values for one outlet. A record is emitted to one outlet at most. */
export type Emission<O extends Outlets, Reason extends string> = {
  readonly [K in keyof O]: {
    /** Name of an outlet in `writes`. */
    readonly to: K
    /**
     * In the order in which they get their ids. A value that does not fit the schema of the outlet is a defect; one that
     * is larger than the log takes makes the whole input a dead letter, `output-too-large`.
     */
    readonly values: NonEmpty<Emitted<ValueOf<O[K]>>>
    /** Parts of the record that were turned down while the rest was emitted. Not outcomes. */
    readonly alsoRejected?: readonly Rejection<Reason>[]
  }
}[keyof O]

/** What a stage says about one record. Every path ends in one of these: nothing is dropped without a word. */
export type Outcome<O extends Outlets, Reason extends string> = Emission<O, Reason> | Rejection<Reason>

/**
 * Not yet: the record is asked again when the stage's view changes, or when what it waits for has drained. It holds up no
 * other record, and takes no memory but its offset. Only a stage that declares `defersUntilDrained` may defer.
 */
export interface Deferral {
  /** What the record waits for, in a few words: `too few examples`. It stands only in the message of a defect. */
  readonly deferred: string
}
