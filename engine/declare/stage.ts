import type { z } from 'zod'
import type { DecisionEnvelope } from '../schemas/types.ts'
import type { AnswerOf, Asks, VariablesOf } from './ask.ts'
import type { Random } from './ids.ts'
import type { Deferral, Outcome, Outlets } from './outcome.ts'
import type { AnyTopic, Topic, ValueOf } from './topic.ts'
import type { View } from './view.ts'

/** The engine's part of a decision record; the rest of the record is the stage's and has defaults in its schema. */
export type { DecisionEnvelope } from '../schemas/types.ts'

/** Schema of a stage's settings: one field each, with default, limits and a description for the user. */
export type SettingsSchema = z.ZodObject<z.ZodRawShape>

/** The variables of every question a record needs. All asks are asked, side by side. */
export type Questions<A extends Asks> = { readonly ask: { readonly [K in keyof A]: VariablesOf<A[K]> } }

/** The answer to every ask, by its name. */
export type Answers<A extends Asks> = { readonly [K in keyof A]: AnswerOf<A[K]> }

/** What `question` may use beside the record. */
export interface QuestionContext<S, V> {
  /** As the user set them, with defaults. */
  readonly settings: S
  /** The stage's view, if it declared one. `question` may take from it; see `View.giveBack`. */
  readonly view: V
  /** Seeded from the record's id: the same record draws the same numbers when it is asked about again. */
  readonly random: Random
  /** The record was deferred before, and what it waits for has drained since: it must not be deferred again. */
  readonly released: boolean
}

/** What `decide` may use beside the record and the answers. */
export interface DecideContext<A extends Asks, S> {
  /** As the user set them, with defaults. */
  readonly settings: S
  /** The variables the answers were asked with. */
  readonly asked: { readonly [K in keyof A]: VariablesOf<A[K]> }
  /** Seeded from the record's id, apart from that of `question`. */
  readonly random: Random
}

/** What both kinds of stages declare. */
interface Declaration<I extends AnyTopic, O extends Outlets, A extends Asks, Reason extends string, S> {
  /** verb-noun, unique in the topology: part of the names of its group, of headers and of metrics. `screen-ticket`. */
  readonly name: string
  /** One line for the catalogue. */
  readonly summary: string
  /** The topic it reads. No other stage may read it. */
  readonly reads: I
  /** The topics it writes, by the names of its outlets. */
  readonly writes: O
  /** All it may ask about a record. Every one of them is asked about each record that `question` asks about. */
  readonly asks: A
  /** Every reason it may reject for. `unusable-answer` is the engine's and need not be declared. */
  readonly rejects: readonly Reason[]
  /** Reject, unpaid, a record whose `by` stood at an earlier offset of its own partition. */
  readonly repeats?: { readonly as: NoInfer<Reason>; readonly by: (record: ValueOf<I>) => string }
  /**
   * Settings that shape content: they are part of the stage's configuration hash, so that a pipeline is not continued
   * with other ones unnoticed. Every field has a default.
   */
  readonly settings: z.ZodType<S> & { readonly shape: Readonly<Record<string, z.ZodType>> }
}

/**
 * A stage: data plus two small pure functions. It sees no consumer, no offset, no clock and no error; the runtime
 * observes, retries and commits. A function that throws dead-letters its record as a defect.
 */
export interface Stage<I extends AnyTopic, O extends Outlets, A extends Asks, Reason extends string, S, V = undefined>
  extends Declaration<I, O, A, Reason, S> {
  /** A table that `question` consults. */
  readonly view?: View<V, S>
  /** Which topics must drain, beginning with the one named, before a deferred record is released. */
  readonly defersUntilDrained?: AnyTopic
  /** Which questions this record needs; or an outcome straight away; or not yet. */
  question(record: ValueOf<I>, context: QuestionContext<S, V>): Questions<A> | Outcome<O, NoInfer<Reason>> | Deferral
  /** The verdict on the record, given every answer. */
  decide(record: ValueOf<I>, answers: Answers<A>, context: DecideContext<A, S>): Outcome<O, NoInfer<Reason>>
}

/**
 * A stage whose verdict depends on all verdicts before it. It reads a single-partition topic; inference runs out of
 * order, `decide` is called in offset order. One decision record per input, dead letters included, is committed in the
 * same transaction as its outputs; the view is the fold of those records, so that it can be rebuilt by any successor.
 */
export interface DecisionStage<
  I extends AnyTopic,
  O extends Outlets,
  A extends Asks,
  Reason extends string,
  S,
  V,
  D extends DecisionEnvelope
> extends Declaration<I, O, A, Reason, S> {
  /** The topic of its decisions: single partition, private, with the fields of `DecisionEnvelope`. */
  readonly decisions: Topic<D>
  /** An empty view. */
  createView(settings: S): V
  /** Must depend on nothing but the view and the decision: it is called for new and for replayed decisions alike. */
  fold(view: V, decision: D): void
  /** As in `Stage`. It sees no view: it is called before the records in front of it are decided. */
  question(record: ValueOf<I>, context: { readonly settings: S }): Questions<A> | Outcome<O, NoInfer<Reason>>
  /** Called once a record, in offset order, with the view as all decisions before left it. `decision` is what `fold` will be given, less the engine's part; omit it where the defaults say all. */
  decide(
    record: ValueOf<I>,
    answers: Answers<A>,
    context: DecideContext<A, S> & { readonly view: V }
  ): { readonly outcome: Outcome<O, NoInfer<Reason>>; readonly decision?: Partial<Omit<D, keyof DecisionEnvelope>> }
}

/** Declares a stage that decides out of order. Checks nothing that the types do not. */
export function defineStage<
  const I extends AnyTopic,
  const O extends Outlets,
  const A extends Asks,
  const Reason extends string,
  S,
  V = undefined
>(stage: Stage<I, O, A, Reason, S, V>): Stage<I, O, A, Reason, S, V> {
  return Object.freeze(stage)
}

/** Declares a stage that decides in offset order. */
export function defineDecisionStage<
  const I extends AnyTopic,
  const O extends Outlets,
  const A extends Asks,
  const Reason extends string,
  S,
  V,
  D extends DecisionEnvelope
>(stage: DecisionStage<I, O, A, Reason, S, V, D>): DecisionStage<I, O, A, Reason, S, V, D> {
  return Object.freeze(stage)
}

// biome-ignore-start lint/suspicious/noExplicitAny: stages of any types, as the topology and the runtime hold them.
export type AnyPlainStage = Stage<any, any, any, any, any, any>
export type AnyDecisionStage = DecisionStage<any, any, any, any, any, any, any>
// biome-ignore-end lint/suspicious/noExplicitAny: see above
/** A stage of either kind. */
export type AnyStage = AnyPlainStage | AnyDecisionStage

/** Tells the two kinds apart. */
export const decidesInOrder = (stage: AnyStage): stage is AnyDecisionStage => 'decisions' in stage
