import type { Lineage, Step } from '../../../schemas/types.ts'
import {
  type AnyStage,
  type AnyTopic,
  decidesInOrder,
  type Emission,
  hashOf,
  type Outcome,
  type Outlets,
  type Rejection
} from '../../declare/index.ts'
import type { Call } from '../../inference/port.ts'
import { partitionOf } from '../../log/partitioner.ts'
import { type Headers, type LogRecord, type OutputRecord, recordBytes } from '../../log/port.ts'
import type { RecordSpan } from '../../telemetry/port.ts'
import { deadLetters, rejections } from '../ground/engine-topics.ts'
import type { StageContext } from '../ground/stage-context.ts'
import { headerNames, inputOf, type OutcomeHeader } from './headers.ts'
import { traceparentOf } from './spans.ts'

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

/** A verdict as records to append. It settles exactly one offset. */
export interface Settlement {
  readonly offset: number
  readonly kind: 'emitted' | 'rejected' | 'dead-lettered'
  /** Reason or error code; empty for an emission. */
  readonly reason: string
  /** What went wrong, for a dead letter; else empty. */
  readonly error: string
  readonly outputs: readonly OutputRecord[]
  /** How many of them went to an outlet of the stage. */
  readonly emitted: number
  readonly bytes: number
  /** Of the input's processing. */
  readonly span?: RecordSpan | undefined
}

/** The stage's part of a decision record. */
export type DecisionPart = Readonly<Record<string, unknown>>

const evidenceCharacters = 2_000

/**
 * Turns a verdict into the records to append. Where one of them is larger than the log takes, the whole input becomes a
 * dead letter instead (`output-too-large`), so that an input still has exactly one outcome.
 */
export function settlementOf(
  context: StageContext,
  input: Input,
  verdict: Verdict,
  calls: readonly Call[],
  decision?: DecisionPart
): { readonly settlement: Settlement; readonly decision: Record<string, unknown> | undefined } {
  const built = build(context, input, verdict, calls, decision)
  const tooLarge = built.settlement.outputs.find(output => recordBytes(output) > context.driver.limits.maxRecordBytes)
  if (!tooLarge) return built
  const error = `an output for ${tooLarge.topic} has ${recordBytes(tooLarge)} bytes; the log takes ${context.driver.limits.maxRecordBytes}`
  return build(context, input, { deadLetter: { code: 'output-too-large', error } }, calls)
}

function build(
  context: StageContext,
  input: Input,
  verdict: Verdict,
  calls: readonly Call[],
  part?: DecisionPart
): { settlement: Settlement; decision: Record<string, unknown> | undefined } {
  const outputs: OutputRecord[] = []
  const lineage = lineageOf(context, input, calls)
  const write = (topic: AnyTopic, value: Record<string, unknown>, outcome: OutcomeHeader) =>
    outputs.push(outputRecord(context, input, topic, value, outcome, lineage.traceparent))
  const kind = kindOf(verdict)
  const reason = 'deadLetter' in verdict ? verdict.deadLetter.code : 'rejected' in verdict ? verdict.rejected : ''
  let emitted = 0
  if ('deadLetter' in verdict) {
    write(deadLetters, deadLetterOf(context, input, verdict), 'dead-lettered')
  } else if ('rejected' in verdict) {
    write(rejections, rejectionOf(context, input, verdict, lineage, { partial: false, ordinal: 0 }), 'rejected')
  } else {
    const emission = verdict as Emission<Outlets, string>
    const outlet = outletOf(context.stage, String(emission.to))
    if (emission.values.length === 0) throw new TypeError(`${context.stage.name} emitted nothing and gave no reason`)
    emission.values.forEach((value, ordinal) => {
      const id = hashOf(context.stage.name, input.id!, ordinal, context.configuration.hash)
      write(outlet, { ...(value as object), id, lineage }, 'emitted')
    })
    emitted = emission.values.length
    emission.alsoRejected?.forEach((rejection, index) => {
      const rejected = rejectionOf(context, input, rejection, lineage, { partial: true, ordinal: index + 1 })
      write(rejections, rejected, 'partial')
    })
  }
  let decision: Record<string, unknown> | undefined
  if (decidesInOrder(context.stage)) {
    decision = {
      ...part,
      id: hashOf(context.stage.name, 'decision', inputOf(input.record)),
      recordId: input.id ?? '',
      inputPartition: input.record.partition,
      inputOffset: input.record.offset,
      verdict: kind,
      reason
    }
    write(context.stage.decisions, decision, 'decision')
  }
  const bytes = outputs.reduce((sum, output) => sum + recordBytes(output), 0)
  const error = 'deadLetter' in verdict ? verdict.deadLetter.error : ''
  return {
    settlement: { offset: input.record.offset, kind, reason, error, outputs, emitted, bytes, span: input.span },
    decision
  }
}

const kindOf = (verdict: Verdict): Settlement['kind'] =>
  'deadLetter' in verdict ? 'dead-lettered' : 'rejected' in verdict ? 'rejected' : 'emitted'

function outletOf(stage: AnyStage, name: string): AnyTopic {
  const outlet = (stage.writes as Outlets)[name]
  if (!outlet) throw new TypeError(`${stage.name} emitted to ${name}, which it does not declare`)
  return outlet
}

function lineageOf(context: StageContext, input: Input, calls: readonly Call[]): Lineage {
  const before = input.value?.lineage as Lineage | undefined
  const rootId = before?.rootId || input.id || ''
  const step: Step = {
    stage: context.stage.name,
    configuration: context.configuration.hash,
    recordId: input.id ?? '',
    topic: input.record.topic,
    partition: input.record.partition,
    offset: input.record.offset,
    calls
  }
  return {
    rootId,
    parentId: input.id ?? '',
    traceparent: traceparentOf(context, input),
    steps: [...(before?.steps ?? []), step]
  }
}

function rejectionOf(
  context: StageContext,
  input: Input,
  rejection: Rejection & { readonly repeat?: boolean },
  lineage: Lineage,
  place: { readonly partial: boolean; readonly ordinal: number }
): Record<string, unknown> {
  const { stage, configuration } = context
  const known: readonly string[] = [...stage.rejects, 'unusable-answer']
  if (!known.includes(rejection.rejected))
    throw new TypeError(`${stage.name} rejected for ${rejection.rejected}, which it does not declare`)
  // Copies of one record share its id: where they stood tells their rejections apart.
  const where = rejection.repeat ? inputOf(input.record) : ''
  return {
    id: hashOf(stage.name, input.id ?? '', 'rejection', place.ordinal, configuration.hash, where),
    stage: stage.name,
    reason: rejection.rejected,
    score: rejection.score ?? null,
    evidence: rejection.evidence === undefined ? null : shorten(rejection.evidence),
    partial: place.partial,
    recordId: input.id ?? '',
    ...positionOf(input.record),
    lineage
  }
}

function deadLetterOf(context: StageContext, input: Input, { deadLetter }: DeadLettering): Record<string, unknown> {
  const { record } = input
  // Room for the rest of the dead letter beside the original value.
  const room = context.driver.limits.maxRecordBytes - 64 * 1024
  const truncated = (record.value?.length ?? 0) > room
  return {
    id: hashOf(context.stage.name, input.id ?? '', 'dead-letter', inputOf(record)),
    stage: context.stage.name,
    code: deadLetter.code,
    error: shorten(deadLetter.error),
    stack: deadLetter.stack === undefined ? null : shorten(deadLetter.stack),
    recordId: input.id ?? null,
    ...positionOf(record),
    key: record.key?.subarray(0, 4_096) ?? null,
    value: truncated ? record.value!.subarray(0, room) : record.value,
    truncated,
    headers: firstHeaders(record.headers)
  }
}

/** As many as 32 headers and 32 KiB of them, long ones cut: a dead letter must never be too large itself. */
function firstHeaders(headers: Headers): Headers {
  let room = 32 * 1024
  const cut = Object.entries(headers)
    .slice(0, 32)
    .map(([name, value]) => [name.slice(0, 128), value.slice(0, 512)] as const)
  const kept = cut.filter(([name, value]) => {
    room -= Buffer.byteLength(name) + Buffer.byteLength(value)
    return room >= 0
  })
  return Object.fromEntries(kept)
}

const positionOf = (record: LogRecord) => ({
  inputTopic: record.topic,
  inputPartition: record.partition,
  inputOffset: record.offset
})

const shorten = (text: string): string => text.slice(0, evidenceCharacters).toWellFormed()

function outputRecord(
  context: StageContext,
  input: Input,
  topic: AnyTopic,
  value: Record<string, unknown>,
  outcome: OutcomeHeader,
  traceparent: string
): OutputRecord {
  const place = context.place(topic)
  const key = topic.key(value)
  const headers: Record<string, string> = {
    [headerNames.stage]: context.stage.name,
    [headerNames.input]: inputOf(input.record),
    [headerNames.outcome]: outcome,
    [headerNames.configuration]: context.configuration.hash,
    [headerNames.traceparent]: traceparent
  }
  if (topic === deadLetters) Object.assign(headers, connectHeaders(input.record, value))
  return {
    topic: place.topic,
    partition: partitionOf(key, place.partitions),
    key: Buffer.from(key),
    value: context.codec.encode(place.topic, value),
    headers
  }
}

/** The headers by which Kafka Connect's tools know a dead letter (KIP-298). */
const connectHeaders = (record: LogRecord, deadLetter: Record<string, unknown>): Record<string, string> => ({
  '__connect.errors.topic': record.topic,
  '__connect.errors.partition': String(record.partition),
  '__connect.errors.offset': String(record.offset),
  '__connect.errors.stage': String(deadLetter.stage),
  '__connect.errors.exception.class.name': String(deadLetter.code),
  '__connect.errors.exception.message': String(deadLetter.error).slice(0, 500)
})
