/**
 * The stage test driver: one record through one stage, with no broker and no model. It is part of the product, so that
 * whoever writes a stage can say what it does in one sentence:
 *
 *     given(screenPassage, aPassage).whenAnswered({ quality: yes(0.9), advertisement: yes(0.1) })   // -> an outcome
 *     given(screenPassage, aPassage).whenAsked()                                   // -> { ask: { quality: … } }
 *     given(diversifyPassage, aPassage, { view }).whenAnswered({ vector })         // -> { outcome, decision, view }
 *
 * What the runtime would refuse throws here, with the reason: see `UnsoundStage`. A stage function that throws is not
 * caught: `expect(() => …).toThrow()` is how a test says "this is a defect".
 */
import { avroType } from '../../schemas/avro-type.ts'
import { readSchema } from '../../schemas/load.ts'
import type { Asks } from '../declare/ask.ts'
import { hashOf, randomFrom } from '../declare/ids.ts'
import type { Deferral, Outcome, Outlets, Rejection } from '../declare/outcome.ts'
import type {
  Answers,
  AnyDecisionStage,
  AnyPlainStage,
  AnyStage,
  DecisionEnvelope,
  DecisionStage,
  Questions,
  Stage
} from '../declare/stage.ts'
import { decidesInOrder } from '../declare/stage.ts'
import type { AnyTopic, ValueOf } from '../declare/topic.ts'

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

/** The stage broke a rule that the runtime enforces. The message says which. */
export class UnsoundStage extends Error {
  constructor(stage: AnyStage, what: string) {
    super(`${stage.name} ${what}`)
    this.name = 'UnsoundStage'
  }
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
  checkValue(stage, stage.reads, record, 'was given a record')
  const id = stage.reads.id(record)
  const view = circumstances.view ?? (decidesInOrder(stage) ? stage.createView(settings) : stage.view?.create(settings))

  const whenAsked = () => {
    const random = randomFrom(`${id}/question`)
    const released = circumstances.released ?? false
    const said = (stage as AnyPlainStage).question(record, { settings, view, random, released })
    if ('ask' in said) checkQuestions(stage, said.ask as Record<string, unknown>)
    else if ('deferred' in said) checkDeferral(stage, said.deferred, released)
    else checkOutcome(stage, said as Outcome<Outlets, string>)
    return said as never
  }
  const decide = (answers: unknown) => {
    const said = whenAsked() as object
    if (!('ask' in said)) throw new UnsoundStage(stage, `asked nothing: it said ${JSON.stringify(said)}`)
    const once = () => {
      const random = randomFrom(`${id}/decide`)
      return stage.decide(record, answers as never, { settings, asked: said.ask as never, random, view } as never)
    }
    const verdict = once()
    if (JSON.stringify(verdict) !== JSON.stringify(once()))
      throw new UnsoundStage(stage, 'decided otherwise when it was called again')
    return verdict
  }
  const whenAnswered = (answers: unknown) => {
    const verdict = decide(answers)
    if (!decidesInOrder(stage)) return checkOutcome(stage, verdict as Outcome<Outlets, string>)
    const { outcome, decision: part } = verdict as ReturnType<AnyDecisionStage['decide']>
    checkOutcome(stage, outcome)
    const decision = decisionOf(stage, id, circumstances.offset ?? 0, outcome, part ?? {})
    stage.fold(view, decision)
    return { outcome, decision, view }
  }
  return { whenAsked, whenAnswered } as never
}

/** The decision record that the engine would write, once through its schema: what a successor folds is not the original. */
function decisionOf(
  stage: AnyDecisionStage,
  recordId: string,
  inputOffset: number,
  outcome: Outcome<Outlets, string>,
  part: object
): DecisionEnvelope {
  const decision = {
    ...part,
    id: hashOf(stage.name, 'decision', inputOffset),
    recordId,
    inputPartition: 0,
    inputOffset,
    verdict: 'rejected' in outcome ? 'rejected' : 'emitted',
    reason: 'rejected' in outcome ? outcome.rejected : ''
  }
  checkValue(stage, stage.decisions, decision, 'gave a decision')
  const type = avroType(stage.decisions.schema)
  return type.fromBuffer(type.toBuffer(decision)) as DecisionEnvelope
}

function checkQuestions(stage: AnyStage, ask: Readonly<Record<string, unknown>>): void {
  const asks = stage.asks as Asks
  for (const name of Object.keys(ask)) if (!(name in asks)) throw new UnsoundStage(stage, `asks ${name}, undeclared`)
  for (const [name, declared] of Object.entries(asks)) {
    if (!(name in ask)) throw new UnsoundStage(stage, `does not ask ${name}: all asks are asked`)
    if (declared.kind === 'offload') structuredClone(ask[name])
    else if (declared.kind !== 'embedding') declared.prompt.variables.parse(ask[name])
  }
}

function checkDeferral(stage: AnyStage, why: string, released: boolean): void {
  if (released) throw new UnsoundStage(stage, `deferred a record again (${why}) though it was released`)
  if (!(stage as AnyPlainStage).defersUntilDrained)
    throw new UnsoundStage(stage, `deferred a record (${why}) but does not declare defersUntilDrained`)
}

function checkOutcome<T extends Outcome<Outlets, string>>(stage: AnyStage, outcome: T): T {
  if ('rejected' in outcome) {
    checkRejection(stage, outcome)
    return outcome
  }
  const topic = (stage.writes as Outlets)[outcome.to as string]
  if (!topic) throw new UnsoundStage(stage, `emitted to ${String(outcome.to)}, which it does not declare`)
  if (outcome.values.length === 0) throw new UnsoundStage(stage, 'emitted nothing and gave no reason')
  const lineage = { rootId: '', parentId: '', traceparent: '', steps: [] }
  const { fields = [] } = readSchema(topic.schema)
  for (const emitted of outcome.values) {
    const value = { ...(emitted as object), id: '', lineage }
    // Every field has a default, which would hide that one was forgotten.
    const missing = fields.find(field => !(field.name in value))
    if (missing) throw new UnsoundStage(stage, `emitted a value without ${missing.name}`)
    checkValue(stage, topic, value, 'emitted a value')
  }
  for (const rejection of outcome.alsoRejected ?? []) checkRejection(stage, rejection)
  return outcome
}

function checkRejection(stage: AnyStage, { rejected, score }: Rejection): void {
  if (!stage.rejects.includes(rejected))
    throw new UnsoundStage(stage, `rejected for ${rejected}, which it does not declare`)
  if (score !== undefined && !Number.isFinite(score)) throw new UnsoundStage(stage, `gave the score ${score}`)
}

function checkValue(stage: AnyStage, topic: AnyTopic, value: unknown, what: string): void {
  const wrong: string[] = []
  avroType(topic.schema).isValid(value, {
    errorHook: (path, found, type) => void wrong.push(`${path.join('.')} is ${String(found)}, not ${String(type)}`)
  })
  if (wrong.length > 0) throw new UnsoundStage(stage, `${what} that does not fit ${topic.schema}: ${wrong.join('; ')}`)
}
