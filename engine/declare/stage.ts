import type { z } from 'zod'
import type { DecisionEnvelope } from '../schemas/types.ts'
import type { AnswerOf, Asks, VariablesOf } from './ask.ts'
import type { Random } from './ids.ts'
import type { Deferral, Outcome, Outlets } from './outcome.ts'
import type { AnyTopic, Topic, ValueOf } from './topic.ts'
import type { View } from './view.ts'

/** The engine's part of a decision record; the rest of the record is the stage's and has defaults in its schema. */
export type { DecisionEnvelope } from '../schemas/types.ts'

export type SettingsSchema = z.ZodObject<z.ZodRawShape>

/** The variables of every question a record needs. All asks are asked, side by side. */
export type Questions<A extends Asks> = { readonly ask: { readonly [K in keyof A]: VariablesOf<A[K]> } }
export type Answers<A extends Asks> = { readonly [K in keyof A]: AnswerOf<A[K]> }

export interface QuestionContext<S, V> {
  readonly settings: S
  /** The stage's view, if it declared one. `question` may take from it; see `View.giveBack`. */
  readonly view: V
  /** Seeded from the record's id. */
  readonly random: Random
  /** The record was deferred before, and what it waits for has drained since: it must not be deferred again. */
  readonly released: boolean
}

export interface DecideContext<A extends Asks, S> {
  readonly settings: S
  /** The variables the answers were asked with. */
  readonly asked: { readonly [K in keyof A]: VariablesOf<A[K]> }
  readonly random: Random
}

interface Declaration<I extends AnyTopic, O extends Outlets, A extends Asks, Reason extends string, S> {
  /** verb-noun, unique in the topology. */
  readonly name: string
  /** One line for the catalogue. */
  readonly summary: string
  readonly reads: I
  readonly writes: O
  readonly asks: A
  /** Every reason it may reject for. `unusable-answer` is the engine's and need not be declared. */
  readonly rejects: readonly Reason[]
  /** Reject, unpaid, a record whose `by` stood at an earlier offset of its own partition. */
  readonly repeats?: { readonly as: NoInfer<Reason>; readonly by: (record: ValueOf<I>) => string }
  /** Settings that shape content: they are part of the stage's configuration hash. */
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
  readonly decisions: Topic<D>
  createView(settings: S): V
  /** Must depend on nothing but the view and the decision: it is called for new and for replayed decisions alike. */
  fold(view: V, decision: D): void
  question(record: ValueOf<I>, context: { readonly settings: S }): Questions<A> | Outcome<O, NoInfer<Reason>>
  /** `decision` is what `fold` will be given, less the engine's part; omit it where the defaults say all. */
  decide(
    record: ValueOf<I>,
    answers: Answers<A>,
    context: DecideContext<A, S> & { readonly view: V }
  ): { readonly outcome: Outcome<O, NoInfer<Reason>>; readonly decision?: Partial<Omit<D, keyof DecisionEnvelope>> }
}

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
export type AnyStage = AnyPlainStage | AnyDecisionStage

export const decidesInOrder = (stage: AnyStage): stage is AnyDecisionStage => 'decisions' in stage
