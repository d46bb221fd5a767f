import { type AnyAsk, hashOf, randomFrom } from '../../../engine/declare/index.ts'
import { InferenceError, UnusableAnswer } from '../../../engine/inference/errors.ts'
import type { AskContext, Inference } from '../../../engine/inference/port.ts'
import type { SimulatedProcess } from './simulated-world.ts'

/** One call that a simulated model was asked to answer. */
export interface SimulatedCall {
  readonly stage: string
  readonly record: string
  readonly turn: number
  readonly process: SimulatedProcess
}

/**
 * A model whose answers depend on the record alone, and arrive in any order. Some records have no usable answer, some
 * can never be processed.
 */
export function simulatedInference(process: SimulatedProcess, calls: SimulatedCall[]): Inference {
  const answerFor = async (ask: AnyAsk, context: AskContext): Promise<unknown> => {
    const chance = randomFrom(`${context.stage}/${context.record}`)
    const fate = chance()
    const turns = 1 + Math.floor(fate * 5)
    for (let turn = 0; turn < turns; turn++) {
      await process.turn()
      if (context.signal.aborted) throw new InferenceError('shutdown', 'withdrawn')
    }
    if (fate < 0.05) throw new UnusableAnswer('no digit', 'hm', [])
    if (fate < 0.1) throw new InferenceError('record-terminal', 'too long for the model')
    if (ask.kind === 'embedding') {
      const values = Int8Array.from({ length: 4 }, () => Math.floor(chance() * 255) - 127)
      return { values, scale: 0.01, embedder: 'simulated' }
    }
    return { probability: chance(), evidence: 'log-probabilities' }
  }
  return {
    admit: async (_demand, _priority, signal) => {
      await process.turn()
      if (signal.aborted) throw new InferenceError('shutdown', 'withdrawn')
      return { release: () => {} }
    },
    answer: async (ask, _variables, context) => {
      calls.push({ stage: context.stage, record: context.record, turn: process.world.turns, process })
      return { answer: await answerFor(ask, context), calls: [] }
    },
    describe: ask => ({ model: 'simulated', hash: hashOf(ask.kind) }),
    model: alias => ({ alias, model: 'simulated', rehearsal: true }),
    usage: () => ({ calls: 0, promptTokens: 0, completionTokens: 0 }),
    paused: () => undefined,
    close: async () => {}
  }
}
