/**
 * A stand-in for a tokeniser: a token is up to six letters or digits with the space before them, or one other character.
 * About 1.3 tokens an English word, as with real ones; deterministic, and linear in the text whatever it holds.
 */

/** Tokens in a block of the prefix cache, as in vLLM on GPUs. */
export const blockTokens = 16

const longestToken = 6

/** Where the token that begins at `from` ends. `from` must lie before the end of the text. */
function tokenEnd(text: string, from: number): number {
  let end = from
  if (text.charCodeAt(end) === 32 && end + 1 < text.length) end += 1
  if (!isWordUnit(text.charCodeAt(end))) return end + 1
  const limit = Math.min(end + longestToken, text.length)
  while (end < limit && isWordUnit(text.charCodeAt(end))) end += 1
  return end
}

function isWordUnit(unit: number): boolean {
  return (
    (unit >= 97 && unit <= 122) || (unit >= 65 && unit <= 90) || (unit >= 48 && unit <= 57) || unit >= 0x80 // any script
  )
}

export function countTokens(text: string): number {
  let tokens = 0
  for (let at = 0; at < text.length; at = tokenEnd(text, at)) tokens += 1
  return tokens
}

/** The first `limit` tokens of the text. */
export function cutTokens(text: string, limit: number): string {
  let at = 0
  for (let tokens = 0; at < text.length && tokens < limit; tokens++) at = tokenEnd(text, at)
  return text.slice(0, at)
}

export function splitTokens(text: string): string[] {
  const tokens: string[] = []
  for (let at = 0; at < text.length; ) {
    const end = tokenEnd(text, at)
    tokens.push(text.slice(at, end))
    at = end
  }
  return tokens
}

export interface PromptTokens {
  readonly tokens: number
  /** One number a full block; it depends on every token before its end, so equal numbers mean equal prefixes. */
  readonly blocks: readonly number[]
}

/** Reads a prompt given in parts, in order. */
export function readPromptTokens(parts: readonly string[]): PromptTokens {
  const blocks: number[] = []
  let tokens = 0
  // Two 32-bit hashes side by side make 53 bits: with 65,536 blocks a false match is out of the question.
  let high = 0x811c9dc5
  let low = 0x1b873593
  for (const text of parts) {
    for (let at = 0; at < text.length; ) {
      const end = tokenEnd(text, at)
      for (; at < end; at++) {
        const unit = text.charCodeAt(at)
        high = Math.imul(high ^ unit, 0x01000193)
        low = Math.imul(low ^ unit, 0x5bd1e995)
      }
      tokens += 1
      if (tokens % blockTokens === 0) blocks.push((high >>> 0) * 0x200000 + (low >>> 11))
    }
  }
  return { tokens, blocks }
}
