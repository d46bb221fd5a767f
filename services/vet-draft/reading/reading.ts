import { withAnnounced } from './announcements.ts'
import { withBlocks } from './blocks.ts'
import type { Tag } from './language.ts'
import type { Lexicon } from './lexicon.ts'
import { endsSentence, has, type Token, tokensOf } from './tokens.ts'

/** More is not read: no instruction is this long, and the rules look at every word. */
const looked = 8_000

/** How far a rule looks from a word, in tokens: every rule takes linear time. */
export const reach = 80

/** An instruction as the rules see it. */
export interface Reading {
  readonly instruction: string
  readonly lexicon: Lexicon
  /** What is quoted, listed or stands after a colon is one token. */
  readonly tokens: readonly Token[]
  /** First and last token of each sentence. */
  readonly sentences: readonly (readonly [first: number, last: number])[]
  /** Place in `sentences`, by token. */
  readonly sentenceOf: readonly number[]
  /** What occurs anywhere in it. */
  readonly tags: ReadonlySet<Tag>
  readonly quotes: boolean
  /** The instruction's own words, without what it quotes. */
  readonly words: string
}

export function readInstruction(whole: string, lexicon: Lexicon): Reading {
  const instruction = whole.slice(0, looked)
  const tokens = withAnnounced(withBlocks(tokensOf(instruction, lexicon)))
  const sentences: [number, number][] = []
  const sentenceOf: number[] = []
  let first = 0
  tokens.forEach((token, i) => {
    sentenceOf.push(sentences.length)
    if (!endsSentence(token) && i < tokens.length - 1) return
    sentences.push([first, i])
    first = i + 1
  })
  const words = tokens
    .map(({ kind, text }) => (kind === 'material' || kind === 'hole' ? '…' : text))
    .join(lexicon.language.unspaced ? '' : ' ')
  const tags = new Set(tokens.flatMap(token => [...token.tags]))
  const quotes = tokens.some(({ kind }) => kind === 'material')
  return { instruction, lexicon, tokens, sentences, sentenceOf, tags, quotes, words }
}

/** Whether a sentence has a word with the tag. */
export function sentenceHas({ tokens, sentences, sentenceOf }: Reading, at: number, tag: Tag): boolean {
  const [first, last] = sentences[sentenceOf[at]!]!
  for (let i = Math.max(first, at - reach); i <= Math.min(last, at + reach); i++) if (has(tokens[i], tag)) return true
  return false
}

/** Some tokens before and after a place. */
export const before = ({ tokens }: Reading, at: number): readonly Token[] => tokens.slice(Math.max(0, at - reach), at)
export const after = ({ tokens }: Reading, at: number): readonly Token[] => tokens.slice(at, at + reach)
