import { z } from 'zod'
import type { Endpoint, EndpointRequest } from '../endpoints/endpoint.ts'
import { InferenceError } from '../errors.ts'
import { type ControlTokens, isOrdinary, knownTokens, tokensByName, unmistakableOnes } from './control-tokens.ts'

/**
 * The control tokens of one model. Asked of its servers where these have `/tokenize` (vLLM, llama-server): a string that
 * becomes one token, under whose own name, is one. Elsewhere those of the families that its name fits.
 */
export interface LearntTokens extends ControlTokens {
  /** Whether there is nothing to learn about it, now. */
  settled(token: string): boolean
  /** Asks about those that are not settled. @throws InferenceError `shutdown` only: what is not learnt is judged by name. */
  learn(candidates: Iterable<string>, signal: AbortSignal): Promise<void>
}

/**
 * The tokens of a text, as their texts, by one server. Undefined where it has no such route.
 * @throws InferenceError where it fails for now, or at `shutdown`.
 */
export type AskTokens = (text: string, signal: AbortSignal) => Promise<readonly string[] | undefined>

/** Of texts, remembered. Of those that are no tokens, the oldest are forgotten first. */
const mostRemembered = 20_000
/** In one question, so that no document makes it large. */
const mostAsked = 500
/** Failures in a row, after which a server is left alone for a while: each holds up its record. */
const mostFailures = 3
/** Asked beside others: some of them every chat model has. A server that makes one token of none tells nothing by a no. */
const touchstones = [...unmistakableOnes, '<s>', '</s>', '<eos>', '<bos>', '[INST]', '[EOS]', '</think>']

/** @param pauseMs for which a server that failed is left alone. */
export async function learnTokens(
  model: string,
  servers: readonly AskTokens[],
  signal: AbortSignal,
  pauseMs = 60_000
): Promise<LearntTokens> {
  const byName = tokensByName(model)
  const replicas = servers.map(ask => replicaOf(ask, pauseMs))
  const special = new Set<string>()
  const plain = new Set<string>()
  const settled = (token: string): boolean =>
    special.has(token) || plain.has(token) || isOrdinary(token) || !replicas.some(replica => replica.canBeAsked())
  const keep = (token: string, answers: readonly (ReadonlySet<string> | undefined)[]): void => {
    if (answers.some(whole => whole?.has(token))) {
      if (special.size < mostRemembered) special.add(token)
    } else if (!answers.includes(undefined)) plain.add(token)
    for (const oldest of plain) {
      if (plain.size <= mostRemembered) break
      plain.delete(oldest)
    }
  }
  const learn = async (candidates: Iterable<string>, signal: AbortSignal): Promise<void> => {
    const open = [...candidates].filter(candidate => !settled(candidate))
    for (let at = 0; at < open.length; at += mostAsked) {
      const some = open.slice(at, at + mostAsked)
      const present = replicas.filter(replica => !replica.absent)
      if (present.length === 0) return
      const answers = await Promise.all(present.map(replica => replica.wholeOf(some, signal)))
      for (const token of some) keep(token, answers)
    }
  }
  await learn(knownTokens, signal)
  return {
    // Replicas may differ: a string is a token where it is one to any of them, and its name counts unless all say no.
    has: token =>
      special.has(token) || (byName.has(token) && !(plain.has(token) && replicas.every(({ credible }) => credible))),
    settled,
    learn
  }
}

function replicaOf(ask: AskTokens, pauseMs: number) {
  let absent = false
  let credible = false
  let failures = 0
  let pausedUntil = 0
  const canBeAsked = (): boolean => !absent && performance.now() >= pausedUntil
  return {
    /** It has no such route. */
    get absent() {
      return absent
    },
    /** It has made one token of something. */
    get credible() {
      return credible
    },
    canBeAsked,
    /** Which of these it makes one token of. Undefined where that is not learnt. */
    async wholeOf(candidates: readonly string[], signal: AbortSignal): Promise<ReadonlySet<string> | undefined> {
      if (!canBeAsked()) return undefined
      // After the pause one question tries it, the others go on.
      if (failures >= mostFailures) pausedUntil = performance.now() + pauseMs
      try {
        const tokens = await ask([...touchstones, ...candidates].join('\n'), signal)
        absent = tokens === undefined
        failures = 0
        pausedUntil = 0
        if (!tokens) return undefined
        const whole = new Set(tokens)
        credible ||= [...touchstones, ...knownTokens].some(token => whole.has(token))
        return whole
      } catch (error) {
        if (!(error instanceof InferenceError) || error.kind === 'shutdown') throw error
        failures++
        if (failures >= mostFailures) pausedUntil = performance.now() + pauseMs
        return undefined
      }
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

/** Kinds of failures that pass: the route may be there. */
const momentary: ReadonlySet<string> = new Set(['overload', 'server-dead', 'timeout', 'shutdown'])

/**
 * Tokens of a text by the server's own route, which lies beside `/v1`. The body holds what vLLM wants and what
 * llama-server wants; each ignores the other's.
 * @returns undefined where the route is missing, or answers otherwise.
 * @throws InferenceError where the server fails for now, or at `shutdown`.
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
    // A model without this route works as well.
    if (error instanceof InferenceError && !momentary.has(error.kind)) return undefined
    throw error
  }
}
