import { type Agent, Response, fetch as undiciFetch } from 'undici'
import { InferenceError } from '../errors.ts'
import { isTooDeep } from './completion.ts'

/** A server that sends us on more often than that goes round in circles. */
const mostRedirects = 5
/** Of a refusal, in bytes: enough to say why. */
const longestRefusal = 16_384

/**
 * A fetch for the client, which never leaves an origin: a redirect elsewhere would carry the prompt there. Refusals are
 * cut to a bounded length, since the client reads them whole and without a bound.
 *
 * `fetch` and `Agent` must come from the same undici.
 * @throws InferenceError `configuration` for a redirect off the origin, or one that would drop the body.
 */
export function fetchWithin(origin: string, agent: Agent): typeof fetch {
  return (async (first: string, init: { method?: string }) => {
    let url = first
    for (let redirects = 0; ; redirects++) {
      const response = await undiciFetch(url, { ...init, dispatcher: agent, redirect: 'manual' }).catch(proxyRefusal)
      if (response.status < 300 || response.status === 304) return response
      if (response.status >= 400) return await shortened(response)
      await response.body?.cancel()
      const location = response.headers.get('location')
      const target = location !== null && URL.canParse(location, url) ? new URL(location, url) : undefined
      const keepsBody = response.status === 307 || response.status === 308 || init.method?.toLowerCase() === 'get'
      if (target?.origin !== origin || !keepsBody || redirects === mostRedirects)
        throw new InferenceError('configuration', `${origin} redirects to ${shown(target)} (${response.status}).`, {
          remedy: 'Prompts are sent only to the base URL. Set it to the final URL of the model.',
          status: response.status
        })
      url = target.href
    }
  }) as unknown as typeof fetch
}

/** The fetch standard keeps status 407 from whoever fetches: the one network error that comes without a word. */
function proxyRefusal(error: unknown): never {
  const { cause } = error as Error
  if (!(cause instanceof Error) || cause.message !== '') throw error
  throw new InferenceError('configuration', 'A proxy requires authentication (407).', {
    cause,
    status: 407,
    remedy: 'The base URL must point to the server itself or to a gateway that accepts the API key.'
  })
}

/** Without its query: it may hold a secret. */
const shown = (target: URL | undefined): string => (target ? target.origin + target.pathname : 'nowhere')

/** A refusal as the client can read it: of bounded length, and no JSON that nests deeper than anything is written. */
async function shortened(response: Awaited<ReturnType<typeof undiciFetch>>): Promise<Response> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk as Uint8Array)
    bytes += (chunk as Uint8Array).length
    if (bytes > longestRefusal) break
  }
  const text = Buffer.concat(chunks).subarray(0, longestRefusal).toString('utf8')
  const { status, headers } = response
  return new Response(isTooDeep(parsed(text)) ? JSON.stringify(text.slice(0, 300)) : text, { status, headers })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
