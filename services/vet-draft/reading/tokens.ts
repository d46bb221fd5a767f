import type { Tag } from './language.ts'
import { type Entry, type Lexicon, normalWord, unknown } from './lexicon.ts'
import { type Piece, piecesOf } from './quotations.ts'

/** A word, a phrase of the lexicon, a number, a mark, the end of a line, or a stretch that is quoted. */
export interface Token {
  readonly kind: 'word' | 'number' | 'mark' | 'line' | 'material' | 'hole'
  /** As it stands; what is quoted without its marks. */
  readonly text: string
  readonly word: string
  readonly tags: ReadonlySet<Tag>
  readonly stem: string
  /** Begins with a capital, in a script that has them. */
  readonly capital: boolean
  /** Where it begins and ends in the instruction. */
  readonly at: number
  readonly end: number
  /** How many words are quoted; 0 elsewhere. */
  readonly words: number
  readonly form?: 'quote' | 'code' | 'bracket' | 'block' | 'colon'
}

const none: ReadonlySet<Tag> = new Set()
const parts = /[\p{L}\p{M}]+(?:['’-][\p{L}\p{M}]+)*|\p{N}+(?:[.,:]\p{N}+)*|\n|\S/gu
const ownLetters = /^[\p{L}\p{M}]/u

export const has = (token: Token | undefined, ...tags: readonly Tag[]): boolean =>
  token !== undefined && tags.some(tag => token.tags.has(tag))

/** Ends a sentence, in any script. */
export const endsSentence = (token: Token | undefined): boolean =>
  token === undefined || token.kind === 'line' || (token.kind === 'mark' && '.?!。？！؟।…'.includes(token.text))

export const isMark = (token: Token | undefined, marks: string): boolean =>
  token?.kind === 'mark' && marks.includes(token.text)

/** An instruction as tokens, in one pass. */
export function tokensOf(instruction: string, lexicon: Lexicon): Token[] {
  const raw = piecesOf(instruction).flatMap(piece =>
    piece.kind === 'words' ? rawTokens(piece, lexicon) : [quoted(piece)]
  )
  return withPhrases(raw, lexicon)
}

const quoted = (piece: Exclude<Piece, { kind: 'words' }>): Token => ({
  kind: piece.placeholder ? 'hole' : 'material',
  text: piece.text,
  word: '…',
  tags: none,
  stem: '…',
  capital: false,
  at: piece.at,
  end: piece.at + piece.text.length + 2,
  words: piece.words,
  form: piece.kind
})

function rawTokens({ text, at }: { text: string; at: number }, lexicon: Lexicon): Token[] {
  const tokens: Token[] = []
  const push = (part: string, from: number): void => {
    tokens.push(plainToken(part, at + from, lexicon))
  }
  for (const { 0: part, index } of text.matchAll(parts)) {
    if (!ownLetters.test(part)) push(part, index)
    else if (lexicon.language.unspaced) for (const { segment, index: i } of segmentsOf(part)) push(segment, index + i)
    else {
      const cut = parted(part, lexicon)
      if (cut > 0) push(part.slice(0, cut), index)
      push(part.slice(cut), index + cut)
    }
  }
  return tokens
}

const segmenters = new Intl.Segmenter('zh', { granularity: 'word' })
const segmentsOf = (part: string): Iterable<{ segment: string; index: number }> => segmenters.segment(part)

/** Where a word is two: the owner's 's, an article that lost its vowel. 0 where it is one. */
function parted(part: string, { elided }: Lexicon): number {
  const apostrophe = part.search(/['’]/)
  if (apostrophe < 0) return 0
  if (elided.has(normalWord(part.slice(0, apostrophe)))) return apostrophe + 1
  return /['’][sS]$/.test(part) ? part.length - 2 : 0
}

function plainToken(part: string, at: number, lexicon: Lexicon): Token {
  const word = normalWord(part)
  const entry = lexicon.find(word) ?? unknown(word)
  const kind =
    part === '\n'
      ? 'line'
      : ownLetters.test(part) || part.startsWith("'") || part.startsWith('’')
        ? 'word'
        : /^\p{N}/u.test(part)
          ? 'number'
          : 'mark'
  return { kind, text: part, word, ...entry, capital: /^\p{Lu}/u.test(part), at, end: at + part.length, words: 0 }
}

/** Joins what the lexicon knows as one phrase, the longest first. */
function withPhrases(raw: readonly Token[], lexicon: Lexicon): Token[] {
  const { find, longest, language } = lexicon
  if (longest === 1) return [...raw]
  const tokens: Token[] = []
  for (let i = 0; i < raw.length; ) {
    const [phrase, count] = longestPhrase(raw, i, longest, find, language.unspaced ? '' : ' ')
    tokens.push(phrase)
    i += count
  }
  return tokens
}

function longestPhrase(
  raw: readonly Token[],
  i: number,
  longest: number,
  find: (words: string) => Entry | undefined,
  join: '' | ' '
): readonly [Token, number] {
  const first = raw[i]!
  if (first.kind !== 'word') return [first, 1]
  let words = first.word
  let found: readonly [Token, number] = [first, 1]
  for (let count = 2; count <= longest && raw[i + count - 1]?.kind === 'word'; count++) {
    const last = raw[i + count - 1]!
    words += join + last.word
    const entry = find(words)
    // Endings are open for words, not for phrases: a phrase must end where the lexicon says.
    if (entry && (join === ' ' ? entry.stem.includes(' ') : entry.stem === words))
      found = [{ ...first, ...entry, word: words, text: `${first.text}${join}${last.text}`, end: last.end }, count]
  }
  return found
}

/** For evidence: what stands around some tokens. */
export const around = (instruction: string, tokens: readonly Token[], from: number, to: number): string =>
  instruction.slice(tokens[from]!.at, tokens[to]!.end).replace(/\s+/g, ' ').slice(0, 200)
