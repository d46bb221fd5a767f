import OpenAI from 'openai'
import { Agent, fetch as undiciFetch } from 'undici'
import { parseBody } from './completion.ts'
import { InferenceError } from './errors.ts'
import { replyError } from './reply-error.ts'

export interface EndpointOptions {
  readonly baseUrl: string
  readonly apiKey: string | undefined
  /** Connections at most; as many as requests may be in flight. */
  readonly connections: number
}

export interface EndpointRequest {
  readonly headers: Readonly<Record<string, string>>
  /** For the whole exchange: connection, headers and body. */
  readonly deadlineMs: number
  readonly signal: AbortSignal
}

/** One base URL. A request is made once: retries are the pool's. */
export interface Endpoint {
  readonly place: string
  post(path: '/chat/completions' | '/embeddings', body: object, request: EndpointRequest): Promise<unknown>
  models(deadlineMs: number): Promise<unknown>
  close(): Promise<void>
}

const maxReplyBytes = 10 * 1024 * 1024

export function createEndpoint({ baseUrl, apiKey, connections }: EndpointOptions): Endpoint {
  // Deadlines are ours: the agent's own would fire before a long completion's first byte.
  const agent = new Agent({ headersTimeout: 0, bodyTimeout: 0, connections, keepAliveTimeout: 4_000 })
  const client = new OpenAI({
    baseURL: baseUrl,
    apiKey: apiKey ?? 'none',
    ...(apiKey === undefined ? { defaultHeaders: { Authorization: null } } : {}),
    maxRetries: 0,
    timeout: 2 ** 31 - 1,
    logLevel: 'off',
    // `fetch` and `Agent` must come from the same undici.
    fetch: ((url: string, init: object) => undiciFetch(url, { ...init, dispatcher: agent })) as unknown as typeof fetch
  })
  const place = new URL(baseUrl).origin + new URL(baseUrl).pathname.replace(/\/$/, '')

  const exchange = async (deadlineMs: number, outer: AbortSignal, send: (signal: AbortSignal) => Promise<Response>) => {
    // One controller a request: a shared signal gathers a listener for each.
    const controller = new AbortController()
    const withdraw = () => controller.abort()
    let late = false
    const timer = setTimeout(() => {
      late = true
      controller.abort()
    }, deadlineMs)
    outer.addEventListener('abort', withdraw)
    if (outer.aborted) controller.abort()
    try {
      const response = await send(controller.signal)
      return parseBody(await textOf(response, place), place)
    } catch (error) {
      if (outer.aborted) throw new InferenceError('shutdown', 'the request was withdrawn', { cause: error })
      if (late)
        throw new InferenceError('timeout', `${place} gave no complete reply within ${deadlineMs} ms`, { cause: error })
      throw replyError(error, place)
    } finally {
      clearTimeout(timer)
      outer.removeEventListener('abort', withdraw)
    }
  }
  return {
    place,
    post: (path, body, { headers, deadlineMs, signal }) =>
      exchange(deadlineMs, signal, inner =>
        client.post(path, { body, headers: { ...headers }, signal: inner }).asResponse()
      ),
    models: deadlineMs =>
      exchange(deadlineMs, new AbortController().signal, signal => client.get('/models', { signal }).asResponse()),
    close: () => agent.destroy()
  }
}

/** The body, up to a bound: an endless one is not an answer. */
async function textOf(response: Response, place: string): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length
    if (bytes > maxReplyBytes)
      throw new InferenceError('semantic', `${place} answered with more than ${maxReplyBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
