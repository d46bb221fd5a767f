import { type Completion, completionOf, vectorOf } from '../endpoints/completion.ts'
import type { Endpoint, EndpointRequest } from '../endpoints/endpoint.ts'
import type { EndpointPool } from '../endpoints/endpoint-pool.ts'
import type { Proof } from '../endpoints/replica.ts'
import { InferenceError, InputTooLong } from '../errors.ts'
import { type AskTokens, type LearntTokens, learnTokens, tokensOf } from '../prompts/learnt-tokens.ts'
import { type ChatMessage, foldSystem } from '../prompts/render.ts'
import type { ChatCapabilities } from './capabilities.ts'
import { chatCapabilities, embeddingDimension } from './capabilities.ts'
import { lexicalDimensions, lexicalEmbedding, lexicalModel } from './lexical-embedder.ts'
import { createRefusals } from './refusals.ts'

export interface ChatRequest {
  readonly messages: readonly ChatMessage[]
  readonly temperature: number
  readonly topP: number
  readonly maxTokens: number
  readonly seed: number
  readonly logprobs: boolean
  readonly schema?: { readonly name: string; readonly schema: object } | undefined
}

export interface RequestContext {
  readonly headers: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

/** One model at its endpoints, looked at before its first request. */
export interface Model {
  readonly name: string
  chat(request: ChatRequest, context: RequestContext): Promise<Completion>
  embed(text: string, context: RequestContext): Promise<{ vector: ArrayLike<number>; promptTokens: number }>
  /** Longest prompt and completion together, in tokens, where the server says so. */
  readonly contextTokens: number | undefined
  /** Preflight, once. @throws InferenceError `configuration` when no chat request at all is answered. */
  capabilities(signal: AbortSignal): Promise<ChatCapabilities>
  /** Preflight, once: the control tokens of the model. Asks its servers where these can be asked. */
  controlTokens(signal: AbortSignal): Promise<LearntTokens>
  /** Preflight, once: components of its vectors. @throws InferenceError `configuration` when it gives none. */
  dimension(signal: AbortSignal): Promise<number>
}

export interface RemoteModelOptions {
  readonly name: string
  readonly pool: EndpointPool
  readonly extraBody: object
  readonly deadlineMs: number
  /** For a proof that the model answers. */
  readonly probeDeadlineMs: number
  /** Longest prompt and completion together, in tokens, where the server says so. */
  readonly contextTokens: number | undefined
  readonly notice: (text: string) => void
  /** Of the headers that say where a request comes from. */
  readonly headerPrefix: string
}

/** A request without a record in it. */
const harmless = [{ role: 'user', content: 'Say yes.' }]

export function remoteModel(options: RemoteModelOptions): Model {
  const { name, pool, extraBody, deadlineMs, probeDeadlineMs, contextTokens, notice, headerPrefix } = options
  const preflight = { [`${headerPrefix}stage`]: 'preflight' }
  const request = (headers: Readonly<Record<string, string>>, signal: AbortSignal): EndpointRequest => ({
    headers,
    deadlineMs,
    signal
  })
  // Without a record, so that a record that kills servers is not among them.
  const probing = () => ({ headers: preflight, deadlineMs: probeDeadlineMs, signal: new AbortController().signal })
  const chats: Proof = endpoint =>
    endpoint.post(
      '/chat/completions',
      { ...extraBody, model: name, messages: harmless, temperature: 0, max_tokens: 1 },
      probing()
    )
  const embeds: Proof = endpoint => embeddingDimension(endpoint, name, extraBody, probing())
  const chat = once(async signal => {
    const found = await pool.run(
      endpoint => chatCapabilities(endpoint, name, extraBody, request(preflight, signal)),
      signal,
      chats
    )
    if (!found.system) notice(`${name} does not support the system role: system text is placed before the user text`)
    if (found.logprobs === 0) {
      const instead = found.structured ? 'structured answers' : 'bare digits'
      notice(`${name} returns no log-probabilities: yes/no questions and marks use ${instead}`)
    }
    return found
  })
  const dimension = once(signal =>
    pool.run(endpoint => embeddingDimension(endpoint, name, extraBody, request(preflight, signal)), signal, embeds)
  )
  const refusals = createRefusals()
  /** @throws InferenceError `configuration` when words of ours get such a vector too; else `semantic`: that reply was odd. */
  const refuseOtherModel = async (endpoint: Endpoint, length: number, expected: number): Promise<never> => {
    const now = await embeddingDimension(endpoint, name, extraBody, probing())
    const what = `${name} at ${endpoint.place} gave a vector of ${length} components, and of ${expected} before.`
    if (now === expected) throw new InferenceError('semantic', what)
    const remedy = 'Another model answers under the same name. Vectors of two models cannot be compared.'
    throw new InferenceError('configuration', what, { remedy })
  }
  // A question beside the point must not hold up a record: one try, and not for long.
  const askTokens = pool.endpoints.map(
    (endpoint): AskTokens =>
      (text, signal) =>
        tokensOf(endpoint, name, text, { headers: preflight, deadlineMs: probeDeadlineMs, signal })
  )
  let saidTooLong = false
  return {
    name,
    controlTokens: once(signal => learnTokens(name, askTokens, signal)),
    contextTokens,
    capabilities: chat,
    dimension,
    async chat(wanted, { headers, signal }) {
      const { system, logprobs } = await chat(signal)
      const body = {
        ...extraBody,
        model: name,
        messages: system ? wanted.messages : foldSystem(wanted.messages),
        temperature: wanted.temperature,
        top_p: wanted.topP,
        max_tokens: wanted.maxTokens,
        seed: wanted.seed,
        ...(wanted.logprobs ? { logprobs: true, top_logprobs: logprobs } : {}),
        ...(wanted.schema
          ? { response_format: { type: 'json_schema', json_schema: { ...wanted.schema, strict: true } } }
          : {})
      }
      const post = (endpoint: Endpoint, sent: object, how: EndpointRequest) =>
        endpoint.post('/chat/completions', sent, how)
      return pool.run(
        endpoint =>
          refusals.judged(
            `${endpoint.place} ${wanted.logprobs} ${wanted.schema?.name}`,
            async () => completionOf(await post(endpoint, body, request(headers, signal)), endpoint.place),
            () => post(endpoint, { ...body, messages: harmless, max_tokens: 1 }, probing())
          ),
        signal,
        chats
      )
    },
    async embed(text, { headers, signal }) {
      const expected = await dimension(signal)
      const embedPart = (part: string) => {
        // The client would ask for base64, and decode a server's floats to garbage.
        const body = { ...extraBody, model: name, input: [part], encoding_format: 'float' }
        return pool.run(
          async endpoint => {
            const found = await refusals.judged(
              `${endpoint.place} embeddings`,
              async () => vectorOf(await endpoint.post('/embeddings', body, request(headers, signal)), endpoint.place),
              () => embeds(endpoint)
            )
            if (found.vector.length !== expected) await refuseOtherModel(endpoint, found.vector.length, expected)
            return found
          },
          signal,
          embeds
        )
      }
      for (let part = text; ; part = firstHalf(part)) {
        try {
          return await embedPart(part)
        } catch (error) {
          if (!(error instanceof InputTooLong) || part.length < shortestPart) throw error
          if (!saidTooLong)
            notice(`${name} takes no text of ${part.length} characters: long texts are embedded by their beginning`)
          saidTooLong = true
        }
      }
    }
  }
}

/** In UTF-16 code units. A text this short that is too long for an embedder is another trouble. */
const shortestPart = 200

/** Of many models 256 or 512 tokens are the context: sentence-transformers too embeds what fits and leaves out the rest. */
const firstHalf = (text: string): string => text.slice(0, text.length >> 1).replace(/[\uD800-\uDBFF]$/, '')

/** The built-in embedder, as if it were a model at an endpoint. */
export const lexicalEmbedder = (name: string = lexicalModel): Model => ({
  name,
  contextTokens: undefined,
  dimension: async () => lexicalDimensions,
  capabilities: () => Promise.reject(new Error('the built-in embedder does not chat')),
  chat: () => Promise.reject(new Error('the built-in embedder does not chat')),
  controlTokens: () => Promise.reject(new Error('the built-in embedder does not chat')),
  embed: async text => ({ vector: lexicalEmbedding(text), promptTokens: 0 })
})

/** Runs once for all who ask; again for the next when it failed. One that asks and is withdrawn withdraws it for all. */
function once<T>(run: (signal: AbortSignal) => Promise<T>): (signal: AbortSignal) => Promise<T> {
  let running: Promise<T> | undefined
  return async signal => {
    for (;;) {
      const mine = running === undefined
      running ??= run(signal).catch(error => {
        running = undefined
        throw error
      })
      try {
        return await running
      } catch (error) {
        // Another's withdrawal is not ours.
        const withdrawn = (error as { kind?: string }).kind === 'shutdown'
        if (mine || !withdrawn || signal.aborted) throw error
      }
    }
  }
}
