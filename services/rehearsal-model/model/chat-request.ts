import { type PromptTokens, readPromptTokens } from './tokens.ts'

/** A chat request that is in order. */
export interface ChatRequest {
  readonly messages: readonly ChatMessage[]
  readonly tokens: PromptTokens
  readonly maxTokens: number
  readonly temperature: number
  readonly seed: number
  readonly stop: readonly string[]
  /** Entries wanted in `top_logprobs`; undefined when log-probabilities were not asked for. */
  readonly topLogprobs: number | undefined
  readonly format: 'text' | 'json' | { readonly schema: JsonSchema }
  /** vLLM's `structured_outputs.choice`: the completion is one of these. */
  readonly choice: readonly string[] | undefined
}

export interface ChatMessage {
  readonly role: string
  readonly content: string
}

export interface JsonSchema {
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly items?: JsonSchema
  readonly minItems?: number
  readonly minimum?: number
  readonly maximum?: number
}

/** Why a request is refused, in the terms of an OpenAI error body. */
export interface Refusal {
  readonly status: number
  readonly message: string
  readonly param: string | null
}

export const isRefusal = (value: object): value is Refusal => 'status' in value && 'param' in value

const refuse = (message: string, param: string | null = null): Refusal => ({ status: 400, message, param })

type Body = Readonly<Record<string, unknown>>

/** Checks the fields that the server knows, as strictly as vLLM does; fields it does not know are ignored, as there. */
export function parseChatRequest(
  body: Body,
  limits: { readonly maxModelLen: number; readonly maxTopLogprobs: number }
): ChatRequest | Refusal {
  const messages = parseMessages(body.messages)
  if (isRefusal(messages)) return messages
  if (body.stream === true) return refuse('The rehearsal model does not stream: leave out `stream`.', 'stream')
  if (body.n !== undefined && body.n !== null && body.n !== 1) return refuse('Only n=1 is served.', 'n')

  const topLogprobs = parseTopLogprobs(body, limits.maxTopLogprobs)
  if (typeof topLogprobs === 'object') return topLogprobs
  const format = parseFormat(body.response_format)
  if (typeof format === 'object' && isRefusal(format)) return format
  const stop = parseStop(body.stop)
  if (isRefusal(stop)) return stop
  const temperature = body.temperature ?? 1
  if (typeof temperature !== 'number' || !(temperature >= 0))
    return refuse('temperature must be 0 or more.', 'temperature')

  const tokens = readPromptTokens(messages.flatMap(({ role, content }) => [role, '\n', content, '\n']))
  const maxTokens = parseMaxTokens(body, tokens.tokens, limits.maxModelLen)
  if (typeof maxTokens === 'object') return maxTokens
  const choice = (body.structured_outputs as Body | undefined)?.choice
  return {
    messages,
    tokens,
    maxTokens,
    temperature,
    seed: typeof body.seed === 'number' ? body.seed : 0,
    stop,
    topLogprobs,
    format,
    choice: Array.isArray(choice) ? choice.map(String) : undefined
  }
}

function parseMessages(messages: unknown): readonly ChatMessage[] | Refusal {
  if (!Array.isArray(messages) || messages.length === 0)
    return refuse('messages must be a list with an entry.', 'messages')
  const parsed: ChatMessage[] = []
  for (const message of messages as readonly Body[]) {
    const content = typeof message?.content === 'string' ? message.content : joinParts(message?.content)
    if (typeof message?.role !== 'string' || content === undefined) {
      return refuse('Each message needs a role and a content of text.', 'messages')
    }
    parsed.push({ role: message.role, content })
  }
  return parsed
}

function joinParts(content: unknown): string | undefined {
  if (!Array.isArray(content)) return undefined
  const texts = (content as readonly Body[]).map(part => (part?.type === 'text' ? part.text : undefined))
  return texts.every(text => typeof text === 'string') ? texts.join('\n') : undefined
}

function parseTopLogprobs(body: Body, most: number): number | undefined | Refusal {
  const wanted = body.top_logprobs ?? 0
  if (body.logprobs !== true) {
    return wanted === 0
      ? undefined
      : refuse('when using `top_logprobs`, `logprobs` must be set to true.', 'top_logprobs')
  }
  if (!Number.isInteger(wanted) || (wanted as number) < 0)
    return refuse('top_logprobs must be 0 or more.', 'top_logprobs')
  if ((wanted as number) <= most) return wanted as number
  return refuse(`Requested sample logprobs of ${wanted}, which is greater than max allowed: ${most}`, 'logprobs')
}

function parseFormat(format: unknown): ChatRequest['format'] | Refusal {
  if (format === undefined || format === null) return 'text'
  const { type, json_schema } = format as {
    readonly type?: unknown
    readonly json_schema?: { readonly schema?: unknown }
  }
  if (type === 'text') return 'text'
  if (type === 'json_object') return 'json'
  if (type !== 'json_schema') {
    return refuse("response_format.type should be 'text', 'json_object' or 'json_schema'.", 'response_format')
  }
  const schema = json_schema?.schema
  if (typeof schema === 'object' && schema !== null) return { schema: schema as JsonSchema }
  return refuse(
    "When response_format type is 'json_schema', 'json_schema.schema' must be an object.",
    'response_format'
  )
}

function parseStop(stop: unknown): readonly string[] | Refusal {
  const list = stop === undefined || stop === null ? [] : Array.isArray(stop) ? stop : [stop]
  if (list.length <= 4 && list.every(entry => typeof entry === 'string' && entry !== '')) return list
  return refuse('stop must be a string, or up to 4 of them.', 'stop')
}

function parseMaxTokens(body: Body, promptTokens: number, maxModelLen: number): number | Refusal {
  if (promptTokens >= maxModelLen) {
    return refuse(
      `This model's maximum context length is ${maxModelLen} tokens. However, your prompt contains at least ${promptTokens} ` +
        'input tokens, which leaves no room for an answer. Please reduce the length of the input prompt.',
      'input_tokens'
    )
  }
  const wanted = body.max_completion_tokens ?? body.max_tokens ?? maxModelLen - promptTokens
  if (!Number.isInteger(wanted) || (wanted as number) < 1) {
    return refuse(`max_tokens must be at least 1, got ${String(wanted)}.`, 'max_tokens')
  }
  if ((wanted as number) > maxModelLen) {
    return refuse(`max_tokens=${wanted} cannot be greater than max_model_len=${maxModelLen}.`, 'max_tokens')
  }
  if (promptTokens + (wanted as number) <= maxModelLen) return wanted as number
  return refuse(
    `This model's maximum context length is ${maxModelLen} tokens. However, you requested ${wanted} output tokens and ` +
      `your prompt contains ${promptTokens} input tokens. Please reduce the length of the input prompt.`,
    'input_tokens'
  )
}
