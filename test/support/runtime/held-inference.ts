import { InferenceError } from '../../../engine/inference/errors.ts'
import type { AskContext, Call, Demand, Inference, Priority } from '../../../engine/inference/port.ts'

/** A question that waits for the test to answer it. */
export interface HeldCall {
  readonly ask: string
  readonly record: string
  readonly variables: unknown
  readonly context: AskContext
  resolve(answer: unknown, calls?: readonly Call[]): void
  reject(error: unknown): void
}

export interface HeldAdmission {
  readonly demand: Demand
  readonly priority: Priority
  released: number
  /** Lets it in, where admission is held. */
  admit(): void
}

/** A model that answers when the test says so. Withdrawn questions fail as such, unless it is deaf. */
export interface HeldInference extends Inference {
  /** In the order in which they were asked. */
  readonly calls: HeldCall[]
  readonly admissions: HeldAdmission[]
  /** Admission waits for the test, too. */
  holdsAdmission: boolean
  /** Does not heed the withdrawal of a question. */
  isDeaf: boolean
  /** Every question is answered at once with what this says. */
  atOnce: ((context: AskContext) => unknown) | undefined
  /** The one question about a record that was asked last. @throws Error when there was none. */
  callAbout(record: string): HeldCall
}

export function heldInference(): HeldInference {
  const calls: HeldCall[] = []
  const admissions: HeldAdmission[] = []
  const inference: HeldInference = {
    calls,
    admissions,
    holdsAdmission: false,
    isDeaf: false,
    atOnce: undefined,
    callAbout(record) {
      const found = calls.findLast(call => call.record === record)
      if (!found) throw new Error(`nothing was asked about ${record}`)
      return found
    },
    async admit(demand, priority, signal) {
      signal.throwIfAborted()
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const admission: HeldAdmission = { demand, priority, released: 0, admit: resolve }
      admissions.push(admission)
      signal.addEventListener('abort', () => reject(signal.reason))
      if (!inference.holdsAdmission) resolve()
      await promise
      return { release: () => void admission.released++ }
    },
    async answer(_ask, variables, context) {
      if (inference.atOnce) return { answer: inference.atOnce(context), calls: [] }
      const { promise, resolve, reject } = Promise.withResolvers<{ answer: unknown; calls: readonly Call[] }>()
      const { ask, record, signal } = context
      const answered = (answer: unknown, made: readonly Call[] = []) => resolve({ answer, calls: made })
      calls.push({ ask, record, variables, context, resolve: answered, reject })
      const withdraw = () => reject(new InferenceError('shutdown', 'withdrawn'))
      if (!inference.isDeaf) signal.addEventListener('abort', withdraw)
      return promise
    },
    describe: ask => ({ model: ask.kind === 'offload' ? 'cpu' : ask.model }),
    model: alias => ({ alias, model: 'held', rehearsal: true }),
    usage: () => ({ calls: 0, promptTokens: 0, completionTokens: 0 }),
    paused: () => undefined,
    close: async () => {}
  }
  return inference
}

/** One call as it is kept in a record's lineage. */
export const aCall = (ask: string, more: Partial<Call> = {}): Call => ({
  ask,
  model: 'held',
  promptId: 'p',
  promptHash: 'h',
  temperature: 0,
  topP: 1,
  maxTokens: 1,
  promptTokens: 10,
  completionTokens: 1,
  asks: 1,
  ...more
})
