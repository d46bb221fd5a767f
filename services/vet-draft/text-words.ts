import { isOrdered } from './reading/noun-phrase.ts'
import { before, type Reading } from './reading/reading.ts'
import { endsSentence, has, isMark, type Token } from './reading/tokens.ts'

/** Verbs that work on texts alone, and what only texts have: whatever they are said of is a text, be its name unknown. */
const verbs = /^(?:translate|paraphrase|rephrase|reword|proofread|restate|shorten|condense|reformulate|transcribe)$/
const aspects = /^(?:gist|plot|moral|sentiment|synopsis|takeaways?|wording|punchline|storyline|narrator|protagonist)$/

/**
 * "Paraphrase the aphorism", "the gist of the harangue": English words for texts are too many to list.
 * @returns first and last place of the phrase, undefined where there is none or where more is said of it.
 */
export function namelessText(reading: Reading, i: number): readonly [number, number] | undefined {
  const { tokens, lexicon } = reading
  if (lexicon.language.code !== 'en') return undefined
  const { word } = tokens[i]!
  const start =
    verbs.test(word) && isOrdered(reading, i) ? i + 1 : aspects.test(word) && has(tokens[i + 1], 'of') ? i + 2 : -1
  if (start < 0 || !has(tokens[start], 'the', 'this')) return undefined
  let head = start
  while (head - start < 4 && tokens[head + 1]?.kind === 'word' && tokens[head + 1]!.tags.size === 0) head++
  const noun = tokens[head]!
  const next = tokens[head + 1]
  const alone =
    next === undefined || endsSentence(next) || isMark(next, ',;') || has(next, 'with', 'in', 'and', 'auxiliary')
  if (head === start || !alone || noun.capital || noun.word === "'s") return undefined
  return before(reading, start).some(earlier => sameWord(earlier, noun)) ? undefined : [start, head]
}

const sameWord = (a: Token, b: Token): boolean => a.word.replace(/s$/, '') === b.word.replace(/s$/, '')
