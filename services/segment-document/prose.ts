import { countWords, hasUnspaced, spacedRuns } from '../words.ts'
import type { Block } from './extraction/blocks.ts'
import { normaliseText } from './text-hash.ts'

/** Blocks without what is no prose, and how many characters each rule left out. */
export interface Prose {
  readonly kept: readonly Block[]
  readonly leftOut: ReadonlyMap<string, number>
}

/** Only so much of a block is looked at where a rule judges its general make-up. */
const looked = 10_000

/** Leaves out navigation, notices, licences, repeated blocks, lists of links, symbols and noise. English notices only. */
export function proseOf(blocks: readonly Block[]): Prose {
  const kept: Block[] = []
  const leftOut = new Map<string, number>()
  const seen = new Set<string>()
  for (const block of blocks) {
    const why = noise(block) ?? boilerplate(block) ?? repeated(block, seen)
    if (why === undefined) kept.push(block)
    else leftOut.set(why, (leftOut.get(why) ?? 0) + block.text.length)
  }
  return { kept, leftOut }
}

function boilerplate({ text, linked }: Block): string | undefined {
  if (linked > text.length / 2) return 'links'
  if (text.length > 4_000) return undefined
  if (licenceText.test(text)) return 'licence'
  if (text.length > 400) return undefined
  if (copyrightLine.test(text)) return 'copyright'
  if (/\bcookies?\b/i.test(text) && /\b(?:accept|consent|preferences|we use|this (?:web)?site uses)\b/i.test(text))
    return 'cookie notice'
  if (/\bsubscribe to (?:our|the) newsletter\b/i.test(text)) return 'navigation'
  return countWords(text) <= 5 && navigation.test(text) ? 'navigation' : undefined
}

const licenceText =
  /permission is hereby granted, free of charge|redistribution and use in source and binary forms|software is provided ["“]?as[ -]is|licensed under the .{0,80}licen[cs]e|released under the .{0,80}licen[cs]e/i
const copyrightLine = /^(?:-\s*)?(?:©|\(c\)\s|copyright\b(?=.*(?:©|\(c\)|\b(?:19|20)\d\d\b)))|\ball rights reserved\b/i
const navigation =
  /^(?:-\s*)?(?:skip to (?:main )?content|read more|continue reading|share(?: (?:this|on).*)?|log ?in|sign (?:in|up|out)|subscribe|back to top|menu|home|search|privacy policy|terms (?:of|and) .*|table of contents|contents|next|previous|older posts|newer posts|click here|advertisement|follow us.*|contact us|about us|licen[cs]e|mit|comments?|tags?:?.*|categories:?.*)\s*[.!»›→]*$/i

/** Text that is not made of words: figures and symbols, unbroken strings, one thing over and over. */
function noise({ text, kind }: Block): string | undefined {
  const sample = text.length > looked ? text.slice(0, looked).toWellFormed() : text
  const visible = sample.replace(/\s+/g, '')
  if (visible === '') return 'symbols'
  // A heading or an entry of a list may well be a number or a name.
  const letters = visible.match(/[\p{L}\p{M}]/gu)?.join('').length ?? 0
  if (letters * 2 < visible.length) return 'symbols'
  if (kind !== 'paragraph' && text.length < 200) return undefined
  if (unbroken(sample) * 2 > sample.length) return 'unbroken strings'
  if (text.length >= 200 && new Set(visible).size < 10) return 'repetition'
  const words = normaliseText(sample).split(' ')
  if (words.length >= 50 && new Set(words).size * 10 < words.length) return 'repetition'
  return undefined
}

/** Characters in runs of more than 100 without white space; letters of scripts that part no words end a run. */
function unbroken(sample: string): number {
  let characters = 0
  for (const stretch of sample.split(/\s/)) {
    if (stretch.length <= 100) continue
    for (const run of hasUnspaced(stretch) ? spacedRuns(stretch) : [stretch])
      if (run.length > 100) characters += run.length
  }
  return characters
}

/** The first of several equal blocks stays. Short headings may come again: they are titles of different things. */
function repeated({ text, kind }: Block, seen: Set<string>): string | undefined {
  const normalised = normaliseText(text)
  if (seen.has(normalised) && kind !== 'heading') return 'repeated'
  seen.add(normalised)
  return undefined
}
