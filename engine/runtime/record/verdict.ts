import type { Outcome, Outlets } from '../../declare/index.ts'
import type { Call } from '../../inference/port.ts'
import type { LogRecord } from '../../log/port.ts'
import type { RecordSpan } from '../../telemetry/port.ts'

/** A record as a stage sees it, and where it stood. `value` and `id` are absent where it could not be decoded. */
export interface Input {
  readonly record: LogRecord
  readonly value?: Record<string, unknown>
  readonly id?: string
  /** What a copy of it would have too, where the stage rejects repeats. */
  readonly repeatKey?: string
  /** The same record stood at an earlier offset. */
  readonly isCopy?: boolean
  /** Of its processing, once that has begun. */
  readonly span?: RecordSpan
}

export interface DeadLettering {
  readonly deadLetter: { readonly code: string; readonly error: string; readonly stack?: string }
}

export type Verdict = (Outcome<Outlets, string> & { readonly repeat?: boolean }) | DeadLettering

/** By name of the ask: variables on the way out, answers on the way back. */
export type ByAsk = Readonly<Record<string, unknown>>

/** A record whose verdict is known, or needs nothing more than the stage's `decide`. */
export type AnsweredRecord =
  | { readonly as: 'verdict'; readonly input: Input; readonly verdict: Verdict; readonly calls: readonly Call[] }
  | {
      readonly as: 'answers'
      readonly input: Input
      readonly asked: ByAsk
      readonly answers: ByAsk
      readonly calls: readonly Call[]
    }

/** A function of the stage threw: the record is not to blame, but it is the one that shows it. */
export function defect(error: unknown): DeadLettering {
  const { message, stack } = error instanceof Error ? error : new Error(String(error))
  return { deadLetter: { code: 'stage-defect', error: message, stack: stack ?? '' } }
}
