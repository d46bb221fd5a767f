import { completionId } from '../model/chat-model.ts'
import type { ChatRequest, Refusal } from '../model/chat-request.ts'
import type { Completion, TokenLogprob } from '../model/completion.ts'
import { unlikelyTokens } from '../model/digit-answers.ts'
import { splitTokens } from '../model/tokens.ts'

/** A reply that has been decided upon and not yet been sent. */
export interface Reply {
  readonly status: number
  readonly body: string
  readonly contentType?: string
  readonly retryAfterSeconds?: number
  /** What the call is accounted at; absent where nothing was computed. */
  readonly usage?: { readonly model: string; readonly promptTokens: number; readonly completionTokens: number }
}

export const json = (status: number, body: unknown): Reply => ({ status, body: JSON.stringify(body) })

const errorTypes: Readonly<Record<number, string>> = {
  400: 'BadRequestError',
  404: 'NotFoundError',
  413: 'BadRequestError',
  429: 'RateLimitError',
  500: 'InternalServerError',
  503: 'ServiceUnavailableError'
}

/** An error body in the shape of OpenAI's, with vLLM's names. */
export function errorReply({ status, message, param }: Refusal): Reply {
  return json(status, { error: { message, type: errorTypes[status] ?? 'Error', param, code: status } })
}

export interface ChatReplyDetail {
  readonly model: string
  readonly cachedTokens: number
  readonly choices?: 'none'
  readonly logprobs?: 'none'
}

/** The fields that vLLM sends. `created` is always 0, so that the same request has the same reply. */
export function chatReply(request: ChatRequest, completion: Completion, detail: ChatReplyDetail): Reply {
  const usage = { model: detail.model, promptTokens: request.tokens.tokens, completionTokens: completion.tokens }
  const wanted = detail.logprobs === 'none' ? undefined : request.topLogprobs
  const choice = {
    index: 0,
    message: { role: 'assistant', content: completion.text, refusal: null },
    logprobs: wanted === undefined ? null : { content: logprobsOf(completion, wanted) },
    finish_reason: completion.finishReason,
    stop_reason: null
  }
  const body = {
    id: completionId(request),
    object: 'chat.completion',
    created: 0,
    model: detail.model,
    choices: detail.choices === 'none' ? [] : [choice],
    usage: {
      prompt_tokens: usage.promptTokens,
      completion_tokens: usage.completionTokens,
      total_tokens: usage.promptTokens + usage.completionTokens,
      prompt_tokens_details: { cached_tokens: detail.cachedTokens }
    },
    system_fingerprint: 'fanno-rehearsal'
  }
  return { ...json(200, body), usage }
}

/** One entry a token; the sampled one stands first among its alternatives, as in vLLM, whatever its rank. */
function logprobsOf({ text, firstToken }: Completion, wanted: number): readonly object[] {
  return splitTokens(text).map((token, place) => {
    const weighed = place === 0 && firstToken ? firstToken : [{ token, logprob: -0.05 }, ...unlikelyTokens]
    const sampled = weighed.find(candidate => candidate.token === token) ?? { token, logprob: -0.05 }
    const alternatives = [sampled, ...weighed.filter(candidate => candidate.token !== token)].slice(0, wanted)
    return { ...withBytes(sampled), top_logprobs: alternatives.map(withBytes) }
  })
}

const bytes = new Map<string, readonly number[]>()

function withBytes({ token, logprob }: TokenLogprob): object {
  let known = bytes.get(token)
  if (!known) {
    known = [...Buffer.from(token)]
    if (bytes.size < 1_000) bytes.set(token, known)
  }
  return { token, logprob, bytes: known }
}
