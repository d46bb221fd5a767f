import {
  type AnyAsk,
  type AnyPlainStage,
  type AnyStage,
  type Asks,
  type Deferral,
  decidesInOrder,
  type Outcome,
  type Outlets,
  type Questions,
  randomFrom
} from '../../declare/index.ts'
import { InferenceError, RefusedByServer, UnusableAnswer } from '../../inference/errors.ts'
import type { Admission, Call, Demand } from '../../inference/port.ts'
import { isLogError } from '../../log/errors.ts'
import type { LogRecord } from '../../log/port.ts'
import { Halt } from '../ground/halt.ts'
import type { StageContext } from '../ground/stage-context.ts'
import type { DeadLettering, Input, Verdict } from './settlement.ts'
import { traceparentOf } from './spans.ts'

/** What became of a record before its verdict is committed. */
export type Answered =
  | { readonly as: 'verdict'; readonly input: Input; readonly verdict: Verdict; readonly calls: readonly Call[] }
  | {
      readonly as: 'answers'
      readonly input: Input
      readonly asked: Answers
      readonly answers: Answers
      readonly calls: readonly Call[]
    }
  | { readonly as: 'deferred' }
  /** Withdrawn before it was answered: the record stays unread. */
  | { readonly as: 'withdrawn' }

type Answers = Readonly<Record<string, unknown>>

const codes = {
  wrongKey: 'wrong-key',
  defect: 'stage-defect',
  badRecord: 'bad-record',
  refused: 'refused-by-server',
  terminal: 'record-terminal'
} as const

/**
 * Decodes a record and checks its key. Waits, with notice, while the registry does not answer.
 * @throws LogError `not-authorised`.
 */
export async function decode(
  context: StageContext,
  record: LogRecord,
  signal: AbortSignal
): Promise<Input | DeadLettering> {
  const { stage, codec, clock } = context
  for (let wait = 250; ; wait = Math.min(wait * 2, 10_000)) {
    try {
      const value = (await codec.decode(stage.reads.schema, record.value)) as Record<string, unknown>
      return identify(stage, record, value)
    } catch (error) {
      if (isLogError(error, 'bad-frame') || isLogError(error, 'unknown-schema'))
        return { deadLetter: { code: error.code, error: error.message } }
      if (isLogError(error, 'not-authorised')) throw error
      context.notice(`${stage.name} waits for the schema registry: ${(error as Error).message}`)
      await clock.sleep(wait, signal)
      if (signal.aborted) throw error
    }
  }
}

/** Checks the key, and asks the stage for all it says of a record before any question. */
function identify(stage: AnyStage, record: LogRecord, value: Record<string, unknown>): Input | DeadLettering {
  let key: string
  let id: string
  try {
    key = stage.reads.key(value)
    id = stage.reads.id(value)
  } catch (error) {
    return { deadLetter: { code: codes.badRecord, error: (error as Error).message } }
  }
  if (record.key?.toString() !== key) {
    const error = `the record's key is ${record.key === null ? 'absent' : `"${record.key.toString().slice(0, 200)}"`}, but must be "${key.slice(0, 200)}"`
    return { deadLetter: { code: codes.wrongKey, error } }
  }
  try {
    return stage.repeats ? { record, value, id, repeatKey: stage.repeats.by(value) } : { record, value, id }
  } catch (error) {
    return defect(error)
  }
}

const demandOf = (stage: StageContext['stage']): Demand => {
  const demand: Record<string, number> = {}
  for (const ask of Object.values(stage.asks as Record<string, AnyAsk>)) {
    const alias = ask.kind === 'offload' ? 'cpu' : ask.model
    demand[alias] = (demand[alias] ?? 0) + 1
  }
  return demand
}

export interface Asking {
  /** The record was deferred, and what it waits for has drained since. */
  readonly released: boolean
  /** Called when questions go out. */
  readonly asking: () => void
  /** Ends the wait for admission; what has been admitted goes on. */
  readonly admission: AbortSignal
  /** Withdraws the questions themselves. */
  readonly signal: AbortSignal
}

/**
 * Takes one decoded record through admission, `question` and inference; a plain stage's `decide` too.
 * @throws Halt when an error concerns every record.
 */
export async function answer(context: StageContext, input: Input, asking: Asking): Promise<Answered> {
  const { stage, inference } = context
  const order = input.record.offset
  const demand = demandOf(stage)
  let admission: Admission | undefined
  try {
    if (Object.keys(demand).length > 0)
      admission = await inference.admit(demand, { depth: context.depth, order }, asking.admission)
  } catch (error) {
    if (asking.admission.aborted) return { as: 'withdrawn' }
    throw error
  }
  try {
    if (asking.admission.aborted || context.withheld()) return { as: 'withdrawn' }
    const first = question(context, input, asking.released)
    if ('deadLetter' in first || 'rejected' in first || 'to' in first)
      return { as: 'verdict', input, verdict: first, calls: [] }
    if ('deferred' in first) return { as: 'deferred' }
    asking.asking()
    return await infer(context, input, first.ask as Answers, asking.signal)
  } finally {
    admission?.release()
  }
}

function question(
  context: StageContext,
  input: Input,
  released: boolean
): Questions<Asks> | Outcome<Outlets, string> | Deferral | DeadLettering {
  const stage = context.stage as AnyPlainStage
  try {
    const said = stage.question(input.value, {
      settings: context.settings,
      view: context.view,
      random: randomFrom(`${input.id}/question`),
      released
    })
    if ('deferred' in said && released) throw new Error(`deferred again (${said.deferred}) though it was released`)
    if ('deferred' in said && !stage.defersUntilDrained)
      throw new Error(`deferred (${said.deferred}) without declaring defersUntilDrained`)
    if ('ask' in said) {
      const missing = Object.keys(stage.asks).find(name => said.ask[name] === undefined)
      if (missing !== undefined) throw new Error(`did not ask ${missing}: all asks are asked`)
    }
    return said as Questions<Asks> | Outcome<Outlets, string> | Deferral
  } catch (error) {
    return defect(error)
  }
}

async function infer(context: StageContext, input: Input, asked: Answers, signal: AbortSignal): Promise<Answered> {
  const { stage, inference } = context
  const asks = stage.asks as Record<string, AnyAsk>
  const traceparent = traceparentOf(context, input)
  // When one question fails for good, the others about this record are no longer worth their tokens.
  const withdrawal = new AbortController()
  const withdraw = () => withdrawal.abort(signal.reason)
  signal.addEventListener('abort', withdraw)
  const calls: Call[] = []
  try {
    const answers: Record<string, unknown> = {}
    const settled = await Promise.allSettled(
      Object.entries(asks).map(async ([name, ask]) => {
        const began = context.clock.now()
        try {
          const { answer, calls: made } = await inference.answer(ask, asked[name], {
            stage: stage.name,
            record: input.id!,
            ask: name,
            traceparent,
            ...(input.span && { span: input.span }),
            priority: { depth: context.depth, order: input.record.offset },
            signal: withdrawal.signal
          })
          calls.push(...made)
          answers[name] = answer
          context.counters.answered(context.clock.now() - began)
        } catch (error) {
          if (error instanceof UnusableAnswer) calls.push(...error.calls)
          withdrawal.abort(error)
          throw error
        }
      })
    )
    calls.sort((a, b) => (a.ask < b.ask ? -1 : 1))
    if (signal.aborted) return { as: 'withdrawn' }
    const failures = settled.filter(s => s.status === 'rejected').map(s => s.reason as unknown)
    if (failures.length > 0) return { as: 'verdict', input, verdict: verdictOnFailure(context, failures), calls }
    if (decidesInOrder(stage)) return { as: 'answers', input, asked, answers, calls }
    return { as: 'verdict', input, verdict: decide(context, input, asked, answers), calls }
  } finally {
    signal.removeEventListener('abort', withdraw)
  }
}

function decide(context: StageContext, input: Input, asked: Answers, answers: Answers): Verdict {
  const stage = context.stage as AnyPlainStage
  try {
    const random = randomFrom(`${input.id}/decide`)
    return stage.decide(input.value, answers, { settings: context.settings, asked, random }) as Verdict
  } catch (error) {
    return defect(error)
  }
}

/** A function of the stage threw: the record is not to blame, but it is the one that shows it. */
export function defect(error: unknown): DeadLettering {
  const { message, stack } = error instanceof Error ? error : new Error(String(error))
  return { deadLetter: { code: codes.defect, error: message, stack: stack ?? '' } }
}

/** The verdict when questions failed: the gravest failure speaks. @throws Halt when it concerns every record. */
function verdictOnFailure(context: StageContext, failures: readonly unknown[]): Verdict {
  const configuration = failures.find(f => f instanceof InferenceError && f.kind === 'configuration') as InferenceError
  if (configuration) {
    const code = configuration.status === 401 || configuration.status === 403 ? 'not-authorised' : 'model-configuration'
    const message = [configuration.message, configuration.remedy].filter(Boolean).join(' ')
    throw new Halt(code, context.stage.name, message, configuration)
  }
  const terminal = failures.find(f => f instanceof InferenceError && f.kind === 'record-terminal') as InferenceError
  if (terminal) {
    const error = terminal.evidence ? `${terminal.message}: ${terminal.evidence}` : terminal.message
    return { deadLetter: { code: terminal instanceof RefusedByServer ? codes.refused : codes.terminal, error } }
  }
  const unusable = failures.find(f => f instanceof UnusableAnswer)
  if (unusable) return { rejected: 'unusable-answer', evidence: `${unusable.message}: ${unusable.evidence}` }
  const unexpected = failures.find(f => !(f instanceof InferenceError && f.kind === 'shutdown')) ?? failures[0]
  throw new Halt(
    'internal',
    context.stage.name,
    `inference failed in an unknown way: ${(unexpected as Error).message}`,
    unexpected
  )
}
