import { blockTokens, type PromptTokens } from '../model/tokens.ts'

/** Which prompt prefixes a server still holds, in blocks of 16 tokens, the least recently used forgotten first. */
export interface PrefixCache {
  /** Prompt tokens that need no prefill, then remembers the whole prompt. At least one token is always left to read. */
  read(prompt: PromptTokens): number
}

/** @param capacity in blocks; 0 for a server without a prefix cache. */
export function createPrefixCache(capacity: number): PrefixCache {
  const held = new Map<number, true>() // in order of last use
  return {
    read({ tokens, blocks }) {
      let hits = 0
      while (hits < blocks.length && held.has(blocks[hits]!)) hits += 1
      // Last block first: when room runs out, a prefix loses its end before its beginning.
      for (let i = blocks.length - 1; i >= 0; i--) {
        held.delete(blocks[i]!)
        held.set(blocks[i]!, true)
      }
      for (const oldest of held.keys()) {
        if (held.size <= capacity) break
        held.delete(oldest)
      }
      const reusable = Math.floor((tokens - 1) / blockTokens)
      return Math.max(0, Math.min(hits, reusable)) * blockTokens
    }
  }
}
