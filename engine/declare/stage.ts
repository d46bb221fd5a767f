import type { z } from 'zod'
import type { DecisionEnvelope } from '../schemas/types.ts'
import type { AnswerOf, Asks, VariablesOf } from './ask.ts'
import type { Random } from './ids.ts'
import type { Deferral, Outcome, Outlets } from './outcome.ts'
import type { AnyTopic, Topic, ValueOf } from './topic.ts'
import type { View } from './view.ts'

/**
 * The engine's part of a decision record; the rest of the record is the stage's and has defaults in its schema, for those
 * that were rejected or dead-lettered before `decide`.
 */
export type { DecisionEnvelope } from '../schemas/types.ts'

/** An object of settings: each has a default, so that `parse({})` gives a whole one. */
export type SettingsSchema = z.ZodObject<z.ZodRawShape>

/**
 * The variables of every question a record needs. All asks are asked, side by side: a missing one, or one that is not
 * declared, is a defect.
 */
export type Questions<A extends Asks> = { readonly ask: { readonly [K in keyof A]: VariablesOf<A[K]> } }
/** By name of the ask. Complete: `decide` is not called where one has no usable answer. */
export type Answers<A extends Asks> = { readonly [K in keyof A]: AnswerOf<A[K]> }

/** What `question` may know besides the record. */
export interface QuestionContext<S, V> {
  /** As the stage's schema parsed them. */
  readonly settings: S
  /**
   * State of the stage's view, if it declared one. It is as new as the last look at its topics (every 150 ms by
   * default), so that two runs may see it differently. `question` may take from it; see `View.giveBack`.
   */
  readonly view: V
  /** Seeded from the record's id: the same numbers whenever and wherever the record is asked about. */
  readonly random: Random
  /** The record was deferred before, and what it waits for has drained since: it must not be deferred again. */
  readonly released: boolean
}

/** What `decide` may know besides the record and the answers. */
export interface DecideContext<A extends Asks, S> {
  /** As the stage's schema parsed them. */
  readonly settings: S
  /** The variables the answers were asked with: what `question` gave. */
  readonly asked: { readonly [K in keyof A]: VariablesOf<A[K]> }
  /** Seeded from the record's id, apart from the one that `question` had. */
  readonly random: Random
}

/** What both kinds of stages declare. */
interface Declaration<I extends AnyTopic, O extends Outlets, A extends Asks, Reason extends string, S> {
  /**
   * verb-noun in lower case, unique in the topology: `screen-ticket`. Part of ids, of the group's name and of the
   * configuration hash: a stage that is renamed begins anew at the start of its topic.
   */
  readonly name: string
  /** One line for the catalogue, a sentence. It shapes nothing: it is no part of the configuration hash. */
  readonly summary: string
  /** The one topic that it reads. No other stage of the topology may read it. */
  readonly reads: I
  /** Its outlets, at least one. Rejections and dead letters have topics of their own, and are not declared. */
  readonly writes: O
  /** `{}` for a stage that asks nothing: its `question` then gives an outcome, or `{ ask: {} }`. */
  readonly asks: A
  /** Every reason it may reject for, by convention in kebab-case. `unusable-answer` is the engine's and need not be declared. */
  readonly rejects: readonly Reason[]
  /**
   * Reject, unpaid, a record whose `by` stood at an earlier offset of its own partition. Copies in other partitions are
   * not found: key the topic by the same value.
   * @example repeats: { as: 'repeat', by: ticket => ticket.textHash }
   */
  readonly repeats?: { readonly as: NoInfer<Reason>; readonly by: (record: ValueOf<I>) => string }
  /**
   * Settings that shape content: they are part of the stage's configuration hash. A pipeline whose hash has changed does
   * not start until the change is accepted (`PipelineOptions.acceptChange`). `z.object({})` where there are none.
   */
  readonly settings: z.ZodType<S> & { readonly shape: Readonly<Record<string, z.ZodType>> }
}

/**
 * A stage: data plus two small pure functions. It sees no consumer, no offset, no clock and no error; the runtime
 * observes, retries and commits. A function that throws dead-letters its record as a defect (`stage-defect`, with the
 * stack); a streak of equal defects halts the stage (`RuntimeLimits.defectsInARow`). Both functions may be called more
 * than once for one record, after a crash or a rebalance: they must give the same for the same arguments.
 */
export interface Stage<I extends AnyTopic, O extends Outlets, A extends Asks, Reason extends string, S, V = undefined>
  extends Declaration<I, O, A, Reason, S> {
  /** A table that `question` consults, folded from other topics of the pipeline. */
  readonly view?: View<V, S>
  /**
   * The stages from this topic on to the sink must drain before a deferred record is released: nothing in them is
   * unsettled or deferred. It is asked again with `released` then, and must not be deferred any more.
   */
  readonly defersUntilDrained?: AnyTopic
  /**
   * Which questions this record needs; or an outcome straight away, without a call; or not yet.
   * @example question: ticket => (ticket.text === '' ? { rejected: 'empty' } : { ask: { urgent: { ticket: ticket.text } } })
   */
  question(record: ValueOf<I>, context: QuestionContext<S, V>): Questions<A> | Outcome<O, NoInfer<Reason>> | Deferral
  /**
   * The verdict on the record, given every answer.
   * @example decide: (ticket, { urgent }) => ({ to: urgent.probability > 0.5 ? 'urgent' : 'other', values: [{ text: ticket.text }] })
   */
  decide(record: ValueOf<I>, answers: Answers<A>, context: DecideContext<A, S>): Outcome<O, NoInfer<Reason>>
}

/**
 * A stage whose verdict depends on all verdicts before it. It reads a single-partition topic; inference runs out of
 * order, `decide` is called in offset order. One decision record per input, dead letters included, is committed in the
 * same transaction as its outputs; the view is the fold of those records, so that it can be rebuilt by any successor. A
 * record that takes long holds up the verdicts behind it, but not their inference, within the window. It cannot defer.
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
  /** Its own topic, `single` and best `private`: it must be kept for ever, since the view is rebuilt from its start. */
  readonly decisions: Topic<D>
  /** The view before the first decision. */
  createView(settings: S): V
  /** Must depend on nothing but the view and the decision: it is called for new and for replayed decisions alike. */
  fold(view: V, decision: D): void
  /** As in `Stage`, but without the view: what it would see depends on answers that have not come yet. */
  question(record: ValueOf<I>, context: { readonly settings: S }): Questions<A> | Outcome<O, NoInfer<Reason>>
  /**
   * The verdict, given the view as all decisions before it left it.
   * @returns `decision` is what `fold` will be given, less the engine's part; omit it where the defaults say all.
   */
  decide(
    record: ValueOf<I>,
    answers: Answers<A>,
    context: DecideContext<A, S> & { readonly view: V }
  ): { readonly outcome: Outcome<O, NoInfer<Reason>>; readonly decision?: Partial<Omit<D, keyof DecisionEnvelope>> }
}

/** Declares a stage: infers its types, and freezes it. It is checked by `defineTopology`. */
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

/** The same for a stage that decides in order. */
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

/** Whether it is a decision stage. */
export const decidesInOrder = (stage: AnyStage): stage is AnyDecisionStage => 'decisions' in stage
