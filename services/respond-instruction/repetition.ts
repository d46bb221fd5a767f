import { hasUnspaced } from '../words.ts'

/**
 * Runaway repetition: a model that falls into a loop repeats a word, a sentence or a paragraph until its tokens run out
 * or a server stops it. Refrains, tables and lists repeat, too, but not that often and not that long.
 */

/** A loop shows at its end: no more words than these are looked at. */
const looked = 6_000
/** Longest unit of a loop, in words. */
const longestUnit = 60
/** A loop goes round this often at least, and covers this many words. */
const leastTurns = 5
const leastWords = 30
/** In a text of some length, the least share of runs of four words that are new. */
const leastVariety = 0.2
const longText = 200

/** Words without numbers (a table of zeros is none), in scripts that write no spaces the signs. */
const words =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]|[\p{L}\p{M}']+/gu
/** One sign over and over, rules of tables excepted. */
const stutter = /([\p{L}\p{N}])\1{79}/u

/** What is repeated, with how often or how much; undefined when nothing runs away. */
export function runawayRepetition(text: string): string | undefined {
  if (stutter.test(text)) return `one sign at least 80 times: ${stutter.exec(text)![1]}`
  const said = (text.toLowerCase().match(words) ?? []).slice(-looked)
  // A word of these scripts is about two signs: a refrain of a song is no loop there either.
  const signs = said.filter(word => hasUnspaced(word)).length
  const scale = signs * 2 > said.length ? 1.5 : 1
  for (let unit = 1; unit <= longestUnit * scale; unit++) {
    const needed = Math.max(leastTurns * unit, leastWords * scale)
    let run = unit
    for (let i = unit; i < said.length; i++) {
      run = said[i] === said[i - unit] ? run + 1 : unit
      if (run >= needed) return `${Math.floor(run / unit)} times: ${said.slice(i - unit + 1, i + 1).join(' ')}`
    }
  }
  return said.length < longText ? undefined : monotony(said)
}

function monotony(said: readonly string[]): string | undefined {
  const seen = new Set<string>()
  const runs = said.length - 3
  for (let i = 0; i < runs; i++) seen.add(said.slice(i, i + 4).join(' '))
  const variety = seen.size / runs
  return variety < leastVariety ? `only ${Math.round(variety * 100)} % of all runs of four words are new` : undefined
}
