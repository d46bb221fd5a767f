import { joint } from '../words.ts'
import { measureTokens, weightOf } from './estimated-tokens.ts'

/** The smallest unit that is not cut further, and what stands between it and the one before. */
export interface Piece {
  readonly text: string
  readonly weight: number
  readonly before: '' | ' ' | '\n' | '\n\n'
}

/** Sentences are looked for in windows of this many UTF-16 units: no library then sees unbounded text. */
const windowUnits = 10_000

const sentences = new Intl.Segmenter('en', { granularity: 'sentence' })

/**
 * A text in pieces of at most `limit` estimated tokens: whole if it fits, else its lines, else their sentences, else runs
 * of words, and only where there is no space, runs of characters.
 * @param before what stands before the first piece.
 */
export function piecesOf(text: string, limit: number, before: Piece['before']): Piece[] {
  const weight = measureTokens(text)
  if (weight <= limit) return [{ text, weight, before }]
  const lines = text.split('\n')
  if (lines.length > 1) return lines.flatMap((line, index) => piecesOf(line, limit, index === 0 ? before : '\n'))
  const pieces: Piece[] = []
  for (const { text: part, glued } of windowsOf(text))
    for (const { segment } of sentences.segment(part)) {
      const sentence = segment.trim()
      if (sentence === '') continue
      const separator =
        pieces.length === 0 ? before : glued && part.startsWith(segment) ? '' : joint(pieces.at(-1)!.text, sentence)
      const sentenceWeight = measureTokens(sentence)
      if (sentenceWeight <= limit) pieces.push({ text: sentence, weight: sentenceWeight, before: separator })
      else pieces.push(...runsOf(sentence, limit, separator))
    }
  return pieces
}

/** Windows that end after a space if there is one in their second half; `glued`: no space stood before it. */
function* windowsOf(text: string): Generator<{ text: string; glued: boolean }> {
  let glued = false
  for (let from = 0; from < text.length; ) {
    let to = Math.min(text.length, from + windowUnits)
    const space = to < text.length ? text.lastIndexOf(' ', to - 1) : -1
    const atSpace = space > from + windowUnits / 2
    if (atSpace) to = space + 1
    else if (to < text.length) to = wholeCharacter(text, to)
    yield { text: text.slice(from, to), glued }
    glued = !atSpace
    from = to
  }
}

/** Runs of words, or of characters where one word is longer than the limit. */
function runsOf(sentence: string, limit: number, before: Piece['before']): Piece[] {
  const pieces: Piece[] = []
  let separator = before
  for (let from = 0; from < sentence.length; ) {
    let to = from
    let weight = 0
    let space = -1
    while (to < sentence.length && weight + weightOf(sentence.charCodeAt(to)) <= limit) {
      if (sentence.charCodeAt(to) === 0x20) space = to
      weight += weightOf(sentence.charCodeAt(to++))
    }
    if (to < sentence.length && space > from) to = space
    else if (to < sentence.length)
      to = Math.max(wholeCharacter(sentence, to, from), from + codePointUnits(sentence, from))
    const text = sentence.slice(from, to)
    pieces.push({ text, weight: measureTokens(text), before: separator })
    separator = sentence.charCodeAt(to) === 0x20 ? ' ' : ''
    from = separator === ' ' ? to + 1 : to
  }
  return pieces
}

/** UTF-16 units of the code point at a place. A piece holds one at least, be it heavier than the limit. */
const codePointUnits = (text: string, at: number): number => (text.codePointAt(at)! > 0xffff ? 2 : 1)

/** Combining marks (variation selectors are among them), the zero-width joiner, skin tones. */
const continues = /^(?:\p{M}|\u200d|\p{Emoji_Modifier})/u

/**
 * The place at or before `at` where text can be parted without tearing a character: not between surrogates, not before a
 * combining mark, a joiner or a skin tone, not after a joiner. Looks back 64 units at most, else parts between surrogates.
 */
function wholeCharacter(text: string, at: number, after = 0): number {
  for (let place = at; place > Math.max(after, at - 64); place--) {
    const unit = text.charCodeAt(place)
    if (unit >= 0xdc00 && unit < 0xe000) continue
    if (text.charCodeAt(place - 1) === 0x200d) continue
    if (!continues.test(String.fromCodePoint(text.codePointAt(place)!))) return place
  }
  const unit = text.charCodeAt(at)
  return unit >= 0xdc00 && unit < 0xe000 ? at - 1 : at
}
