/**
 * Inference: what the runtime knows of models. Everything below it (endpoints, retries, re-asks, outages, deadlines) is
 * its own business: `answer` settles with an answer, with one of the errors of `errors.ts`, or not before the
 * outage that delays it is over.
 */

import type { AnyAsk } from '../declare/index.ts'
import type { Call } from '../schemas/types.ts'
import type { RecordSpan } from '../telemetry/port.ts'

/** How many requests of each alias a record is about to make; `cpu` counts offloaded computations. `{ writer: 2, cpu: 1 }` */
export type Demand = Readonly<Record<string, number>>

/** Who is served first: the stage nearest to the sink (smaller depth), then the older record (smaller order). */
export interface Priority {
  /** `Topology.depths` of the stage: 0 stands at the sink. */
  readonly depth: number
  /** The record's offset: comparable within one stage. */
  readonly order: number
}

/** Permission to have that many requests in flight. Release exactly once, when the last of them has settled. */
export interface Admission {
  release(): void
}

/** Where a question comes from; sent along as headers, and as `traceparent`. */
export interface AskContext {
  /** Its name. Usage is counted by it. */
  readonly stage: string
  /** Id of the input record. */
  readonly record: string
  /** Name of the ask within its stage. */
  readonly ask: string
  /** W3C Trace Context of the record's processing. Sent as it is where there is no span. */
  readonly traceparent: string
  /** Told of each call, so that each has a span of its own. */
  readonly span?: RecordSpan
  readonly priority: Priority
  /** Withdraws the question: `answer` then throws InferenceError `shutdown`. */
  readonly signal: AbortSignal
}

/** One answered (or unusable) call, as it is kept in a record's lineage. */
export type { Call }

/** What `answer` found. */
export interface Answered {
  /** Of the kind that the ask names: a `YesNo`, `Grade`, `Text` or `Embedding`, or what the offloaded module returned. */
  readonly answer: unknown
  /** One for the ask, with its re-asks counted in it; none for an offloaded computation. */
  readonly calls: readonly Call[]
}

/** An alias as the preflight found it. */
export interface ModelIdentity {
  /** As the stages name it. */
  readonly alias: string
  /** The model's name at its server. */
  readonly model: string
  /** The server says of itself that its output is for rehearsal. */
  readonly rehearsal: boolean
}

/** Calls so far, for progress and summaries. */
export interface Usage {
  /** Completions and vectors that came, those of re-asks and unusable ones among them. */
  readonly calls: number
  /** As the server reports them (`usage` of the OpenAI API); 0 where it does not. */
  readonly promptTokens: number
  readonly completionTokens: number
}

export interface Inference {
  /**
   * Waits until the demand fits the budgets of all its aliases. A demand above a budget's limit counts as that
   * limit. Who stands nearer to the sink is admitted first, and nobody overtakes within a budget.
   * @throws the signal's reason when it is aborted; InferenceError `configuration` for an unknown alias.
   */
  admit(demand: Demand, priority: Priority, signal: AbortSignal): Promise<Admission>
  /**
   * The answer to one ask.
   * @throws UnusableAnswer when no usable answer came after re-asking: a rejection.
   * @throws InferenceError of kind `record-terminal` (dead letter), `configuration` (the pipeline halts),
   *   `shutdown` (the signal was aborted: the record stays unsettled).
   */
  answer(ask: AnyAsk, variables: unknown, context: AskContext): Promise<Answered>
  /**
   * Everything about this ask that shapes content, for the configuration hash: model, prompt hash, sampling. Not where the
   * model is served, nor how many requests may be in flight.
   */
  describe(ask: AnyAsk): Readonly<Record<string, string | number | boolean>>
  /** Identity of an alias. @throws Error before the model behind it is known. */
  model(alias: string): ModelIdentity
  /** Calls so far by stage; zeroes for one that has made none. */
  usage(stage: string): Usage
  /** Why nothing moves at present ("http://… does not answer since …"), or undefined. */
  paused(): string | undefined
  /** Ends connections and threads. What is under way fails. */
  close(): Promise<void>
}
