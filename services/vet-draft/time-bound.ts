import { before, type Reading, reach, sentenceHas } from './reading/reading.ts'
import { around, endsSentence, has, isMark, type Token } from './reading/tokens.ts'

/**
 * Words that bind an instruction to the day it was written (FANNO, hard rules on drafts): recent, current, now, today,
 * soon, the latest, last week. Each counts in its temporal sense only, and where the instruction does not make a time of
 * its own: a story, a condition, a sum, a proverb, a period of history.
 * @returns the word with a little of what surrounds it; undefined when there is none.
 */
export function timeBound(reading: Reading): string | undefined {
  const { tokens, instruction } = reading
  const frame = frameOf(reading)
  for (let i = 0; i < tokens.length; i++) {
    const length = boundAt(reading, i, frame)
    if (length > 0) return around(instruction, tokens, Math.max(0, i - 2), Math.min(tokens.length - 1, i + length + 1))
  }
  return undefined
}

/** What time an instruction makes for itself. */
interface Frame {
  readonly saying: boolean
  readonly program: boolean
  readonly storage: boolean
  readonly physics: boolean
  /** A sum told as a story: a question for a number, and two numbers at least. */
  readonly sum: boolean
  /** Place of the genre that it asks for; Infinity where it asks for none. */
  readonly story: number
}

function frameOf(reading: Reading): Frame {
  const { tokens, tags } = reading
  const numbers = tokens.filter(token => token.kind === 'number' || has(token, 'number')).length
  const making = tokens.findIndex(token => has(token, 'create'))
  const story = making < 0 ? -1 : tokens.findIndex((token, i) => i > making && has(token, 'story'))
  return {
    saying:
      tags.has('saying') ||
      tokens.some(({ word }, i) => /^(?:themes?|motifs?)$/.test(word) && tokens[i + 1]?.word === 'of'),
    program: tags.has('program'),
    storage: tags.has('storage'),
    physics: tags.has('physics'),
    sum: numbers >= 2 || (numbers === 1 && tags.has('time-noun') && asksForNumber(tokens)),
    story:
      story < 0
        ? reading.lexicon.language.verbsMayFollow && tags.has('story') && tags.has('create')
          ? -1
          : Infinity
        : story
  }
}

/** How fast, how many. */
const asksForNumber = (tokens: readonly Token[]): boolean =>
  tokens.some(
    ({ word }, i) => word === 'how' && /^(?:many|much|fast|far|long|old|tall|heavy)$/.test(tokens[i + 1]?.word ?? '')
  )

/** How many tokens from a place on are bound to a time; 0 for none. */
function boundAt(reading: Reading, i: number, frame: Frame): number {
  const { tokens } = reading
  const token = tokens[i]!
  if (token.kind !== 'word' || has(token, 'idiom')) return 0
  if (isName(reading, i)) return 0
  if (has(token, 'always')) return frame.saying ? 0 : 1
  if (has(token, 'day')) return isFree(reading, i, frame) || isConnective(tokens, i) ? 0 : 1
  if (has(token, 'soon'))
    return isFree(reading, i, frame) || (!sentenceHas(reading, i, 'future') && !has(tokens[i + 1], 'future')) ? 0 : 1
  // The coming of spring.
  if (has(token, 'coming') && has(tokens[i + 1], 'of')) return 0
  if (has(token, 'coming'))
    return has(tokens[i + 1], 'soon') || (nounOfTime(tokens, i + 1) && !isFree(reading, i, frame)) ? 1 : 0
  if (has(token, 'current'))
    return (frame.physics && !nounOfThisTime(tokens, i)) ||
      (!nounOfThisTime(tokens, i) && (isFlow(reading, i) || frame.program)) ||
      isOfStory(reading, i, frame)
      ? 0
      : 1
  if (has(token, 'period'))
    return (frame.storage && !nounOfThisTime(tokens, i)) ||
      isPast(reading, i) ||
      isOfStory(reading, i, frame) ||
      isOfAnyone(reading, i)
      ? 0
      : 1
  if (has(token, 'this-time')) return isSpanOfNow(reading, i, frame)
  return 0
}

/** "USA Today", "Apocalypse Now": capitalised within a name, which is capitalised too. */
function isName({ tokens, lexicon }: Reading, i: number): boolean {
  const before = tokens[i - 1]
  return (
    !lexicon.language.capitalNouns &&
    tokens[i]!.capital &&
    before?.kind === 'word' &&
    before.capital &&
    i > 1 &&
    !endsSentence(tokens[i - 2])
  )
}

/** A story, a condition, a sum or a proverb has a day of its own. */
function isFree(reading: Reading, i: number, { saying, sum, story }: Frame): boolean {
  if (saying || sum || i > story) return true
  return isPast(reading, i) || isSupposed(reading, i) || isOfSomebody(reading.tokens, i)
}

/** If, when, imagine: a case of its own. "When will …?" asks for a day. */
const isSupposed = (reading: Reading, i: number): boolean => {
  const first = reading.sentences[reading.sentenceOf[i]!]![0]
  const asks = reading.tokens[first]?.word === 'when' && has(reading.tokens[first + 1], 'auxiliary')
  return !asks && sentenceHas(reading, i, 'suppose')
}

/** A robot that now has feelings. */
const isOfSomebody = (tokens: readonly Token[], i: number): boolean =>
  has(tokens[i - 1], 'that', 'who') && [i - 2, i - 3, i - 4].some(j => /^an?$/.test(tokens[j]?.word ?? ''))

/** "Now, consider …", "now that …": says what follows from what, not when. */
function isConnective(tokens: readonly Token[], i: number): boolean {
  const next = tokens[i + 1]
  if (isMark(next, ',') && (i === 0 || endsSentence(tokens[i - 1])) && tokens[i]!.word.length <= 3) return true
  return (
    has(next, 'suppose') ||
    (tokens[i]!.word === 'now' &&
      /^(?:extinct|defunct|obsolete|lost|classic|famous|independent)$/.test(next?.word ?? ''))
  )
}

/** In the Middle Ages, in 1905, then: a time of its own, long gone. */
function isPast(reading: Reading, i: number): boolean {
  const { tokens, sentences, sentenceOf } = reading
  const [first, last] = sentences[sentenceOf[i]!]!
  for (let j = Math.max(first, i - reach); j <= Math.min(last, i + reach); j++) {
    const token = tokens[j]!
    if (has(token, 'past') && j !== i + 1) return true
    if (token.kind === 'number' && /^1[0-9]{3}$/.test(token.word)) return true
  }
  return false
}

/** The current in a wire: a noun, with nothing after it that it could describe. */
function isFlow(reading: Reading, i: number): boolean {
  const { tokens } = reading
  const next = tokens[i + 1]
  if (next === undefined || next.kind !== 'word') return true
  if (has(next, 'in', 'of', 'with', 'and', 'that', 'auxiliary', 'physics', 'about'))
    return (
      !has(next, 'and') ||
      (!has(tokens[i + 2], 'period', 'coming', 'always') && !/^(?:future|past)$/.test(tokens[i + 2]?.word ?? ''))
    )
  // The element that a program or a game has come to.
  if (
    /^(?:position|player|element|node|index|character|digit|iteration|row|column|cell|pointer|token|thread|instance|item|user|line|word|directory|working)s?$/.test(
      next.word
    )
  )
    return true
  return has(tokens[i - 1], 'physics')
}

const nounOfThisTime = (tokens: readonly Token[], i: number): boolean =>
  /^(?:president|government|events?|trends?|situation|price|prices|market|research|law|laws|minister|population)$/.test(
    tokens[i + 1]?.word ?? ''
  ) ||
  (tokens[i + 1]?.word === 'state' && has(tokens[i + 2], 'of'))

/** Within a story: his current job, an upcoming festival; "the current president" is none of its own. */
function isOfStory({ tokens }: Reading, i: number, { story }: Frame): boolean {
  if (i <= story) return false
  const before = tokens[i - 1]
  return (
    tokens[i]!.word.endsWith('ly') ||
    has(before, 'a', 'possessive') ||
    before?.word === "'s" ||
    has(before, 'that', 'who') ||
    has(before, 'auxiliary')
  )
}

/** A patient who …, people who …; not: which companies that …, the man who … */
const isAnybody = (tokens: readonly Token[], relative: number): boolean => {
  const before = tokens.slice(Math.max(0, relative - 4), relative)
  if (before.some(token => has(token, 'the', 'this') || /^(?:which|what|whose)$/.test(token.word))) return false
  return before.some(token => has(token, 'a')) || /(?:s|people)$/.test(tokens[relative - 1]?.word ?? '')
}

/** A recent graduate, an upcoming change, a patient who recently had surgery: anybody's, at any time. */
function isOfAnyone(reading: Reading, i: number): boolean {
  const { tokens } = reading
  const token = tokens[i]!
  const next = tokens[i + 1]
  if (token.word === 'upcoming' && /^an?$/.test(tokens[i - 1]?.word ?? '')) return true
  if (has(next, 'generic')) return true
  const [, last] = reading.sentences[reading.sentenceOf[i]!]!
  // Recent events better than distant ones.
  for (let j = i + 1; j <= Math.min(last, i + reach); j++)
    if (
      /^(?:distant|older|earlier|remote|ancient)$/.test(tokens[j]!.word) &&
      tokens.slice(i, j).some(({ word }) => word === 'than' || word === 'and' || word === 'or')
    )
      return true
  if (/^more$/.test(tokens[i - 1]?.word ?? ''))
    for (let j = i + 1; j <= i + 3; j++) if (tokens[j]?.word === 'than') return true
  if (/^latest$/.test(token.word) && before(reading, i).some(({ word }) => word === 'were')) return true
  if (!token.word.endsWith('ly')) return false
  if (has(tokens[i - 1], 'a')) return true
  // Recently cleaned surfaces: nobody's in particular, unless they are asked for.
  if (before(reading, i).some(({ word }) => /^(?:some|which|name|list|recommend|mention)$/.test(word))) return false
  if (
    /(?:ed|en)$/.test(next?.word ?? '') &&
    tokens[i + 2]?.kind === 'word' &&
    /s$/.test(tokens[i + 2]!.word) &&
    !has(tokens[i - 1], 'the', 'auxiliary', 'pronoun') &&
    !has(tokens[i + 2], 'pronoun')
  )
    return true
  for (let j = i - 1; j >= 0 && j >= i - 3; j--) if (has(tokens[j], 'who', 'that')) return isAnybody(tokens, j)
  return false
}

const nounOfTime = (tokens: readonly Token[], i: number): boolean => {
  for (let j = i; j <= i + 2; j++) {
    if (has(tokens[j], 'time-noun')) return true
    if (tokens[j]?.kind !== 'word' && tokens[j]?.kind !== 'number') return false
  }
  return false
}

/** Last week, this year, the past few decades. */
function isSpanOfNow(reading: Reading, i: number, frame: Frame): number {
  const { tokens, lexicon } = reading
  if (isFree(reading, i, frame)) return 0
  const next = tokens[i + 1]
  const word = tokens[i]!.word
  // When is the next …: asked from the day on.
  // Who will be the next president?
  const office = /^(?:president|king|queen|pope|minister|chancellor|champion|winner|leader|elections?)$/
  if (
    word === 'next' &&
    has(tokens[i - 1], 'the') &&
    office.test(next?.word ?? '') &&
    sentenceHas(reading, i, 'future')
  )
    return 2
  if (
    word === 'next' &&
    /^(?:when)$/.test(tokens[reading.sentences[reading.sentenceOf[i]!]![0]]?.word ?? '') &&
    has(tokens[i - 1], 'the') &&
    sentenceHas(reading, i, 'future')
  )
    return 2
  if (lexicon.language.code !== 'en') return has(next, 'time-noun') || has(tokens[i - 1], 'time-noun') ? 2 : 0
  const article = has(tokens[i - 1], 'the', 'a', 'possessive') || tokens[i - 1]?.word === "'s"
  if (has(next, 'time-noun') && !article) {
    if (
      word === 'this' &&
      !/^(?:year|month|week|weekend|season|summer|winter|spring|autumn|fall|afternoon|evening|morning|century|decade)s?$/.test(
        next!.word
      )
    )
      return 0
    return has(tokens[i + 2], 'of') ? 0 : 2
  }
  if (!article || word === 'this' || !nounOfTime(tokens, i + 1)) return 0
  // Over the last ten years; not: the last years of his life, the next day.
  const over = tokens
    .slice(Math.max(0, i - 3), i)
    .some(token => /^(?:in|over|during|for|within|since)$/.test(token.word))
  const end = [i + 1, i + 2, i + 3].find(j => has(tokens[j], 'time-noun'))!
  return over && !has(tokens[end + 1], 'of') && (/s$/.test(tokens[end]!.word) || /^(?:past|last|coming)$/.test(word))
    ? end - i
    : 0
}
