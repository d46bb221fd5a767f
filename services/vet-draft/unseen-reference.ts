import { pointsToText, saysWhatToDo } from './reading/blocks.ts'
import { type GivenMaterial, givenMaterial } from './reading/given-material.ts'
import {
  isCompleted,
  isCompound,
  isIntroduced,
  isMade,
  isSuffix,
  isWorkedOn,
  type NounPhrase,
  nounPhrase
} from './reading/noun-phrase.ts'
import { after, before, type Reading, reach, sentenceHas } from './reading/reading.ts'
import { around, endsSentence, has, isMark, type Token } from './reading/tokens.ts'
import { namelessText } from './text-words.ts'

/**
 * References to a text that the reader does not have (FANNO, hard rules on drafts). An instruction that points to a text,
 * a table, a sentence, a list must contain it. What points: an article or a demonstrative that nothing in the instruction
 * accounts for. "Write a text about spring", "how do reviews influence buyers" and "the story of Icarus" point to nothing.
 * @returns the words that point; undefined when the instruction stands by itself.
 */
export function unseenReference(reading: Reading): string | undefined {
  const { tokens, instruction } = reading
  const given = givenMaterial(reading)
  const isProgram = reading.tags.has('program') && reading.tags.has('create')
  for (let i = 0; i < tokens.length; i++) {
    const found = hole(reading, i) ?? reference(reading, i, given, isProgram) ?? pointer(reading, i, given)
    if (found) return around(instruction, tokens, found[0], Math.min(found[1], tokens.length - 1))
  }
  return undefined
}

type Span = readonly [first: number, last: number]

/** "[insert text here]" stands where the material should. */
const hole = (reading: Reading, i: number): Span | undefined =>
  reading.tokens[i]!.kind === 'hole' &&
  (reading.tokens[i]!.words > 0 || before(reading, i).some(token => has(token, 'text', 'items', 'consume')))
    ? [i, i]
    : undefined

function reference(reading: Reading, i: number, given: GivenMaterial, isProgram: boolean): Span | undefined {
  const { tokens } = reading
  const noun = tokens[i]!
  if (!has(noun, 'text', 'items', 'logic', 'teller')) return undefined
  // The main character's name: a request for a name.
  if (tokens[i + 1]?.word === "'s" && (has(tokens[i + 2], 'name') || has(tokens[i + 3], 'name'))) return undefined
  const phrase = nounPhrase(reading, i)
  const span = [phrase.start, i] as const
  if (isCompound(reading, phrase) || phrase.named || isMade(reading, phrase)) return undefined
  if (isGiven(reading, phrase, given)) return undefined
  // "The statement that this sentence is false": speaks of itself.
  if (has(tokens[phrase.start - 1], 'that') && has(tokens[phrase.start - 2], 'logic', 'text')) return undefined
  if (isLettered(reading, i)) return [i, i + 1]
  if (isCompleted(reading, phrase) || isIntroduced(reading, phrase, isProgram)) return undefined
  if (has(noun, 'teller')) return isTeller(reading, phrase) ? span : undefined
  if (phrase.determiner === 'this' || phrase.pointing) return told(reading, phrase) ? undefined : span
  if (phrase.determiner === 'the') {
    if (has(noun, 'soft') && (!isRead(reading, phrase) || made(reading, phrase.start, isProgram))) return undefined
    return told(reading, phrase) ? undefined : span
  }
  if (isChoiceOf(reading, i, given)) return [i - 1, i]
  if (phrase.determiner === 'possessive' && isOwnedByUnknown(reading, phrase)) return span
  if (phrase.determiner === 'a') return isProgram || !isUnmadeObject(reading, phrase) ? undefined : span
  if (
    phrase.determiner === 'bare' &&
    reading.lexicon.language.bareMayPoint &&
    !isProgram &&
    !/用$/.test(tokens[i - 1]?.word ?? '')
  )
    return isRead(reading, phrase) ? span : undefined
  return undefined
}

/** "Write a limerick, and explain the joke": what is worked on is first to be made. */
function made(reading: Reading, at: number, isProgram: boolean): boolean {
  const earlier = before(reading, at)
  const create = earlier.findIndex(token => has(token, 'create') && token.word !== 'imagine')
  if (create < 0) return false
  return (
    isProgram ||
    earlier.some(
      (token, i) =>
        i > create + 1 && has(token, 'consume') && (isMark(earlier[i - 1], ',;.') || has(earlier[i - 1], 'and'))
    )
  )
}

/** "Sentence B", "in each sentence": of some that are not there. */
function isLettered({ tokens, sentences, sentenceOf }: Reading, i: number): boolean {
  const noun = tokens[i]!
  const next = tokens[i + 1]
  if (!has(noun, 'text', 'logic')) return false
  const start = sentences[sentenceOf[i]!]![0]
  if (tokens[i - 1]?.word === 'each' && has(tokens[start], 'consume') && !has(noun, 'work')) return true
  if (has(noun, 'soft', 'work')) return false
  if (/^(?:[A-Z]|[1-9])$/.test(next?.text ?? '') && !isMark(tokens[i + 2], ':：')) return noun.word !== 'article'
  return false
}

/** "Which sentence is correct?": one of those that are not there. */
const isChoiceOf = ({ tokens }: Reading, i: number, given: GivenMaterial): boolean =>
  tokens[i - 1]?.word === 'which' &&
  /^(?:sentence|statement|paragraph|line|option|version)s?$/.test(tokens[i]!.word) &&
  has(tokens[i + 1], 'auxiliary', 'tells') &&
  !given.text &&
  !tokens.slice(i, i + 8).some(({ word }) => word === 'that')

/** Whether the material that is there can be what the noun means. */
function isGiven(reading: Reading, { noun }: NounPhrase, given: GivenMaterial): boolean {
  const token = reading.tokens[noun]!
  if (has(token, 'logic')) {
    const others = [...before(reading, noun), ...after(reading, noun + 1)].filter(
      other => has(other, 'logic') && other.stem !== token.stem && !has(other, 'soft')
    )
    // A premise alone is not yet a pair.
    return given.text && (others.length === 0 || given.count >= 2 || given.announced)
  }
  return given.text || (given.items && has(token, 'items'))
}

/** So many sentences before and after a noun may tell what it means. */
const mostSentences = 8

/** Whether sentences before or after say it, without quotes: "The soup was cold. What does this review express?" */
function told(reading: Reading, { noun, determiner, pointing }: NounPhrase): boolean {
  const { tokens, sentences, sentenceOf } = reading
  const own = sentenceOf[noun]!
  // "If a customer writes that the shoes fell apart, is the comment …"
  const [begin] = sentences[own]!
  for (let i = Math.max(begin + 1, noun - reach); i < noun - 3; i++)
    if (
      tokens[i]!.word === 'that' &&
      /^(?:writes?|says?|claims?|states?|tells?|complains?|reports?|wrote|said|claimed|remarks?)$/.test(
        tokens[i - 1]!.word
      )
    )
      return true
  const says = ([first, last]: Span, later: boolean): boolean => {
    const sentence = tokens.slice(Math.max(first, last - reach), last + 1)
    const words = sentence.filter(({ kind }) => kind === 'word').length
    // "Is it true that …? Discuss the claim."
    if (words > 6 && isMark(tokens[last], '?') && !later && sentence.some(token => token.word === 'that')) return true
    // "You are a translator."
    if (sentence[0]?.word === 'you') return false
    if (words < 3 || !isMark(tokens[last], '.。!！।') || saysWhatToDo(sentence) || pointsToText(sentence)) return false
    if (
      later &&
      sentence.some(
        token => has(token, 'directive', 'auxiliary') && /^(?:should|must|will|can|may|needs?)$/.test(token.word)
      )
    )
      return false
    return !sentence.some((token, i) => (has(token, 'text') && !(has(token, 'soft') && i > 0)) || has(token, 'exist'))
  }
  if (determiner !== 'this' && !pointing && !has(tokens[noun], 'soft', 'logic', 'items')) return false
  if (sentences.slice(Math.max(0, own - mostSentences), own).some(span => says(span, false))) return true
  return determiner === 'this' && sentences.slice(own + 1, own + mostSentences).some(span => says(span, true))
}

/** Whether a noun of several meanings is meant as a text: worked on, read from, spoken of. */
function isRead(reading: Reading, phrase: NounPhrase): boolean {
  const { tokens } = reading
  const { start, noun } = phrase
  if (isWorkedOn(reading, phrase)) return true
  let before = start - 1
  while (before >= 0 && has(tokens[before], 'number', 'small')) before--
  const generic = /^(?:array|string|set|matrix|loop|map)$/.test(tokens[noun]!.word)
  if (
    (has(tokens[before], 'source') && !(generic && tokens[before]!.word === 'from')) ||
    (reading.lexicon.language.unspaced && has(tokens[noun + 1], 'source'))
  )
    return true
  // Die Hauptfigur der Geschichte, мысль текста: a genitive.
  if (reading.lexicon.language.verbsMayFollow)
    for (let i = noun - 1; i >= start - 1 && i >= noun - 3; i--) if (has(tokens[i], 'aspect')) return true
  // The second claim, which of the two …
  if (has(tokens[noun], 'claim', 'askable') && tokens.slice(start, noun).some(token => has(token, 'number')))
    return true
  if (has(tokens[before], 'of') && /^(?:which|what|one|each|any)$/.test(tokens[before - 1]?.word ?? '')) return true
  // Do the two phrases have …
  if (has(tokens[before], 'auxiliary') && tokens.slice(start, noun).some(token => has(token, 'number'))) return true
  // The customer's request; what fits the description.
  const owned = tokens[noun - 1]?.word === "'s" || tokens[noun - 2]?.word === "'s"
  if (
    owned &&
    has(tokens[noun], 'text') &&
    (sentenceHas(reading, noun, 'consume') || sentenceHas(reading, noun, 'question'))
  )
    return true
  if (
    /^(?:fits?|match(?:es)?|suits?|describes?|captures?|summari[sz]es?|explains?|presents?|interprets?|analy[sz]es|discusses|compares)$/.test(
      tokens[before]?.word ?? ''
    )
  )
    return true
  const next = tokens[noun + 1]
  const isFree =
    next === undefined ||
    endsSentence(next) ||
    isMark(next, ',;，；、') ||
    has(next, 'and', 'auxiliary', 'tells', 'of', 'in')
  if (has(tokens[before], 'of', 'in', 'about', 'with') || has(tokens[start], 'of')) {
    const from = has(tokens[start], 'of') ? start - 1 : before - 1
    for (let i = from; i >= 0 && i >= from - 4; i--) {
      if (has(tokens[i], 'aspect')) return true
      if (endsSentence(tokens[i])) break
    }
    if (isFree && (has(tokens[noun], 'work') || (has(tokens[noun], 'items') && !has(next, 'of')))) return true
  }
  // Wie endet das Märchen: elsewhere the verb stands first in a question.
  if (reading.lexicon.language.code !== 'en' && has(tokens[before], 'tells') && !has(tokens[noun], 'term')) return true
  if (reading.lexicon.language.unspaced)
    for (let i = noun + 1; i <= noun + 2; i++) if (has(tokens[i], 'tells')) return true
  // これは: the aspect stands behind the noun where the genitive does.
  if (reading.lexicon.language.unspaced)
    for (let i = noun + 1; i <= noun + 3; i++) if (has(tokens[i], 'aspect', 'teller')) return true
  const verb = tokens[noun + 1]
  if (has(verb, 'tells') || (has(verb, 'small') && has(tokens[noun + 2], 'tells'))) return true
  // What does the script do?
  const does = has(tokens[before], 'auxiliary') && verb?.kind === 'word'
  return (
    does &&
    (has(verb, 'tells') ||
      (has(tokens[noun], 'items') && tokens[before - 1]?.word === 'what' && endsSentence(tokens[noun + 2])))
  )
}

/** "What does the customer want in her message?" */
function isOwnedByUnknown(reading: Reading, { start, noun }: NounPhrase): boolean {
  const { tokens, sentences, sentenceOf } = reading
  if (!has(tokens[noun], 'text') || has(tokens[noun], 'work') || reading.tags.has('create')) return false
  const [first] = sentences[sentenceOf[noun]!]!
  for (let i = Math.max(first, start - 12); i < start; i++)
    if (has(tokens[i], 'role', 'teller') && has(tokens[i - 1], 'the', 'this')) return true
  return false
}

/** "Summarise a review": one that exists, and is not there. */
function isUnmadeObject(reading: Reading, phrase: NounPhrase): boolean {
  const { tokens, sentences, sentenceOf } = reading
  const { start, noun } = phrase
  if (!has(tokens[noun], 'text') || has(tokens[noun], 'soft')) return false
  const [first] = sentences[sentenceOf[noun]!]!
  const given = has(tokens[start - 1], 'exist') && start - 1 === first
  const ordered = has(tokens[start - 1], 'consume') && start - 1 === first
  return (given || ordered) && !after(reading, noun).some(token => has(token, 'generic'))
}

/** The author who says something, and whom nothing names. */
function isTeller(reading: Reading, phrase: NounPhrase): boolean {
  const { tokens, lexicon } = reading
  if (
    phrase.determiner !== 'the' &&
    phrase.determiner !== 'this' &&
    !(phrase.determiner === 'bare' && lexicon.language.bareMayPoint)
  )
    return false
  const { noun, start } = phrase
  if (reading.quotes || (lexicon.language.unspaced && after(reading, noun).some(token => has(token, 'generic'))))
    return false
  if (has(tokens[start - 1], 'source')) return true
  for (let i = noun + 1; i <= noun + 3; i++) {
    if (endsSentence(tokens[i])) break
    if (has(tokens[i], 'tells') || has(tokens[i], 'aspect')) return true
  }
  for (let i = start; i >= 0 && i >= start - 3; i--) if (has(tokens[i], 'aspect', 'tells') && i < start) return true
  return tokens[noun + 1]?.word === "'s" && !tokens[noun + 2]?.capital
}

/** "The following", "the given rectangle", "the benefits mentioned", "summarise this": no noun of ours is needed. */
function pointer(reading: Reading, i: number, given: GivenMaterial): Span | undefined {
  const { tokens, lexicon } = reading
  if (given.text || given.items) return undefined
  const token = tokens[i]!
  if (has(token, 'this') && has(tokens[i - 1], 'consume') && !before(reading, i - 1).some(endsSentence)) {
    const next = tokens[i + 1]
    if (next === undefined || has(next, 'in', 'of', 'with', 'and', 'about', 'auxiliary') || endsSentence(next))
      return [i - 1, i]
  }
  const nameless = namelessText(reading, i)
  if (nameless) return nameless
  if (has(token, 'pointing') && !isSuffix(tokens, i)) return pointed(reading, i)
  if (has(token, 'participle')) return lexicon.language.code === 'en' ? participle(tokens, i) : undefined
  return undefined
}

function pointed(reading: Reading, i: number): Span | undefined {
  const { tokens, lexicon } = reading
  const next = tokens[i + 1]
  const definite = has(tokens[i - 1], 'the', 'this') || lexicon.language.bareMayPoint
  if (lexicon.language.adjectivesFollow && !has(tokens[i - 1], 'the', 'this')) {
    // La tabla siguiente: the noun before it decides; mentioned above: nothing is needed.
    return has(tokens[i], 'participle') && (endsSentence(next) || has(next, 'pointing')) ? [i, i] : undefined
  }
  if (!definite || has(next, 'time-noun') || has(next, 'option', 'term')) return undefined
  let noun = i + 1
  while (
    noun < tokens.length &&
    noun <= i + 4 &&
    tokens[noun]!.kind === 'word' &&
    !has(tokens[noun], 'of', 'in', 'and', 'auxiliary', 'that')
  )
    noun++
  const head = tokens[noun - 1]!
  if (has(head, 'option', 'time-noun')) return undefined
  if (
    noun - 1 > i &&
    before(reading, i).some(earlier => earlier.kind === 'word' && earlier.tags.size === 0 && sameWord(earlier, head))
  )
    return undefined
  if (has(head, 'text', 'items', 'logic')) return undefined
  return [Math.max(0, i - 1), noun - 1]
}

const sameWord = (a: Token, b: Token): boolean => a.word.replace(/s$/, '') === b.word.replace(/s$/, '')

/** "The benefits mentioned.", "as stated above" */
function participle(tokens: readonly Token[], i: number): Span | undefined {
  const before = tokens[i - 1]
  const next = tokens[i + 1]
  const ends = next === undefined || endsSentence(next) || isMark(next, ',;)') || has(next, 'and')
  const backwards = /^(?:above|below|earlier|here|previously)$/.test(next?.word ?? '')
  if (before?.word === 'as' && (ends || backwards)) return [i - 1, i]
  if (backwards) return [i, i + 1]
  // The pros and cons mentioned by the interviewee.
  if (
    next?.word === 'by' &&
    has(tokens[i + 2], 'the') &&
    has(tokens[i + 3], 'role', 'teller') &&
    !has(before, 'auxiliary') &&
    !tokens.slice(i, i + 7).some(({ capital }) => capital)
  )
    return [i - 1, i + 3]
  // The family shown in the picture.
  if (
    /^(?:shown|depicted|pictured|illustrated|mentioned|listed)$/.test(tokens[i]!.word) &&
    next?.word === 'in' &&
    has(tokens[i + 2], 'the', 'this') &&
    !has(before, 'auxiliary') &&
    !tokens.slice(i, i + 7).some(({ capital }) => capital)
  )
    return [i - 1, i + 2]
  if (!ends || before?.kind !== 'word' || has(before, 'of', 'in', 'with', 'about')) return undefined
  // "The benefits mentioned", "which causes are mentioned": a definite noun, or one that is asked for.
  const phrase = tokens.slice(Math.max(0, i - 6), i)
  const definite = phrase.some(
    token => has(token, 'the', 'this') || (has(before, 'auxiliary') && has(token, 'question'))
  )
  const named = phrase.some(token => has(token, 'text', 'items', 'aspect'))
  return (has(tokens[i], 'exist') ? named : definite) ? [i - 1, i] : undefined
}
