import {
  type AnyStage,
  type AnyTopic,
  decidesInOrder,
  type Emission,
  hashOf,
  type Outlets,
  type Rejection
} from '../../declare/index.ts'
import type { Call } from '../../inference/port.ts'
import type { Codec } from '../../log/codec.ts'
import { partitionOf } from '../../log/partitioner.ts'
import { type LogLimits, type OutputRecord, recordBytes } from '../../log/port.ts'
import type { Lineage } from '../../schemas/types.ts'
import type { RecordSpan } from '../../telemetry/port.ts'
import { deadLetters, rejections } from '../ground/engine-topics.ts'
import type { StageContext } from '../ground/stage-context.ts'
import { UnsoundStage } from '../ground/unsound-stage.ts'
import { connectHeaders, deadLetterOf, positionOf, shorten } from './dead-letter.ts'
import { inputOf, type OutcomeHeader, traceparentHeader } from './headers.ts'
import { lineageOf } from './lineage.ts'
import { defect, type Input, type Verdict } from './verdict.ts'

/** What is needed to make records of a verdict: no clock, no log, no model. */
export type SettlementContext = Pick<StageContext, 'stage' | 'configuration' | 'place' | 'headers'> & {
  readonly codec: Pick<Codec, 'encode'>
  readonly driver: { readonly limits: LogLimits }
}

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

/**
 * Turns a verdict into the records to append. One that breaks a rule of the stage's declaration is a defect: a dead letter.
 */
export function settle(
  context: SettlementContext,
  input: Input,
  verdict: Verdict,
  calls: readonly Call[],
  part?: DecisionPart
): Settlement {
  try {
    return settlementOf(context, input, verdict, calls, part)
  } catch (error) {
    return settlementOf(context, input, defect(error), calls)
  }
}

/**
 * Turns a verdict into the records to append. Where one of them is larger than the log takes, the whole input becomes a
 * dead letter instead (`output-too-large`), so that an input still has exactly one outcome.
 * @throws UnsoundStage when the verdict breaks a rule of the stage's declaration; TypeError when a value does not fit its schema.
 */
export function settlementOf(
  context: SettlementContext,
  input: Input,
  verdict: Verdict,
  calls: readonly Call[],
  part?: DecisionPart
): Settlement {
  const built = build(context, input, verdict, calls, part)
  const tooLarge = built.outputs.find(output => recordBytes(output) > context.driver.limits.maxRecordBytes)
  if (!tooLarge) return built
  const error = `an output for ${tooLarge.topic} has ${recordBytes(tooLarge)} bytes; the log takes ${context.driver.limits.maxRecordBytes}`
  return build(context, input, { deadLetter: { code: 'output-too-large', error } }, calls)
}

function build(
  context: SettlementContext,
  input: Input,
  verdict: Verdict,
  calls: readonly Call[],
  part?: DecisionPart
): Settlement {
  const outputs: OutputRecord[] = []
  const lineage = lineageOf(context, input, calls)
  const write = (topic: AnyTopic, value: Record<string, unknown>, outcome: OutcomeHeader) =>
    outputs.push(outputRecord(context, input, topic, value, outcome, lineage.traceparent))
  const kind = kindOf(verdict)
  const reason = 'deadLetter' in verdict ? verdict.deadLetter.code : 'rejected' in verdict ? verdict.rejected : ''
  let emitted = 0
  if ('deadLetter' in verdict) {
    write(
      deadLetters,
      deadLetterOf(context.stage.name, input, verdict, context.driver.limits.maxRecordBytes),
      'dead-lettered'
    )
  } else if ('rejected' in verdict) {
    write(rejections, rejectionOf(context, input, verdict, lineage, { partial: false, ordinal: 0 }), 'rejected')
  } else {
    const emission = verdict as Emission<Outlets, string>
    const outlet = outletOf(context.stage, String(emission.to))
    if (emission.values.length === 0) throw new UnsoundStage(context.stage.name, `emitted nothing and gave no reason`)
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
  if (decidesInOrder(context.stage)) {
    const decision = {
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
  return { offset: input.record.offset, kind, reason, error, outputs, emitted, bytes, span: input.span }
}

const kindOf = (verdict: Verdict): Settlement['kind'] =>
  'deadLetter' in verdict ? 'dead-lettered' : 'rejected' in verdict ? 'rejected' : 'emitted'

function outletOf(stage: AnyStage, name: string): AnyTopic {
  const outlet = (stage.writes as Outlets)[name]
  if (!outlet) throw new UnsoundStage(stage.name, `emitted to ${name}, which it does not declare`)
  return outlet
}

function rejectionOf(
  context: SettlementContext,
  input: Input,
  rejection: Rejection & { readonly repeat?: boolean },
  lineage: Lineage,
  place: { readonly partial: boolean; readonly ordinal: number }
): Record<string, unknown> {
  const { stage, configuration } = context
  const known: readonly string[] = [...stage.rejects, 'unusable-answer']
  if (!known.includes(rejection.rejected))
    throw new UnsoundStage(stage.name, `rejected for ${rejection.rejected}, which it does not declare`)
  if (rejection.score !== undefined && !Number.isFinite(rejection.score))
    throw new UnsoundStage(stage.name, `gave the score ${rejection.score}`)
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

function outputRecord(
  context: SettlementContext,
  input: Input,
  topic: AnyTopic,
  value: Record<string, unknown>,
  outcome: OutcomeHeader,
  traceparent: string
): OutputRecord {
  const place = context.place(topic)
  const key = topic.key(value)
  const headers: Record<string, string> = {
    [context.headers.stage]: context.stage.name,
    [context.headers.input]: inputOf(input.record),
    [context.headers.outcome]: outcome,
    [context.headers.configuration]: context.configuration.hash,
    [traceparentHeader]: traceparent
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
