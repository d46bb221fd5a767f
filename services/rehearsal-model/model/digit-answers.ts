import { bell, combine, unit } from '../hash.ts'
import type { ChatRequest } from './chat-request.ts'
import type { TokenLogprob } from './completion.ts'

/** What vLLM reports for a token that the grammar forbids. */
const forbidden = -9999

/** Tokens that a chat model weighs where one digit is wanted, from the likely to the unlikely. */
const others = 'The,Yes,No,\n,**,Answer,I,This,2,Based,It,3,-,A,:,Score,yes,no,"0,\u00a0'.split(',')

/** The same tokens, none of them likely. */
export const unlikelyTokens: readonly TokenLogprob[] = others.map((token, i) => ({ token, logprob: -4.5 - 0.45 * i }))

export interface Weighed {
  readonly token: string
  readonly distribution: readonly TokenLogprob[]
}

/**
 * Chooses one of the candidates. `candidates` with probabilities that add up to 1, in order of the digits.
 * The list holds each digit twice, with and without a leading space, and what else a model would have weighed; where
 * the request allows only some answers, all others are as good as impossible.
 */
export function weigh(candidates: ReadonlyMap<string, number>, request: ChatRequest, chance: number): Weighed {
  const constrained = request.choice !== undefined
  const list: TokenLogprob[] = []
  for (const [token, probability] of candidates) {
    // Floors keep logarithms finite; a tenth of a per cent of doubt is what models show, too.
    const mass = Math.log(Math.max(probability, 1e-6))
    if (constrained) list.push({ token, logprob: mass })
    else list.push({ token, logprob: mass + Math.log(0.93) }, { token: ` ${token}`, logprob: mass + Math.log(0.03) })
  }
  for (let i = 0; i < others.length; i++) {
    const logprob = constrained ? forbidden : -4.5 - 0.45 * i + 0.3 * bell(combine(chance, i))
    list.push({ token: others[i]!, logprob })
  }
  list.sort((a, b) => b.logprob - a.logprob)
  return { token: pick(candidates, request, chance), distribution: list }
}

/** The likeliest at temperature 0; drawn by the request's seed above it. */
function pick(candidates: ReadonlyMap<string, number>, request: ChatRequest, chance: number): string {
  if (request.temperature > 0) {
    let left = unit(combine(combine(chance, request.seed), 0xd161))
    for (const [token, probability] of candidates) {
      left -= probability
      if (left < 0) return token
    }
  }
  let best: [string, number] = ['', -1]
  for (const entry of candidates) if (entry[1] > best[1]) best = entry
  return best[0]
}
