import OpenAI from 'openai'
import { Agent } from 'undici'
import { InferenceError } from '../errors.ts'
import { parseBody } from './completion.ts'
import { fetchWithin } from './fetch-within.ts'
import { defaultRemedies, type Remedies } from './remedies.ts'
import { replyError } from './reply-error.ts'

export interface EndpointOptions {
  readonly baseUrl: string
  readonly apiKey: string | undefined
  /** Connections at most; as many as requests may be in flight. */
  readonly connections: number
  readonly remedies?: Remedies
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
  readonly remedies: Remedies
  post(path: '/chat/completions' | '/embeddings', body: object, request: EndpointRequest): Promise<unknown>
  /** The server's `/tokenize`, beside its `/v1`. */
  tokenize(body: object, request: EndpointRequest): Promise<unknown>
  models(deadlineMs: number): Promise<unknown>
  close(): Promise<void>
}

const maxReplyBytes = 10 * 1024 * 1024
/** A timer that comes so much too late, in milliseconds, shows that this process was busy with something else. */
const stallMs = 50
const shortestSecret = 16

export function createEndpoint(options: EndpointOptions): Endpoint {
  const { baseUrl, apiKey, connections, remedies = defaultRemedies } = options
  const place = placeOf(baseUrl, remedies)
  // Deadlines are ours: the agent's own would fire before a long completion's first byte.
  const agent = new Agent({ headersTimeout: 0, bodyTimeout: 0, connections, keepAliveTimeout: 4_000 })
  const client = new OpenAI({
    baseURL: place,
    apiKey: apiKey ?? 'none',
    ...(apiKey === undefined ? { defaultHeaders: { Authorization: null } } : {}),
    maxRetries: 0,
    timeout: 2 ** 31 - 1,
    logLevel: 'off',
    fetch: fetchWithin(new URL(place).origin, agent)
  })
  const conceal = (text: string): string => (apiKey ? text.replaceAll(apiKey, '…') : text)
  // Some servers repeat the key with status 200, too. A short one ("EMPTY", "token") is none, and may be a word of the reply.
  const isSecret = apiKey !== undefined && apiKey.length >= shortestSecret

  const exchange = async (deadlineMs: number, outer: AbortSignal, send: (signal: AbortSignal) => Promise<Response>) => {
    // One controller a request: a shared signal gathers a listener for each.
    const controller = new AbortController()
    const withdraw = () => controller.abort()
    let late = false
    let dueAt = performance.now() + deadlineMs
    const expire = () => {
      const stalledMs = performance.now() - dueAt
      if (stalledMs < stallMs) {
        late = true
        return controller.abort()
      }
      // This process stood still, and the reply may be waiting: our own time is not the server's.
      dueAt = performance.now() + stalledMs
      timer = setTimeout(expire, stalledMs)
    }
    let timer = setTimeout(expire, deadlineMs)
    outer.addEventListener('abort', withdraw)
    if (outer.aborted) controller.abort()
    try {
      const response = await send(controller.signal)
      const body = await textOf(response, place)
      return parseBody(isSecret ? conceal(body) : body, place, conceal)
    } catch (error) {
      if (outer.aborted) throw new InferenceError('shutdown', 'the request was withdrawn', { cause: error })
      if (late)
        throw new InferenceError('timeout', `${place} gave no complete reply within ${deadlineMs} ms`, { cause: error })
      throw replyError(error, place, conceal, remedies.key)
    } finally {
      clearTimeout(timer)
      outer.removeEventListener('abort', withdraw)
    }
  }
  return {
    place,
    remedies,
    post: (path, body, { headers, deadlineMs, signal }) =>
      exchange(deadlineMs, signal, inner =>
        client.post(path, { body, headers: { ...headers }, signal: inner }).asResponse()
      ),
    tokenize: (body, { headers, deadlineMs, signal }) =>
      exchange(deadlineMs, signal, inner =>
        client
          .post(`${place.replace(/\/v1$/, '')}/tokenize`, { body, headers: { ...headers }, signal: inner })
          .asResponse()
      ),
    models: deadlineMs =>
      exchange(deadlineMs, new AbortController().signal, signal => client.get('/models', { signal }).asResponse()),
    close: () => agent.destroy()
  }
}

/**
 * Where a base URL leads: one spelling for each endpoint, with nothing secret in it.
 * @throws InferenceError `configuration` for what is no http(s) URL, or holds a user or password.
 */
export function placeOf(baseUrl: string, { key }: Remedies = defaultRemedies): string {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined
  const remedy = `Base URLs look like http://host:8000/v1. A key is set separately. ${key}`
  if (!url || !/^https?:$/.test(url.protocol))
    throw new InferenceError('configuration', 'A base URL is not an http(s) URL.', { remedy })
  if (url.username || url.password)
    throw new InferenceError('configuration', `The base URL at ${url.host} contains a user or a password.`, { remedy })
  return url.origin + url.pathname.replace(/(?<!\/)\/+$/, '')
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
