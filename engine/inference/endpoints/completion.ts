import { z } from 'zod'
import { InferenceError } from '../errors.ts'

/** One place in a completion: the tokens that might have stood there. Not in order of likelihood: servers do not sort. */
export interface TokenPlace {
  readonly token: string
  readonly candidates: readonly { readonly token: string; readonly logprob: number }[]
}

export interface Completion {
  readonly text: string
  readonly finishReason: string
  /** Empty where the server gave no log-probabilities. */
  readonly places: readonly TokenPlace[]
  readonly promptTokens: number
  readonly completionTokens: number
}

/** Deepest nesting of a reply: ours nest 7 levels. JSON.stringify and its like overflow the stack at some thousands. */
const deepest = 64
/** A logarithm of zero has no form in JSON: servers send null, leave the number out, or write it out of range. */
const logOfZero = -9_999
/** What rounding may add to a probability of 1. */
const rounding = 1e-3

// Beyond it is no logarithm of a probability, and neither are the others of that reply.
const logprobNumber = z
  .number()
  .max(rounding)
  .nullish()
  .or(z.literal(Number.NEGATIVE_INFINITY))
  .transform(number => Math.max(logOfZero, Math.min(0, number ?? logOfZero)))
const logprob = z.object({ token: z.string(), logprob: logprobNumber })

/** Bookkeeping of the server's, and no record's fate: what is no count is none. */
const mostTokens = 1e9
const count = z
  .unknown()
  .transform(given => (typeof given === 'number' && given >= 0 && given <= mostTokens ? Math.round(given) : 0))

const completionReply = z.object({
  choices: z
    .array(
      z.object({
        message: z.object({ content: z.string().nullish() }).nullish(),
        finish_reason: z.string().nullish(),
        // Other shapes than ours are no log-probabilities: the text counts all the same.
        logprobs: z
          .object({ content: z.array(logprob.extend({ top_logprobs: z.array(logprob).nullish() })).nullish() })
          .nullish()
          .catch(null)
      })
    )
    .min(1),
  usage: z.object({ prompt_tokens: count, completion_tokens: count }).nullish().catch(null)
})
const embeddingReply = z.object({
  data: z.array(z.object({ embedding: z.array(z.number()).min(1) })).length(1),
  usage: z.object({ prompt_tokens: count }).nullish().catch(null)
})

/**
 * A reply's body as JSON. A page, an empty or a cut body is the server's failure, whatever the status said.
 * @throws InferenceError `server-dead`; `semantic` for JSON that nests deeper than any reply.
 */
export function parseBody(body: string, place: string, conceal = (text: string) => text): unknown {
  let parsed: unknown
  try {
    parsed = JSON.parse(body)
  } catch {
    throw new InferenceError('server-dead', `${place} answered with invalid JSON`, {
      evidence: conceal(body.slice(0, 2_000)).slice(0, 200),
      status: 200
    })
  }
  if (isTooDeep(parsed))
    throw new InferenceError('semantic', `${place} answered with JSON nested more than ${deepest} levels deep`, {
      evidence: conceal(body.slice(0, 200))
    })
  return parsed
}

/** Whether a value that was parsed from JSON nests deeper than any reply. Without recursion. */
export function isTooDeep(value: unknown): boolean {
  let level: readonly unknown[] = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepest) return true
    level = level.flatMap(each =>
      typeof each === 'object' && each !== null ? Object.values(each).filter(isNested) : []
    )
  }
  return false
}

const isNested = (value: unknown): boolean => typeof value === 'object' && value !== null

/** @throws InferenceError `semantic` when there is no choice; `server-dead` when the server broke off. */
export function completionOf(body: unknown, place: string): Completion {
  const reply = completionReply.safeParse(body)
  if (!reply.success)
    throw new InferenceError('semantic', `${place} answered without a completion`, {
      evidence: JSON.stringify(body).slice(0, 200)
    })
  const [choice] = reply.data.choices
  const finishReason = choice!.finish_reason ?? 'stop'
  if (finishReason === 'abort')
    throw new InferenceError('server-dead', `${place} closed the connection in the middle of an answer`, {
      status: 200
    })
  return {
    text: choice!.message?.content ?? '',
    finishReason,
    places: (choice!.logprobs?.content ?? []).map(({ token, logprob, top_logprobs }) => ({
      token,
      // The sampled token may be missing from the list (llama-server); it counts all the same.
      candidates: top_logprobs?.some(top => top.token === token)
        ? top_logprobs
        : [...(top_logprobs ?? []), { token, logprob }]
    })),
    promptTokens: reply.data.usage?.prompt_tokens ?? 0,
    completionTokens: reply.data.usage?.completion_tokens ?? 0
  }
}

/** @throws InferenceError `semantic` when it is not one vector of finite numbers. */
export function vectorOf(body: unknown, place: string): { vector: readonly number[]; promptTokens: number } {
  const reply = embeddingReply.safeParse(body)
  if (!reply.success || !reply.data.data[0]!.embedding.every(Number.isFinite))
    throw new InferenceError('semantic', `${place} answered without a vector of numbers`, {
      evidence: JSON.stringify(body).slice(0, 200)
    })
  return { vector: reply.data.data[0]!.embedding, promptTokens: reply.data.usage?.prompt_tokens ?? 0 }
}
