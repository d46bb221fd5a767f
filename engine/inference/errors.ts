import type { Call } from './port.ts'

/**
 * The one taxonomy of what can go wrong between us and a model.
 * - `configuration`: fails for every record (wrong key, unknown model, no such route); the pipeline halts. A refusal in
 *   the middle of a run is that only when the same request without a record is refused too.
 * - `record-terminal`: fails for this record alone, however often it is tried (context overflow); a dead letter.
 * - `overload`, `server-dead`, `timeout`: not the record's fault; retried below the port, never seen above it,
 *   except a `timeout` of the same record again and again while others pass, which becomes `record-terminal`.
 * - `semantic`: the server answered, the answer cannot be used; re-asked, then `UnusableAnswer`.
 * - `shutdown`: we withdrew the question.
 */
export const inferenceErrorKinds = {
  configuration: 'The endpoint, its key, its model or a prompt is wrong for every record.',
  'record-terminal': 'This record cannot be processed, however often it is tried.',
  overload: 'The server is overloaded.',
  'server-dead': 'The server cannot be reached or fails.',
  timeout: 'No complete reply within the deadline.',
  semantic: 'A complete reply that is no usable answer.',
  shutdown: 'The question was withdrawn.'
} as const

export type InferenceErrorKind = keyof typeof inferenceErrorKinds

export class InferenceError extends Error {
  readonly kind: InferenceErrorKind
  /** What to do about it; empty where nothing is to be done. */
  readonly remedy: string
  /** What the server sent, shortened. */
  readonly evidence: string
  /** How long the server asked us to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined
  /** HTTP status, where there was one. */
  readonly status: number | undefined
  constructor(
    kind: InferenceErrorKind,
    message: string,
    detail: { cause?: unknown; remedy?: string; evidence?: string; retryAfterMs?: number; status?: number } = {}
  ) {
    super(message, { cause: detail.cause })
    this.name = 'InferenceError'
    this.kind = kind
    this.remedy = detail.remedy ?? ''
    this.evidence = detail.evidence ?? ''
    this.retryAfterMs = detail.retryAfterMs
    this.status = detail.status
  }
}

/** The input is longer than the model's context or the server's batch. A part of it may do. */
export class InputTooLong extends InferenceError {
  constructor(place: string, detail: { status: number; evidence: string }) {
    const message = `${place} says that the input is longer than it takes: the context of the model, or the batch of the server`
    super('record-terminal', message, detail)
    this.name = 'InputTooLong'
  }
}

/** The server refuses this record, and takes the same request without a record in it: a filter of its content, mostly. */
export class RefusedByServer extends InferenceError {
  constructor(refusal: InferenceError) {
    const { message, evidence, status } = refusal
    super('record-terminal', message, { cause: refusal, evidence, ...(status !== undefined && { status }) })
    this.name = 'RefusedByServer'
  }
}

/** No usable answer came, even after re-asking. Rejected as `unusable-answer`, with what the model said last. */
export class UnusableAnswer extends Error {
  readonly evidence: string
  readonly calls: readonly Call[]
  constructor(message: string, evidence: string, calls: readonly Call[]) {
    super(message)
    this.name = 'UnusableAnswer'
    this.evidence = evidence
    this.calls = calls
  }
}
