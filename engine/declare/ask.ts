import type { Prompt, PromptWords } from './prompt.ts'

/**
 * What a stage can ask about one record, and what comes back. An ask is data: the engine renders, sends, scores,
 * re-asks and accounts for it. `model` is an alias (`writer`, `embedder`), mapped to endpoints by the user.
 */
export type Ask<Variables, Answer> =
  | (PromptAsk<Variables> & { readonly _answer?: Answer })
  | (EmbeddingAsk & { readonly _variables?: Variables; readonly _answer?: Answer })
  | (OffloadAsk & { readonly _variables?: Variables; readonly _answer?: Answer })

export interface PromptAsk<Variables> {
  readonly kind: 'yes-no' | 'grade' | 'text'
  readonly model: string
  readonly prompt: Prompt<Variables>
}

export interface EmbeddingAsk {
  readonly kind: 'embedding'
  readonly model: string
}

export interface OffloadAsk {
  readonly kind: 'offload'
  /** A module whose default export is `(input) => output`, both structured-cloneable. Runs in a worker thread. */
  readonly module: URL
  /**
   * Most CPU time on one input before its thread is killed, in milliseconds, both tries together. Time spent waiting
   * for a thread or for a busy machine does not count.
   */
  readonly cpuMs: number
  /** Heap limit of the thread, in MiB. */
  readonly memoryMiB: number
}

/** Probability in [0, 1] that the answer is yes ("1"): the softmax over the first token's "0" and "1". */
export interface YesNo {
  readonly probability: number
  readonly evidence: 'log-probabilities' | 'structured-answer'
}

/** A mark from 1 to 5: `expectation` in [1, 5], `probabilities` of 1…5 in order (one-hot from a structured answer). */
export interface Grade {
  readonly expectation: number
  readonly probabilities: readonly number[]
  readonly evidence: 'log-probabilities' | 'structured-answer'
}

/** A completion as text. `finishReason` other than `stop` is for the stage to decide on. */
export interface Text {
  readonly text: string
  /** Of the prompt that asked for it: for a stage that looks whether they were copied. */
  readonly promptWords: PromptWords
  readonly finishReason: string
}

/** A vector of unit length, quantised: component i is `scale * values[i]`. Decisions are made on this form. */
export interface Embedding {
  readonly values: Int8Array
  readonly scale: number
  /** The embedder that made it: vectors of different embedders cannot be compared. */
  readonly embedder: string
}

export const yesNo = <V>(model: string, prompt: Prompt<V>): Ask<V, YesNo> => ({ kind: 'yes-no', model, prompt })
export const grade = <V>(model: string, prompt: Prompt<V>): Ask<V, Grade> => ({ kind: 'grade', model, prompt })
export const text = <V>(model: string, prompt: Prompt<V>): Ask<V, Text> => ({ kind: 'text', model, prompt })
export const embedding = (model: string): Ask<{ readonly text: string }, Embedding> => ({ kind: 'embedding', model })

/** Risky or heavy computation on foreign bytes, in a worker thread with limits. */
export const offload = <Input, Output>(
  module: URL,
  limits: { readonly cpuMs: number; readonly memoryMiB: number }
): Ask<Input, Output> => ({ kind: 'offload', module, ...limits })

// biome-ignore lint/suspicious/noExplicitAny: an ask of any variables and answer.
export type AnyAsk = Ask<any, any>
export type Asks = Readonly<Record<string, AnyAsk>>

export type VariablesOf<A> = A extends { readonly prompt: Prompt<infer V> }
  ? V
  : A extends { readonly _variables?: infer V }
    ? V
    : never
export type AnswerOf<A> = A extends { readonly _answer?: infer R } ? R : never
