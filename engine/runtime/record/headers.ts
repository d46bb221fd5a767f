import type { HeaderNames } from '../../declare/index.ts'
import type { Headers, LogRecord } from '../../log/port.ts'

/** Trace context (W3C). */
export const traceparentHeader = 'traceparent'

/** `partial`: a rejection beside an emission, `decision`: the record of a decision stage. Neither is an outcome. */
export type OutcomeHeader = 'emitted' | 'rejected' | 'dead-lettered' | 'partial' | 'decision'

export interface Provenance {
  readonly stage: string
  readonly input: { readonly topic: string; readonly partition: number; readonly offset: number }
  readonly outcome: OutcomeHeader
}

export const inputOf = (record: Pick<LogRecord, 'topic' | 'partition' | 'offset'>): string =>
  `${record.topic}/${record.partition}/${record.offset}`

/** The provenance of a record, or undefined where no stage of ours wrote it. */
export function provenanceOf(headers: Headers, headerNames: HeaderNames): Provenance | undefined {
  const stage = headers[headerNames.stage]
  const match = /^(.+)\/(\d+)\/(\d+)$/.exec(headers[headerNames.input] ?? '')
  const outcome = headers[headerNames.outcome]
  if (!stage || !match || !outcome) return undefined
  const [, topic, partition, offset] = match
  return {
    stage,
    input: { topic: topic!, partition: Number(partition), offset: Number(offset) },
    outcome: outcome as OutcomeHeader
  }
}
