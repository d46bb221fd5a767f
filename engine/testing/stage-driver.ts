/**
 * The stage test driver: one record through one stage, with no broker and no model. It is part of the product, so that
 * whoever writes a stage can say what it does in one sentence:
 *
 *     given(screenPassage, aPassage).whenAnswered({ quality: yes(0.9), advertisement: yes(0.1) })   // -> an outcome
 *     given(screenPassage, aPassage).whenAsked()                                   // -> { ask: { quality: … } }
 *     given(diversifyPassage, aPassage, { view }).whenAnswered({ vector })         // -> { outcome, decision, view }
 *
 * The functions that the runtime calls for question, verdict and settlement are called here, so that what it would refuse
 * throws, with the reason: see `UnsoundStage`. A stage function that throws is not caught: `expect(() => …).toThrow()` is how
 * a test says "this is a defect".
 */

import type {
  Answers,
  AnyStage,
  AnyTopic,
  Asks,
  DecisionEnvelope,
  DecisionStage,
  Deferral,
  Outcome,
  Outlets,
  Questions,
  Stage,
  ValueOf
} from '../declare/index.ts'
import { decidesInOrder, headerNamesOf, topicName } from '../declare/index.ts'
import { toBody } from '../log/avro-values.ts'
import { checkDecisionSchema, UnsoundStage } from '../runtime/ground/unsound-stage.ts'
import { decided, decisionless, questionOf } from '../runtime/record/question.ts'
import { type DecisionPart, type SettlementContext, settlementOf } from '../runtime/record/settlement.ts'
import type { AnsweredRecord, Input, Verdict as RuntimeVerdict } from '../runtime/record/verdict.ts'
import { avroType } from '../schemas/avro-type.ts'
import { nameOfSchema, readSchema, type SchemaSource } from '../schemas/load.ts'

export { UnsoundStage }

/** What surrounds the record. Everything has a default. */
export interface Circumstances<S, V> {
  /** Only those that differ from the defaults of the stage's schema. */
  readonly settings?: Partial<S>
  /** State of the view, as it stands before the record. Default: as the stage creates it. */
  readonly view?: V
  /** What a deferred record waits for has drained since. Default: false. */
  readonly released?: boolean
  /** Where the record stood in its partition; decision records name it. Default: 0. */
  readonly offset?: number
}

export interface GivenRecord<O extends Outlets, A extends Asks, Reason extends string> {
  /** What `question` says: the variables of every ask, or an outcome without asking, or "not yet". */
  whenAsked(): Questions<A> | Outcome<O, Reason> | Deferral
  /** What `decide` says, given these answers. @throws UnsoundStage when the stage asks nothing about this record. */
  whenAnswered(answers: Answers<A>): Outcome<O, Reason>
}

/** A verdict of a decision stage, with the decision record as a successor would read it, and the view after its fold. */
export interface Verdict<O extends Outlets, Reason extends string, V, D> {
  readonly outcome: Outcome<O, Reason>
  readonly decision: D
  readonly view: V
}

export interface GivenRecordInOrder<O extends Outlets, A extends Asks, Reason extends string, V, D> {
  whenAsked(): Questions<A> | Outcome<O, Reason>
  whenAnswered(answers: Answers<A>): Verdict<O, Reason, V, D>
}

/**
 * One record at one stage. The record and every value emitted must fit their schemas; `id` and `lineage` of emitted
 * values are the engine's and are left out, as a stage leaves them out.
 */
export function given<
  I extends AnyTopic,
  O extends Outlets,
  A extends Asks,
  Reason extends string,
  S,
  V,
  D extends DecisionEnvelope
>(
  stage: DecisionStage<I, O, A, Reason, S, V, D>,
  record: ValueOf<I>,
  circumstances?: Circumstances<S, V>
): GivenRecordInOrder<O, A, Reason, V, D>
export function given<I extends AnyTopic, O extends Outlets, A extends Asks, Reason extends string, S, V>(
  stage: Stage<I, O, A, Reason, S, V>,
  record: ValueOf<I>,
  circumstances?: Circumstances<S, V>
): GivenRecord<O, A, Reason>
export function given(
  stage: AnyStage,
  record: unknown,
  circumstances: Circumstances<Record<string, unknown>, unknown> = {}
): GivenRecord<Outlets, Asks, string> | GivenRecordInOrder<Outlets, Asks, string, unknown, unknown> {
  const settings = stage.settings.parse(circumstances.settings ?? {})
  checkRecord(stage, record)
  if (decidesInOrder(stage)) checkDecisionSchema(stage)
  const view = circumstances.view ?? (decidesInOrder(stage) ? stage.createView(settings) : stage.view?.create(settings))
  const call = { stage, settings, view }
  const input = inputOf(stage, record, circumstances.offset ?? 0)

  const whenAsked = () => {
    const said = questionOf(call, input, circumstances.released ?? false)
    if ('ask' in said) checkVariables(stage, said.ask as Record<string, unknown>)
    else if (!('deferred' in said)) settled(stage, input, said)
    return said as never
  }
  const answersTo = (answers: unknown): Extract<AnsweredRecord, { as: 'answers' }> => {
    const said = whenAsked() as object
    if (!('ask' in said)) throw new UnsoundStage(stage.name, `asked nothing: it said ${JSON.stringify(said)}`)
    return { as: 'answers', input, asked: said.ask as never, answers: answers as never, calls: [] }
  }
  const twice = <T>(decide: () => T): T => {
    const verdict = decide()
    if (JSON.stringify(verdict) === JSON.stringify(decide())) return verdict
    throw new UnsoundStage(stage.name, 'decided otherwise when it was called again')
  }
  const whenAnswered = (answers: unknown) => {
    const answered = answersTo(answers)
    if (!decidesInOrder(stage)) {
      const outcome = twice(() => decisionless(call, answered))
      settled(stage, input, outcome)
      return outcome
    }
    const { verdict: outcome, part } = twice(() => decided(call, answered))
    const record = settled(stage, input, outcome, part).outputs.find(({ topic }) => topic === nameOf(stage.decisions))
    const decision = avroType(stage.decisions.schema).fromBuffer(record!.value!) as DecisionEnvelope
    stage.fold(view, decision)
    return { outcome, decision, view }
  }
  return { whenAsked, whenAnswered } as never
}

const nameOf = (topic: AnyTopic): string => topicName('given', topic)

const inputOf = (stage: AnyStage, value: unknown, offset: number): Input => {
  const headers = {}
  const key = Buffer.from(stage.reads.key(value))
  const record = { topic: nameOf(stage.reads), partition: 0, offset, timestamp: 0, key, value: null, headers }
  return { record, value: value as Record<string, unknown>, id: stage.reads.id(value) }
}

/** The records that the runtime would append. @throws UnsoundStage. */
function settled(stage: AnyStage, input: Input, verdict: RuntimeVerdict, part?: DecisionPart) {
  checkFields(stage, verdict)
  const schemas = new Map<string, SchemaSource>()
  const context: SettlementContext = {
    stage,
    configuration: { hash: '', canonical: '' },
    headers: headerNamesOf(),
    place: topic => {
      schemas.set(nameOf(topic), topic.schema)
      return { topic: nameOf(topic), partitions: 1 }
    },
    codec: {
      encode: (topic, value) => {
        try {
          return toBody(avroType(schemas.get(topic)!), value)
        } catch (error) {
          throw new UnsoundStage(stage.name, `wrote to ${topic}: ${(error as Error).message}`)
        }
      }
    },
    driver: { limits: { maxRecordBytes: Number.MAX_SAFE_INTEGER } }
  }
  return settlementOf(context, input, verdict, [], part)
}

/** Every field of a schema has a default, which would hide that one was forgotten. */
function checkFields(stage: AnyStage, verdict: RuntimeVerdict): void {
  const topic = 'to' in verdict ? (stage.writes as Outlets)[String(verdict.to)] : undefined
  if (!topic) return
  const { fields = [] } = readSchema(topic.schema)
  for (const value of (verdict as { readonly values: readonly object[] }).values) {
    const missing = fields.find(({ name }) => !(name in value) && name !== 'id' && name !== 'lineage')
    if (missing) throw new UnsoundStage(stage.name, `emitted a value without ${missing.name}`)
  }
}

/** What a prompt could not render, or a thread could not be sent, is found here: the runtime would find it at the model. */
function checkVariables(stage: AnyStage, ask: Readonly<Record<string, unknown>>): void {
  for (const [name, declared] of Object.entries(stage.asks as Asks)) {
    if (declared.kind === 'offload') structuredClone(ask[name])
    else if (declared.kind !== 'embedding') declared.prompt.variables.parse(ask[name])
  }
}

function checkRecord(stage: AnyStage, record: unknown): void {
  const wrong: string[] = []
  avroType(stage.reads.schema).isValid(record, {
    errorHook: (path, found, type) => void wrong.push(`${path.join('.')} is ${String(found)}, not ${String(type)}`)
  })
  if (wrong.length === 0) return
  throw new UnsoundStage(
    stage.name,
    `was given a record that does not fit ${nameOfSchema(stage.reads.schema)}: ${wrong.join('; ')}`
  )
}
