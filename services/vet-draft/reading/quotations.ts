import { countWords } from '../../words.ts'
import { isPlaceholder } from './placeholders.ts'

/** A stretch of an instruction: its own words, or something that it quotes. */
export type Piece =
  | { readonly kind: 'words'; readonly text: string; readonly at: number }
  | {
      readonly kind: 'quote' | 'code' | 'bracket'
      readonly text: string
      readonly at: number
      readonly words: number
      readonly placeholder: boolean
    }

/** Opening mark -> closing marks. Those that are also apostrophes are looked at more closely. */
const closers: Readonly<Record<string, string>> = {
  '"': '"',
  '“': '”“"',
  '„': '“”"',
  '”': '”',
  '«': '»',
  '»': '«',
  '‹': '›',
  '「': '」',
  '『': '』',
  '《': '》',
  '〈': '〉',
  '＂': '＂',
  "'": "'",
  '‘': '’',
  '[': ']',
  '{': '}',
  '<': '>',
  '【': '】',
  '［': '］',
  '｛': '｝',
  '＜': '＞'
}
const brackets = new Set('[{<【［｛＜')
const apostrophes = new Set("'‘")

/** Longest quotation that is read as one, in UTF-16 units; between apostrophes. */
const longest = 6_000
const longestBetweenApostrophes = 600

const isLetter = (sign: string | undefined): boolean => sign !== undefined && /[\p{L}\p{N}]/u.test(sign)

/** Parts an instruction into its own words and what it quotes. One pass; each closing mark is looked for once. */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = []
  const absent = new Map<string, number>()
  let from = 0
  const take = (kind: 'quote' | 'code' | 'bracket', at: number, inner: string, end: number): void => {
    if (at > from) pieces.push({ kind: 'words', text: text.slice(from, at), at: from })
    const placeholder = isPlaceholder(inner, kind === 'bracket')
    pieces.push({ kind, text: inner, at, words: countWords(inner), placeholder })
    from = end
  }
  /** Place of a string from `at` on, at most `limit` further; what is nowhere is not looked for again. */
  const find = (wanted: string, at: number, limit: number): number => {
    const known = absent.get(wanted)
    if (known !== undefined && known >= at) return known === Infinity || known - at > limit ? -1 : known
    const found = text.indexOf(wanted, at)
    absent.set(wanted, found < 0 ? Infinity : found)
    return found < 0 || found - at > limit ? -1 : found
  }

  for (let at = 0; at < text.length; at++) {
    const sign = text[at]!
    if (sign === '`') {
      const ticks = text.startsWith('```', at) ? '```' : '`'
      const end = find(ticks, at + ticks.length, longest)
      if (end < 0) continue
      take('code', at, text.slice(at + ticks.length, end), end + ticks.length)
      at = from - 1
      continue
    }
    const closing = closers[sign]
    if (closing === undefined) continue
    // "a < b": not a bracket.
    if (sign === '<' && !/[\p{L}/]/u.test(text[at + 1] ?? '')) continue
    const end = apostrophes.has(sign) ? closingApostrophe(text, at, closing) : firstOf(closing, at + 1, find)
    if (end < 0) continue
    take(brackets.has(sign) ? 'bracket' : 'quote', at, text.slice(at + 1, end), end + 1)
    at = from - 1
  }
  if (from < text.length) pieces.push({ kind: 'words', text: text.slice(from), at: from })
  return pieces
}

function firstOf(signs: string, at: number, find: (wanted: string, at: number, limit: number) => number): number {
  let first = -1
  for (const sign of signs) {
    const end = find(sign, at, longest)
    if (end >= 0 && (first < 0 || end < first)) first = end
  }
  return first
}

/** 'It's late', not dogs' and cats': a mark with a space on the outside and none on the inside. */
function closingApostrophe(text: string, at: number, closing: string): number {
  if (isLetter(text[at - 1]) || /\s/.test(text[at + 1] ?? ' ')) return -1
  const last = Math.min(text.length, at + longestBetweenApostrophes)
  for (let end = at + 2; end < last; end++) {
    if (text[end] === '\n') return -1
    if ((text[end] === closing || text[end] === '’') && !isLetter(text[end + 1]) && !/\s/.test(text[end - 1]!))
      return end
  }
  return -1
}
