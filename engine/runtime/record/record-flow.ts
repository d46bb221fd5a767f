import type { AnyAsk } from '../../declare/index.ts'
import { UnusableAnswer } from '../../inference/errors.ts'
import type { Admission, Call, Demand } from '../../inference/port.ts'
import type { StageContext } from '../ground/stage-context.ts'
import { verdictOnFailure } from './failure.ts'
import { questionOf, type Said } from './question.ts'
import { traceparentOf } from './spans.ts'
import { type AnsweredRecord, type ByAsk, type DeadLettering, defect, type Input } from './verdict.ts'

type AskingContext = Pick<
  StageContext,
  'stage' | 'settings' | 'view' | 'inference' | 'depth' | 'clock' | 'counters' | 'intake'
>

/** What became of a record before its verdict is committed. `withdrawn`: before it was answered, it stays unread. */
export type Flowed = AnsweredRecord | { readonly as: 'deferred' } | { readonly as: 'withdrawn' }

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
 * Takes one decoded record through admission, `question` and inference.
 * @throws Halt when an error concerns every record.
 */
export async function answer(context: AskingContext, input: Input, asking: Asking): Promise<Flowed> {
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
    if (asking.admission.aborted || context.intake.withheld) return { as: 'withdrawn' }
    const first = question(context, input, asking.released)
    if ('deferred' in first) return { as: 'deferred' }
    if (!('ask' in first)) return { as: 'verdict', input, verdict: first, calls: [] }
    asking.asking()
    return await infer(context, input, first.ask as ByAsk, asking.signal)
  } finally {
    admission?.release()
  }
}

function question(context: AskingContext, input: Input, released: boolean): Said | DeadLettering {
  try {
    return questionOf(context, input, released)
  } catch (error) {
    return defect(error)
  }
}

async function infer(context: AskingContext, input: Input, asked: ByAsk, signal: AbortSignal): Promise<Flowed> {
  const { stage, inference } = context
  const asks = stage.asks as Record<string, AnyAsk>
  const traceparent = traceparentOf(stage.name, input)
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
    if (failures.length > 0) return { as: 'verdict', input, verdict: verdictOnFailure(stage.name, failures), calls }
    return { as: 'answers', input, asked, answers, calls }
  } finally {
    signal.removeEventListener('abort', withdraw)
  }
}
