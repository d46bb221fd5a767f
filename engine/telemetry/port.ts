import type { Snapshot } from './snapshot.ts'

/**
 * Telemetry: what the runtime and inference tell of their work while they do it. Nothing here carries content: no
 * record, prompt, answer, evidence or error text, only names, ids, places, counts and durations.
 *
 * Spans are told through this port; counts are not: they are the counters that the runtime keeps anyway, handed over
 * as a snapshot now and then.
 */
export interface Telemetry {
  /**
   * A stage begins with a record. A span that is never ended was never there: so it is with a record that is deferred
   * or withdrawn, since it will be begun again under the same ids.
   * @param traceparent the span's own trace id and span id (`spanOf`): the same record processed again has the same.
   */
  record(stage: string, traceparent: string, input: TracedInput): RecordSpan
  /**
   * A commit begins that settles these records: its span links to theirs (128 of them at most).
   * @param records their spans; undefined for those of which none was begun
   */
  commit(stage: string, input: TracedPartition, records: readonly (RecordSpan | undefined)[]): CommitSpan
  /** The figures of this moment; whoever collects metrics gets the latest. Counts are since the start of the process. */
  observe(snapshot: Snapshot): void
  /** Hands over what is left, within 5 seconds. Never throws. */
  shutdown(): Promise<void>
}

/** Where something happens: `messaging.destination.name` and `.partition.id` of the OpenTelemetry conventions. */
export interface TracedPartition {
  readonly topic: string
  readonly partition: number
}

/** Where a record stood. A record of the log is one. */
export interface TracedInput extends TracedPartition {
  readonly offset: number
  /** `traceparent` among them is the parent. */
  readonly headers: Readonly<Record<string, string>>
}

/** The processing of one record by one stage (`SpanKind.CONSUMER`). */
export interface RecordSpan {
  /** For the records that come of it. Its ids are those it was begun with; the sampled flag may differ. */
  readonly traceparent: string
  /** A call goes to a model: a child. */
  call(call: CallDescription): CallSpan
  /** @param reason of a rejection, or code of a dead letter; else empty. @param outputs records written to an outlet. */
  end(outcome: 'emitted' | 'rejected' | 'dead-lettered', reason: string, outputs: number): void
}

/** One call as it is asked, retries and outages below it included. */
export interface CallDescription {
  /** `gen_ai.operation.name` of the OpenTelemetry conventions. */
  readonly operation: 'chat' | 'embeddings'
  /** The model's name at its server. */
  readonly model: string
  /** Name of the ask within its stage, and how often this record has asked it: 1, then 2… for re-asks. */
  readonly ask: string
  readonly number: number
  /** Of a chat: which prompt, not what it says. */
  readonly prompt?: { readonly id: string; readonly hash: string }
  /** Of a chat: as it is sent. */
  readonly sampling?: {
    readonly temperature: number
    readonly topP: number
    readonly maxTokens: number
    readonly seed: number
  }
}

/** One call to a model, a child of the record's span (`SpanKind.CLIENT`). It ends with `replied` or with `failed`. */
export interface CallSpan {
  /** Goes along with the request, so that the server's own spans are children of the call. */
  readonly traceparent: string
  /** A reply came. */
  replied(reply: {
    readonly promptTokens: number
    /** Of a chat. */
    readonly completionTokens?: number
    /** Of a chat. A word that servers do not commonly use is exported as `other`. */
    readonly finishReason?: string
  }): void
  /** None came. @param kind of `inferenceErrorKinds`, or `_OTHER`. */
  failed(kind: string): void
}

/** One batch of settled records on its way to the log, further attempts included. */
export interface CommitSpan {
  /** `lost`: another owner has the partition. `halted`: the stage can not go on. */
  end(result: 'committed' | 'lost' | 'halted'): void
}

const nothing = (): void => {}
const noCommit: CommitSpan = { end: nothing }

const noRecord = (traceparent: string): RecordSpan => ({
  traceparent,
  call: () => ({ traceparent, replied: nothing, failed: nothing }),
  end: nothing
})

/** Tells nobody. Trace context goes through it all the same, from record to record and to the model's server. */
export const noTelemetry: Telemetry = {
  record: (_stage, traceparent) => noRecord(traceparent),
  commit: () => noCommit,
  observe: nothing,
  shutdown: async () => {}
}
