import { z } from 'zod'
import { type ControlTokens, controlLike, knownTokens, tokensByName } from './control-tokens.ts'
import type { Endpoint, EndpointRequest } from './endpoint.ts'
import { InferenceError } from './errors.ts'

/**
 * The control tokens of one model. Asked of its server where that has `/tokenize` (vLLM, llama-server): a string that
 * becomes one token, under whose own name, is one. Elsewhere those of the families that its name fits.
 */
export interface LearntTokens extends ControlTokens {
  /** Whether the server could be asked. */
  readonly asked: boolean
  /** Learns about what looks like a control token in a text and was not met before. Never fails: what is not learnt is judged by name. */
  learn(text: string, ask: AskTokens): Promise<void>
}

/** The tokens of a text, as their texts. Undefined where there is no such route. */
export type AskTokens = (text: string) => Promise<readonly string[] | undefined>

/** Of texts, remembered. Oldest are forgotten first. */
const mostRemembered = 20_000
/** In one question, so that no document makes it large. */
const mostAsked = 200
/** Questions without an answer, after which no more are put: each holds up its record. */
const mostFailures = 3

export async function learnTokens(model: string, ask: AskTokens): Promise<LearntTokens> {
  const byName = tokensByName(model)
  const verdicts = new Map<string, boolean>()
  const askAbout = async (candidates: readonly string[], ask: AskTokens): Promise<boolean> => {
    const tokens = await ask(candidates.join('\n'))
    if (!tokens) return false
    const whole = new Set(tokens)
    for (const candidate of candidates) {
      verdicts.delete(candidate)
      verdicts.set(candidate, whole.has(candidate))
    }
    for (const oldest of verdicts.keys()) {
      if (verdicts.size <= mostRemembered) break
      verdicts.delete(oldest)
    }
    return true
  }
  const asked = await askAbout(knownTokens, ask)
  let failures = 0
  return {
    asked,
    // What a template takes in any case is known by name; the server knows spellings.
    has: token => verdicts.get(token) ?? byName.has(token),
    async learn(text, again) {
      if (!asked || failures >= mostFailures) return
      const unknown = [...controlLike(text)].filter(candidate => !verdicts.has(candidate)).slice(0, mostAsked)
      if (unknown.length > 0 && !(await askAbout(unknown, again))) failures += 1
    }
  }
}

const tokenReply = z.object({
  // llama-server: {id, piece}, where a piece that is no UTF-8 is a list of bytes.
  tokens: z.array(z.unknown()).max(200_000),
  // vLLM, with `return_token_strs`.
  token_strs: z.array(z.string()).max(200_000).nullish()
})
const pieceReply = z.object({ piece: z.string() })

/**
 * Tokens of a text by the server's own route, which lies beside `/v1`. The body holds what vLLM wants and what
 * llama-server wants; each ignores the other's.
 * @returns undefined where the route is missing, or answers otherwise.
 */
export async function tokensOf(
  endpoint: Endpoint,
  model: string,
  text: string,
  request: EndpointRequest
): Promise<readonly string[] | undefined> {
  try {
    const reply = tokenReply.safeParse(
      await endpoint.tokenize(
        {
          model,
          prompt: text,
          add_special_tokens: false,
          return_token_strs: true,
          content: text,
          add_special: false,
          parse_special: true,
          with_pieces: true
        },
        request
      )
    )
    if (!reply.success) return undefined
    if (reply.data.token_strs) return reply.data.token_strs
    const pieces = reply.data.tokens.map(token => pieceReply.safeParse(token))
    return pieces.some(({ success }) => success) ? pieces.flatMap(({ data }) => data?.piece ?? []) : undefined
  } catch (error) {
    // Whatever it is, a model without this route works as well.
    if (error instanceof InferenceError && error.kind !== 'shutdown') return undefined
    throw error
  }
}
