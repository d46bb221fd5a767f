import type { Clock } from '../../engine/runtime/ground/clock.ts'
import type { Call } from './calls.ts'
import type { Fault } from './faults/faults.ts'

/** Names of the two models that the server offers. Every record they touch carries one of them. */
export const rehearsalChatModel = 'fanno-rehearsal-chat'
export const rehearsalEmbeddingModel = 'fanno-rehearsal-embed'

export interface RehearsalOptions {
  /** Address to listen at. Default 127.0.0.1; another one is for containers, whose loopback interface nobody else reaches. */
  readonly host?: string
  /** 0 (the default) takes a free one. */
  readonly port?: number
  /** When given, every route but `/health` asks for `Authorization: Bearer <apiKey>` and answers 401 without it. */
  readonly apiKey?: string
  /** Another seed gives other verdicts, instructions and responses to the same prompts. Default 1. */
  readonly seed?: number
  /** Longest prompt plus completion, in tokens of `tokens.ts`. Default 32,768. */
  readonly maxModelLen?: number
  /** Most log-probabilities a request may ask for per token: 0 to 20. Default 20, as in vLLM. */
  readonly maxTopLogprobs?: number
  /**
   * Share of instructions and of responses, 0 to 1, that go wrong the way real models do (empty, cut short, a refusal, a
   * reference to "the passage", …), so that every reason to reject occurs. Default 0.08.
   */
  readonly mishaps?: number

  /** Requests served at the same time. Default 64. */
  readonly slots?: number
  /** Requests that may wait for a slot; beyond it the answer is 503, without Retry-After. Default: no bound, as in vLLM. */
  readonly maxQueued?: number
  /** Prompt tokens a second, of the whole server: prompts are read one after another. Default: no time at all. */
  readonly prefillTokensPerSecond?: number
  /** Completion tokens a second, of each slot. Default: no time at all. */
  readonly decodeTokensPerSecond?: number
  /** Prompt blocks of 16 tokens that the prefix cache holds; 0 switches it off. Default 65,536. */
  readonly prefixCacheBlocks?: number

  /** Faults from the start; `setFaults` replaces them later. */
  readonly faults?: readonly Fault[]
  /** Each answered call is appended to this file, one JSON line a call, before its answer is sent. */
  readonly callsFile?: string
  /** Answered calls kept in memory for `calls()`; the oldest are forgotten first, and counted. Default 100,000. */
  readonly keepCalls?: number
  readonly clock?: Clock
}

export interface RehearsalStats {
  /** Requests that arrived, whatever became of them. */
  readonly requests: number
  /** Requests for which a whole reply, of any status, was sent. */
  readonly answered: number
  /** Replies that a fault shaped, or kept from being sent. */
  readonly faults: number
  /** Requests whose client went away before the reply. */
  readonly cancelled: number
  readonly running: number
  readonly waiting: number
  /** Most requests that were served at the same time. */
  readonly mostRunning: number
  readonly promptTokens: number
  readonly cachedTokens: number
  readonly completionTokens: number
  /** Chat prompts in which a chat template's control token, such as `<|im_start|>`, arrived unneutralised. */
  readonly promptsWithControlTokens: number
  /** Answered calls no longer in `calls()`, because of `keepCalls`. */
  readonly forgottenCalls: number
}

export interface RehearsalModel {
  /** Base URL for an OpenAI client: `http://<host>:<port>/v1`. */
  readonly url: string
  readonly port: number
  stats(): RehearsalStats
  /** Answered calls, oldest first. */
  calls(): readonly Call[]
  /** Replaces all faults; their counts begin anew. @throws Error naming the field that is wrong. */
  setFaults(faults: readonly Fault[]): void
  /**
   * Stops listening and cuts every connection. Comes back on the same port after `forMs`, or with `recover()` when that is
   * not given. Calling it during an outage only replaces its end.
   */
  outage(forMs?: number): Promise<void>
  recover(): Promise<void>
  /** Cuts what is open and frees the port. May be called again. */
  close(): Promise<void>
}
