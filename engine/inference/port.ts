/**
 * Inference: what the runtime knows of models. Everything below it (endpoints, retries, re-asks, outages, deadlines) is
 * its own business: `answer` settles with an answer, with one of the errors of `errors.ts`, or not before the
 * outage that delays it is over.
 */

import type { AnyAsk } from '../declare/index.ts'
import type { Call } from '../schemas/types.ts'
import type { RecordSpan } from '../telemetry/port.ts'

/** How many requests of each alias a record is about to make. */
export type Demand = Readonly<Record<string, number>>

/** Who is served first: the stage nearest to the sink (smaller depth), then the older record (smaller order). */
export interface Priority {
  readonly depth: number
  readonly order: number
}

/** Permission to have that many requests in flight. Release exactly once, when the last of them has settled. */
export interface Admission {
  release(): void
}

/** Where a question comes from; sent along as headers, and as `traceparent`. */
export interface AskContext {
  readonly stage: string
  /** Id of the input record. */
  readonly record: string
  /** Name of the ask within its stage. */
  readonly ask: string
  readonly traceparent: string
  /** Told of each call. */
  readonly span?: RecordSpan
  readonly priority: Priority
  readonly signal: AbortSignal
}

/** One answered (or unusable) call, as it is kept in a record's lineage. */
export type { Call }

export interface Answered {
  readonly answer: unknown
  readonly calls: readonly Call[]
}

/** An alias as the preflight found it. */
export interface ModelIdentity {
  readonly alias: string
  /** The model's name at its server. */
  readonly model: string
  /** The server says of itself that its output is for rehearsal. */
  readonly rehearsal: boolean
}

/** Calls so far, for progress and summaries. */
export interface Usage {
  readonly calls: number
  readonly promptTokens: number
  readonly completionTokens: number
}

export interface Inference {
  /** Waits until the demand fits the budgets of all its aliases. @throws the signal's reason when it is aborted. */
  admit(demand: Demand, priority: Priority, signal: AbortSignal): Promise<Admission>
  /**
   * The answer to one ask.
   * @throws UnusableAnswer when no usable answer came after re-asking: a rejection.
   * @throws InferenceError of kind `record-terminal` (dead letter), `configuration` (the pipeline halts),
   *   `shutdown` (the signal was aborted: the record stays unsettled).
   */
  answer(ask: AnyAsk, variables: unknown, context: AskContext): Promise<Answered>
  /** Everything about this ask that shapes content, for the configuration hash: model, prompt hash, sampling. */
  describe(ask: AnyAsk): Readonly<Record<string, string | number | boolean>>
  /** Identity of an alias. Known once the pipeline has been prepared. */
  model(alias: string): ModelIdentity
  /** Calls so far by stage. */
  usage(stage: string): Usage
  /** Why nothing moves at present ("the endpoint at … does not answer since …"), or undefined. */
  paused(): string | undefined
  close(): Promise<void>
}
