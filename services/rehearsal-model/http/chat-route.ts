import type { Fault } from '../faults/faults.ts'
import { spoil } from '../faults/faulty-completions.ts'
import type { Pace } from '../machine/pace.ts'
import type { PrefixCache } from '../machine/prefix-cache.ts'
import type { Slots } from '../machine/slots.ts'
import { type ChatModelSettings, complete } from '../model/chat-model.ts'
import { isRefusal, parseChatRequest } from '../model/chat-request.ts'
import { rehearsalChatModel, rehearsalEmbeddingModel } from '../options.ts'
import { chatReply, errorReply, type Reply } from './reply.ts'

export interface ChatServer {
  readonly settings: ChatModelSettings
  readonly limits: { readonly maxModelLen: number; readonly maxTopLogprobs: number }
  readonly slots: Slots
  readonly pace: Pace
  readonly cache: PrefixCache
  /** Told of every prompt that was read. */
  count(prompt: { readonly tokens: number; readonly cached: number; readonly controlTokens: boolean }): void
}

const controlToken = /<\|[a-z_]+\|>|\[\/?INST\]|<\/?s>/i

/** Answers a chat request when its turn comes; undefined when the client left before. */
export async function answerChat(
  body: Readonly<Record<string, unknown>>,
  fault: Fault | undefined,
  server: ChatServer,
  gone: AbortSignal
): Promise<Reply | undefined> {
  const refusal = refuseModel(body.model, rehearsalChatModel)
  if (refusal) return refusal
  const request = parseChatRequest(body, server.limits)
  if (isRefusal(request)) return errorReply(request)

  const entry = await server.slots.enter(gone)
  if (entry === 'left') return undefined
  if (entry === 'full') {
    return errorReply({ status: 503, message: 'The engine is currently busy. Please try again later.', param: null })
  }
  try {
    const cachedTokens = server.cache.read(request.tokens)
    const { tokens } = request.tokens
    const controlTokens = request.messages.some(({ content }) => controlToken.test(content))
    server.count({ tokens, cached: cachedTokens, controlTokens })
    await server.pace.prefill(tokens - cachedTokens, gone)
    if (gone.aborted) return undefined
    const completion = spoil(complete(request, server.settings), request, fault)
    await server.pace.decode(completion.tokens, gone)
    if (gone.aborted) return undefined
    return chatReply(request, completion, {
      model: fault?.do === 'other-model' ? `${rehearsalChatModel}-b` : rehearsalChatModel,
      cachedTokens,
      ...(fault?.do === 'no-choices' && { choices: 'none' as const }),
      ...(fault?.do === 'no-logprobs' && { logprobs: 'none' as const })
    })
  } finally {
    server.slots.leave()
  }
}

/** The reply to a request for a model that is not served on this route. */
export function refuseModel(model: unknown, served: string): Reply | undefined {
  if (model === served) return undefined
  if (model === rehearsalChatModel || model === rehearsalEmbeddingModel) {
    return errorReply({ status: 400, message: `The model \`${model}\` is not served on this route.`, param: 'model' })
  }
  return errorReply({ status: 404, message: `The model \`${String(model)}\` does not exist.`, param: 'model' })
}
