import { APIConnectionError, APIError, APIUserAbortError } from 'openai'
import { InferenceError, type InferenceErrorKind, InputTooLong } from '../errors.ts'
import { defaultRemedies } from './remedies.ts'

const evidenceCharacters = 300

/**
 * What a failed request means, by status and body as real servers answer (recorded in test/support/records/recorded-replies.ts).
 * @param conceal takes the key out of what a server says: some repeat it to whoever sent it
 * @param keyRemedy what to do when the key is refused
 */
export function replyError(
  error: unknown,
  place: string,
  conceal: (text: string) => string,
  keyRemedy = defaultRemedies.key
): InferenceError {
  if (error instanceof InferenceError) return error
  if (error instanceof APIUserAbortError)
    return new InferenceError('shutdown', 'the request was withdrawn', { cause: error })
  if (error instanceof APIError && typeof error.status === 'number')
    return statusError(error, place, conceal, keyRemedy)
  const cause = error instanceof APIConnectionError ? (error.cause ?? error) : error
  if (cause instanceof InferenceError) return cause
  return new InferenceError('server-dead', `${place} cannot be reached: ${messageOf(cause)}`, { cause })
}

const messageOf = (error: unknown): string => {
  const { cause, code } = error as Error & { code?: string }
  // OpenSSL writes numbers, files and lines of its own into its messages.
  const message = code?.startsWith('ERR_SSL') ? code : (error as Error).message
  const inner = cause instanceof Error ? messageOf(cause) : ''
  return [message || String(error), code && !message?.includes(code) ? code : '', inner].filter(Boolean).join(': ')
}

function statusError(
  error: APIError,
  place: string,
  conceal: (text: string) => string,
  keyRemedy: string
): InferenceError {
  const status = error.status as number
  // The client's error is no cause to hand on: it holds the reply as it came.
  const evidence = conceal(JSON.stringify(error.error ?? error.message ?? '')).slice(0, evidenceCharacters)
  const detail = { status, evidence }
  const make = (kind: InferenceErrorKind, what: string, remedy = '') => {
    const retryAfterMs = retryAfter(error.headers?.get('retry-after'))
    return new InferenceError(kind, `${place} ${what}`, {
      ...detail,
      remedy,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs })
    })
  }
  if (status === 401 || status === 403) return make('configuration', `rejects the API key (${status}).`, keyRemedy)
  if (status === 402)
    return make('configuration', `requires payment: ${evidence}.`, 'Check the account that the key belongs to.')
  if (status === 404)
    return make(
      'configuration',
      `answers 404: ${evidence}.`,
      'Check the base URL (it usually ends in /v1) and the name of the model.'
    )
  if (isOverflow(error, evidence)) return new InputTooLong(place, detail)
  if (status === 408 || status === 429 || status === 503) return make('overload', `is overloaded (${status})`)
  if (status >= 500) return make('server-dead', `fails (${status}): ${evidence}`)
  return make('record-terminal', `refuses the request (${status})`)
}

/** vLLM names the parameter, llama-server the type; others say it in words. */
function isOverflow({ status, error }: APIError, evidence: string): boolean {
  if (status === 413) return true
  const { param, type, code } = (error ?? {}) as { param?: unknown; type?: unknown; code?: unknown }
  if (type === 'exceed_context_size_error' || code === 'context_length_exceeded') return true
  if (status === 400 && param === 'input_tokens') return true
  // llama-server answers 500 for an embedding input above its batch size.
  return /context (?:length|size|window)|too (?:large|long)[^"]{0,40}(?:context|batch|tokens)|input is too large/i.test(
    evidence
  )
}

/** Seconds or an HTTP date, to milliseconds. */
function retryAfter(header: string | null | undefined): number | undefined {
  if (!header) return undefined
  const seconds = Number(header)
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1_000)
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now())
}
