import type { Prompt, PromptWords } from './prompt.ts'

/**
 * What a stage can ask about one record, and what comes back. An ask is data: the engine renders, sends, scores,
 * re-asks and accounts for it. An answer that cannot be used is asked for again, with another seed: a scored one two or
 * three times in all, a text or a vector twice. Then the record is rejected as `unusable-answer`.
 */
export type Ask<Variables, Answer> =
  | (PromptAsk<Variables> & { readonly _answer?: Answer })
  | (EmbeddingAsk & { readonly _variables?: Variables; readonly _answer?: Answer })
  | (OffloadAsk & { readonly _variables?: Variables; readonly _answer?: Answer })

/** A chat completion (`POST /chat/completions` of the OpenAI API). */
export interface PromptAsk<Variables> {
  /** What the completion is read as: a `YesNo`, a `Grade` or a `Text`. The prompt file must name the same kind. */
  readonly kind: 'yes-no' | 'grade' | 'text'
  /**
   * An alias, for example `writer`: the user maps it to endpoints (`InferenceOptions.aliases`). One that is not mapped
   * stops the start with an InferenceError `configuration`.
   */
  readonly model: string
  /** Its variables are what `question` must give for this ask. */
  readonly prompt: Prompt<Variables>
}

/**
 * The vector of one text (`POST /embeddings` of the OpenAI API). A text longer than the model takes is embedded by its
 * beginning.
 */
export interface EmbeddingAsk {
  readonly kind: 'embedding'
  /** An alias, as in `PromptAsk`. */
  readonly model: string
}

/**
 * A computation outside the process's main thread. One that throws, or whose thread is killed twice, makes its record a
 * dead letter (`record-terminal`).
 */
export interface OffloadAsk {
  readonly kind: 'offload'
  /** A module whose default export is `(input) => output`, both structured-cloneable. Runs in a worker thread. */
  readonly module: URL
  /**
   * Most CPU time on one input, in milliseconds, both tries together: the first try has a fifth of it. Time spent
   * waiting for a thread or for a busy machine does not count.
   */
  readonly cpuMs: number
  /** Heap limit of the thread, in MiB. */
  readonly memoryMiB: number
}

/** The answer to a question that the model answers with "1" (yes) or "0" (no). */
export interface YesNo {
  /**
   * From 0 to 1: how likely the answer is yes, by the softmax over "0" and "1" at the first token that is not white
   * space. Exactly 0 or 1 where the evidence is a structured answer.
   */
  readonly probability: number
  /**
   * `log-probabilities`: from `top_logprobs`. `structured-answer`: from the text of the completion, where the server
   * gives no log-probabilities, or none of a label. A threshold strictly between 0 and 1 serves both.
   */
  readonly evidence: 'log-probabilities' | 'structured-answer'
}

/** A mark from 1 to 5. */
export interface Grade {
  /** From 1 to 5: the mean of the marks, weighted by their probabilities. */
  readonly expectation: number
  /** Of the marks 1 to 5, in that order; they add up to 1. One of them is 1 where the evidence is a structured answer. */
  readonly probabilities: readonly number[]
  /** As in `YesNo`. */
  readonly evidence: 'log-probabilities' | 'structured-answer'
}

/** A completion as text. */
export interface Text {
  /** As the model wrote it, untrimmed. Never only white space: that is an unusable answer. */
  readonly text: string
  /** Of the prompt that asked for it: for a stage that looks whether they were copied. */
  readonly promptWords: PromptWords
  /**
   * `finish_reason` of the OpenAI API: `stop`, `length` (cut off at max_tokens), `content_filter`, or a word of the
   * server's own. `stop` where the server gives none. Whether another one is good enough is the stage's decision.
   */
  readonly finishReason: string
}

/**
 * A vector of unit length, quantised: component i is `scale * values[i]`. Decisions are made on this form, so that one
 * that is computed again from the log is the same. The cosine of two is their dot product.
 */
export interface Embedding {
  /** From -127 to 127; the largest component is at one of these ends. As many as the model has dimensions. */
  readonly values: Int8Array
  /** Above 0. */
  readonly scale: number
  /** Name of the model that made it, at its server: vectors of different models cannot be compared. */
  readonly embedder: string
}

/** @param model alias @example asks: { urgent: yesNo('classifier', definePrompt(file, z.object({ ticket: delimited }))) } */
export const yesNo = <V>(model: string, prompt: Prompt<V>): Ask<V, YesNo> => ({ kind: 'yes-no', model, prompt })
/** A mark from 1 to 5. @param model alias */
export const grade = <V>(model: string, prompt: Prompt<V>): Ask<V, Grade> => ({ kind: 'grade', model, prompt })
/** A free completion. @param model alias */
export const text = <V>(model: string, prompt: Prompt<V>): Ask<V, Text> => ({ kind: 'text', model, prompt })
/** @param model alias of a model that embeds, or of the built-in one */
export const embedding = (model: string): Ask<{ readonly text: string }, Embedding> => ({ kind: 'embedding', model })

/**
 * Risky or heavy computation on foreign bytes, in a worker thread with limits.
 * @param module see `OffloadAsk.module`; it is loaded in the thread, not here
 * @example asks: { text: offload<{ html: string }, string>(new URL('./extract.ts', import.meta.url), { cpuMs: 5_000, memoryMiB: 256 }) }
 */
export const offload = <Input, Output>(
  module: URL,
  limits: { readonly cpuMs: number; readonly memoryMiB: number }
): Ask<Input, Output> => ({ kind: 'offload', module, ...limits })

// biome-ignore lint/suspicious/noExplicitAny: an ask of any variables and answer.
export type AnyAsk = Ask<any, any>
/** The asks of a stage by name. The name stands in lineages, request headers and spans: choose it once. */
export type Asks = Readonly<Record<string, AnyAsk>>

/** What `question` gives for an ask: the prompt's variables, `{ text }` for an embedding, the input of an offload. */
export type VariablesOf<A> = A extends { readonly prompt: Prompt<infer V> }
  ? V
  : A extends { readonly _variables?: infer V }
    ? V
    : never
/** What `decide` gets for an ask. */
export type AnswerOf<A> = A extends { readonly _answer?: infer R } ? R : never
