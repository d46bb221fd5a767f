import { type RehearsalModel, rehearsalChatModel } from '../../../services/rehearsal-model/index.ts'
import { type ChatRequest, isRefusal, parseChatRequest } from '../../../services/rehearsal-model/model/chat-request.ts'

export const limits = { maxModelLen: 1_000_000, maxTopLogprobs: 20 }

export const digitSystem = 'You judge texts. Answer with a single digit: 1 for yes, 0 for no.'

/** A chat request in order, from a system and a user text. */
export function chatRequest(system: string, user: string, extra: object = {}): ChatRequest {
  const messages = [
    { role: 'system', content: system },
    { role: 'user', content: user }
  ]
  const request = parseChatRequest({ messages, temperature: 0, max_tokens: 2_048, ...extra }, limits)
  if (isRefusal(request)) throw new Error(request.message)
  return request
}

export interface Answered {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: replies are looked into field by field.
  readonly body: any
}

export async function send(
  { url }: { readonly url: string },
  path: string,
  body?: unknown,
  init: { headers?: Record<string, string>; signal?: AbortSignal } = {}
): Promise<Answered> {
  const response = await fetch(`${url}${path}`, {
    ...(body !== undefined && { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) }),
    ...init
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, body: parsed(text) }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export const question = {
  model: rehearsalChatModel,
  messages: [{ role: 'user', content: 'Explain how bread rises in a cool kitchen.' }],
  temperature: 0
}

export const chat = (
  model: Pick<RehearsalModel, 'url'>,
  extra: object = {},
  init: { headers?: Record<string, string>; signal?: AbortSignal } = {}
): Promise<Answered> => send(model, '/chat/completions', { ...question, ...extra }, init)

/** Polls until the condition holds. @throws after ten seconds. */
export async function until(condition: () => boolean): Promise<void> {
  const endMs = performance.now() + 10_000
  while (!condition()) {
    if (performance.now() > endMs) throw new Error(`never came true: ${condition}`)
    await new Promise(resolve => setTimeout(resolve, 2))
  }
}
