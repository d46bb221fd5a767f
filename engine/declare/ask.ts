import type { Prompt, PromptWords } from './prompt.ts'

/**
 * What a stage can ask about one record, and what comes back. An ask is data: the engine renders, sends, scores,
 * re-asks and accounts for it. `model` is an alias (`writer`, `embedder`), mapped to endpoints by the user.
 */
export type Ask<Variables, Answer> =
  | (PromptAsk<Variables> & { readonly _answer?: Answer })
  | (EmbeddingAsk & { readonly _variables?: Variables; readonly _answer?: Answer })
  | (OffloadAsk & { readonly _variables?: Variables; readonly _answer?: Answer })

/** A question that a prompt puts to a chat model. */
export interface PromptAsk<Variables> {
  /**
   * What the answer is, and how it is read:
   * - `yes-no`: a `YesNo`, from the probabilities of the first token where the server gives them.
   * - `grade`: a `Grade`, in the same way.
   * - `text`: a `Text`, the completion as it came.
   */
  readonly kind: 'yes-no' | 'grade' | 'text'
  /** Alias of a chat model. An alias that nobody configured ends the start with a configuration error. */
  readonly model: string
  readonly prompt: Prompt<Variables>
}

/** A vector for one text. A text that is longer than the embedder's context is cut in half until it fits. */
export interface EmbeddingAsk {
  readonly kind: 'embedding'
  /** Alias of an embedding model. */
  readonly model: string
}

/** Computation in a worker thread. Throwing dead-letters the record as `record-terminal`; so does a thread killed twice. */
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
  /** In [0, 1]. From a structured answer it is 0 or 1. */
  readonly probability: number
  /**
   * What the figure was read from. `structured-answer` where the server gives no log-probabilities: it is then one
   * sample, and thresholds between 0 and 1 mean little.
   */
  readonly evidence: 'log-probabilities' | 'structured-answer'
}

/** A mark from 1 to 5: `expectation` in [1, 5], `probabilities` of 1…5 in order (one-hot from a structured answer). */
export interface Grade {
  /** The sum of each mark times its probability, in [1, 5]. */
  readonly expectation: number
  /** Five numbers in [0, 1] that sum to 1. */
  readonly probabilities: readonly number[]
  /** As in `YesNo`. */
  readonly evidence: 'log-probabilities' | 'structured-answer'
}

/** A completion as text. `finishReason` other than `stop` is for the stage to decide on. */
export interface Text {
  readonly text: string
  /** Of the prompt that asked for it: for a stage that looks whether they were copied. */
  readonly promptWords: PromptWords
  /** As the server names it (OpenAI API reference, chat completions): `stop`, or `length` at `max_tokens`. */
  readonly finishReason: string
}

/** A vector of unit length, quantised: component i is `scale * values[i]`. Decisions are made on this form. */
export interface Embedding {
  /** One component a byte, in [-127, 127]; as many as the model has dimensions. */
  readonly values: Int8Array
  /** What a component is multiplied by. Positive. */
  readonly scale: number
  /** The embedder that made it: vectors of different embedders cannot be compared. */
  readonly embedder: string
}

/** Asks a yes/no question. The prompt has to ask for "1" or "0" as the whole answer. */
export const yesNo = <V>(model: string, prompt: Prompt<V>): Ask<V, YesNo> => ({ kind: 'yes-no', model, prompt })

/** Asks for a mark. The prompt has to ask for one digit from 1 to 5 as the whole answer. */
export const grade = <V>(model: string, prompt: Prompt<V>): Ask<V, Grade> => ({ kind: 'grade', model, prompt })

/** Asks for a text. */
export const text = <V>(model: string, prompt: Prompt<V>): Ask<V, Text> => ({ kind: 'text', model, prompt })

/** Asks for the embedding of one text. */
export const embedding = (model: string): Ask<{ readonly text: string }, Embedding> => ({ kind: 'embedding', model })

/**
 * Risky or heavy computation on foreign bytes, in a worker thread with limits.
 * @param module its default export is called with the variables of the ask, which have to be structured-cloneable.
 * @param limits see `OffloadAsk`.
 */
export const offload = <Input, Output>(
  module: URL,
  limits: { readonly cpuMs: number; readonly memoryMiB: number }
): Ask<Input, Output> => ({ kind: 'offload', module, ...limits })

// biome-ignore lint/suspicious/noExplicitAny: an ask of any variables and answer.
export type AnyAsk = Ask<any, any>

/** The asks of a stage, by the name that `question` and `decide` use. */
export type Asks = Readonly<Record<string, AnyAsk>>

/** What `question` has to give for an ask. */
export type VariablesOf<A> = A extends { readonly prompt: Prompt<infer V> }
  ? V
  : A extends { readonly _variables?: infer V }
    ? V
    : never

/** What `decide` gets for an ask. */
export type AnswerOf<A> = A extends { readonly _answer?: infer R } ? R : never
