import type { PromptWords } from '../engine/declare/index.ts'

/**
 * Small teachers copy the prompt into what they write: its delimiters ("The passage-64c33c3d27fd0287 is a riddle") and
 * its own sentences. Neither has a meaning for whoever reads the pair, and both give the prompt away.
 */

/** So many words of the prompt in a row are no coincidence. */
const runLength = 8

/** What texts are called between delimiters, in any prompt of the pipeline. */
const names = 'passage|counterexample|instruction|response'
/** Words of six letters of the alphabet, which are hexadecimal numbers too. */
const hexadecimalWords = new Set(
  'abed aced added baba babe bade bead beaded beef bedded cafe cede ceded dace dada dead deaf decade deed deface defaced efface effaced face faced facade fade faded feed feeded accede acceded bede cadee'.split(
    ' '
  )
)
const hyphens = '[-‐‑‒–—_]'
/** Its name, a hyphen and at least four digits of a nonce that may be cut or changed. */
const named = new RegExp(`(?<![\\p{L}\\p{N}])(?:${names})${hyphens}([0-9a-f]{4,64})(?![\\p{L}\\p{N}])`, 'giu')
/** With another sign between them, or letters right behind: only what no word and no year looks like. */
const spaced = new RegExp(`(?<![\\p{L}\\p{N}])(?:${names})(?:${hyphens}|[\\s:#=./]{1,3})([0-9a-f]{6,64})`, 'giu')

/** As an element, with a nonce that may be cut or changed. */
const attributed = new RegExp(`<\\s?/?(?:${names}) id ?= ?["'“]?[0-9a-f]{4}`, 'iu')

/**
 * What of its own prompt a text repeats: a delimiter, or eight words in a row. Undefined when it repeats nothing.
 * Linear in the length of both.
 */
export function promptLeak(text: string, { own, nonces }: PromptWords): string | undefined {
  return delimiterIn(text, nonces) ?? repeatedRun(text, own)
}

function delimiterIn(text: string, nonces: readonly string[]): string | undefined {
  const said = text.normalize('NFKC')
  const lower = said.toLowerCase()
  // The beginning or the end of a nonce, under whatever name.
  for (const part of nonces.flatMap(nonce => [nonce.slice(0, 8), nonce.slice(-8)])) {
    const at = lower.indexOf(part)
    if (at >= 0) return said.slice(Math.max(0, at - 24), at + 16)
  }
  const asElement = attributed.exec(said)
  if (asElement) return asElement[0]
  for (const [found, digits] of said.matchAll(named)) if (!hexadecimalWords.has(digits!.toLowerCase())) return found
  for (const [found, digits] of said.matchAll(spaced)) if (/\d/.test(digits!) && /[a-f]/i.test(digits!)) return found
  return undefined
}

const runsOf = new Map<string, ReadonlySet<string>>()
const mostKept = 512

/** Every run of eight words of the prompt. The same for all records of a cell: remembered. */
function ownRuns(own: readonly string[]): ReadonlySet<string> {
  const key = own.join('\u0000')
  const known = runsOf.get(key)
  if (known) return known
  const runs = new Set<string>()
  for (const part of own) {
    const words = wordsOf(part)
    for (let at = 0; at + runLength <= words.length; at++) runs.add(runAt(words, at))
  }
  if (runsOf.size >= mostKept) runsOf.delete(runsOf.keys().next().value!)
  runsOf.set(key, runs)
  return runs
}

const runAt = (words: readonly Word[], at: number): string =>
  words
    .slice(at, at + runLength)
    .map(({ form }) => form)
    .join(' ')

function repeatedRun(text: string, own: readonly string[]): string | undefined {
  const runs = ownRuns(own)
  if (runs.size === 0) return undefined
  const words = wordsOf(text)
  for (let at = 0; at + runLength <= words.length; at++)
    if (runs.has(runAt(words, at))) return text.slice(words[at]!.begin, words[at + runLength - 1]!.end)
  return undefined
}

interface Word {
  /** As it is compared. */
  readonly form: string
  readonly begin: number
  readonly end: number
}

/** Words as people count them, without punctuation and capitals; where a script writes no spaces, by the segmenter. */
function wordsOf(text: string): readonly Word[] {
  const words: Word[] = []
  for (const { 0: found, index } of text.matchAll(wordOrRun)) {
    if (!unspaced.test(found)) words.push({ form: formOf(found), begin: index, end: index + found.length })
    else
      for (const { segment, index: at, isWordLike } of segmenter.segment(found))
        if (isWordLike) words.push({ form: formOf(segment), begin: index + at, end: index + at + segment.length })
  }
  return words
}

const wordOrRun = /[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}\p{N}]+)*/gu
const unspaced = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u
const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' })
const formOf = (word: string): string => word.normalize('NFKC').toLowerCase().replaceAll('’', "'")
