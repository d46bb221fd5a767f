import type { Reading } from './reading.ts'
import { endsSentence, has, isMark, type Token } from './tokens.ts'

/** A noun that may point to a text, with what stands around it. */
export interface NounPhrase {
  /** Places of its first token and of the noun. */
  readonly start: number
  readonly noun: number
  readonly determiner: 'this' | 'the' | 'a' | 'possessive' | 'bare'
  /** "The following", "given", "above". */
  readonly pointing: boolean
  /** A name stands in it: "Mill's essay", "the Gaia hypothesis". */
  readonly named: boolean
}

/** Modifiers between an article and its noun, at most. */
const mostModifiers = 5

export function nounPhrase({ tokens, lexicon }: Reading, noun: number): NounPhrase {
  const { adjectivesFollow, bareMayPoint, capitalNouns } = lexicon.language
  let pointing =
    has(tokens[noun], 'pointing') ||
    (has(tokens[noun + 1], 'pointing') &&
      (adjectivesFollow === true || /^(?:above|below)$/.test(tokens[noun + 1]!.word)))
  pointing ||= adjectivesFollow === true && has(tokens[noun + 2], 'pointing') && !endsSentence(tokens[noun + 1])
  let named = false
  // "Given two lists, …": where there are articles, a pointing word without one says that any will do.
  const bare = (start: number, points: boolean, name: boolean): NounPhrase => ({
    start,
    noun,
    determiner: 'bare',
    pointing: points && (bareMayPoint === true || adjectivesFollow === true || has(tokens[noun + 1], 'pointing')),
    named: name
  })
  const own = tokens[noun]!
  const { joined } = lexicon.language
  if (joined && !has(own, 'the'))
    return has(tokens[noun - 1], 'this')
      ? { start: noun - 1, noun, determiner: 'this', pointing, named }
      : bare(noun, pointing, named)
  if (has(own, 'the'))
    return {
      start: noun,
      noun,
      determiner: has(tokens[noun - 1], 'this') || has(tokens[noun + 1], 'this') ? 'this' : 'the',
      pointing,
      named
    }
  for (let i = noun - 1; i >= 0 && i >= noun - mostModifiers; i--) {
    const token = tokens[i]!
    const found = (determiner: NounPhrase['determiner']): NounPhrase => ({
      start: i,
      noun,
      determiner,
      pointing,
      named
    })
    // ネット上のレビュー: reviews on the net, not the ones above.
    if (has(token, 'pointing') && !isSuffix(tokens, i)) pointing = true
    if (has(token, 'this')) return isClause(tokens, i) ? bare(i + 1, pointing, named) : found('this')
    if (has(token, 'the')) return found('the')
    if (has(token, 'a')) return found('a')
    if (has(token, 'possessive')) return found('possessive')
    if (has(token, 'pointing')) continue
    if (stops(token, i > 0 ? tokens[i - 1] : undefined)) return bare(i + 1, pointing, named)
    if (
      token.capital &&
      /\p{Ll}/u.test(token.text) &&
      i > 0 &&
      !endsSentence(tokens[i - 1]) &&
      !has(token, 'tongue', 'text', 'items', 'logic') &&
      !capitalNouns
    )
      named = true
    if (token.kind === 'number' || has(token, 'number')) continue
  }
  return bare(Math.max(0, noun - mostModifiers), pointing, named)
}

/** "Imply that lists …" begins a clause; "in that list" points. */
const isClause = (tokens: readonly Token[], i: number): boolean =>
  tokens[i]!.word === 'that' &&
  i > 0 &&
  (takesClause.test(tokens[i - 1]!.word) ||
    !has(tokens[i - 1], 'of', 'in', 'about', 'with', 'consume', 'auxiliary', 'source'))

const takesClause =
  /^(?:tell|say|state|explain|determine|decide|infer|find|consider|identify|assess|judge|deduce|confirm|check|verify|predict|add)$/

/** 上 and 下 say "on" and "under" behind a noun. */
export const isSuffix = (tokens: readonly Token[], i: number): boolean =>
  /^[上下]/.test(tokens[i]!.word) && tokens[i - 1]?.kind === 'word' && tokens[i - 1]!.tags.size === 0

const stops = (token: Token, before: Token | undefined): boolean =>
  (token.kind !== 'word' && token.kind !== 'number') ||
  (has(
    token,
    'consume',
    'create',
    'exist',
    'auxiliary',
    'of',
    'about',
    'in',
    'with',
    'that',
    'and',
    'source',
    'pronoun',
    'question',
    'who',
    'tells',
    'state'
  ) &&
    !(has(token, 'of') && has(before, 'number')))

/** Whether the next word makes another thing of the noun ("text editor"), or the one before does ("genetic code"). */
export function isCompound(reading: Reading, { noun, start }: NounPhrase): boolean {
  const { tokens } = reading
  for (let i = Math.max(0, start); i < noun; i++) if (tokens[i]!.word === 'same') return true
  if (has(tokens[noun - 1], 'kind')) return true
  const next = tokens[noun + 1]
  if (next?.kind !== 'word' || !has(next, 'compound')) return false
  // "What mood does the dialogue set?": a verb.
  return !(has(tokens[start - 1], 'auxiliary') && has(next, 'tells'))
}

/** Things of one kind go by several words: "Write a paragraph … the text". */
export function sameThing(a: Token, b: Token): boolean {
  if (a.stem === b.stem) return true
  const length = Math.max(3, Math.min(a.stem.length, b.stem.length) - 3)
  return a.stem.length > 3 && b.stem.length > 3 && a.stem.slice(0, length) === b.stem.slice(0, length)
}

/** The verb that a place depends on: the nearest one before it in its sentence. */
export function verbBefore({ tokens, sentences, sentenceOf }: Reading, at: number): Token | undefined {
  const [first] = sentences[sentenceOf[at]!]!
  for (let i = at - 1; i >= Math.max(first, at - 30); i--)
    if (has(tokens[i], 'create', 'consume', 'exist')) return tokens[i]
  return undefined
}

/** Whether a verb that works on texts governs the phrase directly: "summarise the …", "das … zusammenfassen". */
export function isWorkedOn(reading: Reading, { start, noun }: NounPhrase): boolean {
  const { tokens, lexicon, sentences, sentenceOf } = reading
  const [first, last] = sentences[sentenceOf[noun]!]!
  for (let i = start - 1; i >= first && i >= start - 4; i--) {
    if (has(tokens[i], 'consume') && isOrdered(reading, i)) return true
    if (has(tokens[i], 'create') || isMark(tokens[i], ',;:，；')) break
    if (has(tokens[i], 'of', 'in') && !has(tokens[i - 1], 'text', 'items', 'aspect')) break
  }
  if (isUnknownOrder(reading, start - 1)) return true
  const { verbsMayFollow } = lexicon.language
  if (!verbsMayFollow) return false
  for (let i = Math.max(first, start - 30); i <= Math.min(last, noun + 30); i++)
    if (has(tokens[i], 'consume')) return true
  return false
}

/** "Reformulate the question": a first word that is no question and makes nothing is an order. */
export function isUnknownOrder({ tokens, lexicon, sentences, sentenceOf }: Reading, verb: number): boolean {
  const token = tokens[verb]
  return (
    lexicon.language.code === 'en' &&
    token?.kind === 'word' &&
    token.tags.size === 0 &&
    sentences[sentenceOf[verb]!]![0] === verb &&
    !/(?:s|ed|ing|ly)$/.test(token.word)
  )
}

/** "Put the facts …", "could you put …", "to put …"; not: "why do journalists put the facts …". */
export function isOrdered({ tokens, lexicon }: Reading, verb: number): boolean {
  const before = tokens[verb - 1]
  return (
    lexicon.language.code !== 'en' ||
    before?.kind !== 'word' ||
    has(before, 'and', 'pronoun', 'auxiliary', 'question', 'small', 'directive', 'with', 'consume', 'that')
  )
}

/** Whether the phrase is what a verb of making makes: "write the story of your life". */
export function isMade(reading: Reading, { start, noun, determiner }: NounPhrase): boolean {
  const { tokens, lexicon } = reading
  for (let i = start - 1; i >= 0 && i >= start - 3; i--) {
    // "Make the paragraph shorter" makes no paragraph.
    if (has(tokens[i], 'create'))
      return !/^mak(?:e|ing)$/.test(tokens[i]!.word) || has(tokens[start], 'a') || determiner === 'bare'
    if (tokens[i]!.kind !== 'word' || !has(tokens[i], 'small', 'pronoun')) break
  }
  if (!lexicon.language.unspaced) return false
  // 写一篇关于春天的文章
  if (!has(tokens[noun + 1], 'of'))
    for (let i = start - 1; i >= 0 && i >= start - 12 && tokens[i]!.kind !== 'mark'; i--)
      if (has(tokens[i], 'create')) return true
  // 物語を書き
  for (let i = noun + 1; i < tokens.length && i <= noun + 3; i++) if (has(tokens[i], 'create')) return true
  return false
}

/** Looked at after a noun, in tokens, for what completes it. */
const complement = 7

/** Whether what follows says which one is meant: "of Icarus", "that all swans are white", a number, a quotation. */
export function isCompleted(reading: Reading, phrase: NounPhrase): boolean {
  const { tokens } = reading
  const { bareMayPoint, unspaced } = reading.lexicon.language
  const noun = tokens[phrase.noun]!
  const next = phrase.noun + 1
  if (isMark(tokens[next], ',，(（—–-') && tokens[next + 1]?.kind === 'material') return true
  if (isMark(tokens[next], '(（[')) return listIn(tokens, next + 1)
  // Das Sprichwort, dass …
  if (isMark(tokens[next], ',') && has(noun, 'claim', 'term') && has(tokens[next + 1], 'that')) return true
  const after = tokens[next]
  if (after === undefined) return false
  if (after.kind === 'material') return true
  if (after.kind === 'number')
    return (
      has(noun, 'items', 'soft') &&
      !(isMark(tokens[next + 1], '.?') && next + 2 >= tokens.length && !isMark(tokens[next + 2], ','))
    )
  // "The letter e", "the sentence Anna sings".
  if (after.kind === 'word' && after.word.length === 1 && /^[b-hj-z]$/.test(after.word)) return true
  if (has(noun, 'term') && (has(after, 'idiom') || (after.kind === 'word' && after.tags.size === 0))) return true
  if (has(noun, 'items', 'logic') && listIn(tokens, next)) return true
  if (has(after, 'pronoun')) return true
  if (has(after, 'in') && has(tokens[next + 1], 'that', 'question')) return true
  if (has(noun, 'term') && (has(after, 'that') || /^(?:selon|secondo)$/.test(after.word))) return true
  if (has(after, 'that')) {
    if (has(noun, 'teller'))
      return tokens.slice(next, next + complement).some(token => token.capital || token.kind === 'material')
    // "The saying that says that …".
    if (has(tokens[next + 1], 'tells') && has(tokens[next + 2], 'that')) return true
    const says = has(noun, 'claim')
      ? /^(?:follows|contains|contradicts|supports|appears|expresses|best)$/.test(tokens[next + 1]?.word ?? '') ||
        has(tokens[next + 1], 'auxiliary')
      : has(tokens[next + 1], 'tells', 'exist', 'auxiliary', 'participle')
    if (says) return false
    // English has one word for what is said; who, where and which tell of the noun.
    if (reading.lexicon.language.code === 'en' && after.word !== 'that') return has(tokens[next + 1], 'pronoun')
    return has(noun, 'claim', 'soft') || has(tokens[next + 1], 'pronoun')
  }
  // The argument for free trade, from design.
  if (
    has(noun, 'claim') &&
    has(after, 'with', 'about') &&
    !endsSentence(tokens[next + 1]) &&
    !has(tokens[next + 1], 'the', 'this', 'number') &&
    !isWorkedOn(reading, phrase)
  )
    return true
  if (
    has(after, 'about') &&
    has(noun, 'claim', 'term') &&
    tokens.slice(next + 1, next + 4).some(token => has(token, 'that'))
  )
    return true
  // Отчёт о китах, 关于鲸鱼的报告: any that is about it, unless it is worked on.
  if (bareMayPoint && phrase.determiner === 'bare' && !phrase.pointing && !isWorkedOn(reading, phrase)) {
    const about = unspaced
      ? tokens.slice(Math.max(0, phrase.noun - 8), phrase.noun).some(token => has(token, 'about'))
      : has(after, 'about')
    if (about) return true
  }
  // 鲸鱼是鱼这个说法: what is said stands before it.
  if (
    reading.lexicon.language.unspaced &&
    has(noun, 'claim') &&
    phrase.determiner === 'this' &&
    phrase.start >= 2 &&
    tokens[phrase.start - 1]?.kind === 'word'
  )
    return true
  if (reading.lexicon.language.unspaced)
    return (
      has(noun, 'work') &&
      has(tokens[phrase.noun - 1], 'of') &&
      tokens[phrase.noun - 2]?.kind === 'word' &&
      tokens[phrase.noun - 2]!.tags.size === 0
    )
  if (has(after, 'of', 'about', 'in')) return complementNames(reading, next, noun, phrase)
  return reading.lexicon.language.capitalNouns ? false : after.capital && !endsSentence(after) && after.kind === 'word'
}

/** Red, green and blue: a list right where the noun stands. */
function listIn(tokens: readonly Token[], from: number): boolean {
  // Red, green …
  if (
    tokens[from]?.kind === 'word' &&
    isMark(tokens[from + 1], ',、，') &&
    tokens[from + 2]?.kind === 'word' &&
    !has(tokens[from], 'with', 'in', 'of', 'about', 'that', 'participle', 'exist', 'tells', 'pointing') &&
    !has(tokens[from + 2], 'consume', 'create', 'question', 'pronoun')
  )
    return true
  let separators = 0
  for (let i = from; i < tokens.length && i < from + 8; i++) {
    const token = tokens[i]!
    if (isMark(token, ',，、;/') || (separators > 0 && has(token, 'and'))) separators++
    else if (token.kind === 'material' || token.kind === 'number') continue
    else if (
      endsSentence(token) ||
      isMark(token, ')）') ||
      has(
        token,
        'consume',
        'create',
        'auxiliary',
        'pronoun',
        'of',
        'in',
        'with',
        'the',
        'that',
        'tells',
        'question',
        'about'
      )
    )
      break
  }
  return (
    separators >= 2 ||
    (separators >= 1 &&
      tokens.slice(from, from + 8).filter(({ kind }) => kind === 'number' || kind === 'material').length >= 2)
  )
}

const manner =
  /^(?:words?|sentences?|paragraphs?|lines?|terms?|language|order|way|style|tone|manner|details?|points?|steps?)$/

function complementNames(reading: Reading, at: number, noun: Token, phrase: NounPhrase): boolean {
  const { tokens, lexicon } = reading
  const { determiner } = phrase
  const preposition = tokens[at]!
  const first = tokens[at + 1]
  // "Summarise the article in two sentences": says how to summarise, not which article.
  if (has(preposition, 'in', 'about') && !has(preposition, 'of') && isWorkedOn(reading, phrase)) {
    if (has(preposition, 'in') || /^(?:from|on)$/.test(preposition.word)) return false
  }
  if (has(preposition, 'the') && has(noun, 'soft')) return !isWorkedOn(reading, phrase)
  for (let i = at + 1; i < tokens.length && i <= at + complement; i++) {
    const token = tokens[i]!
    if (token.kind === 'material') return true
    if (endsSentence(token) || isMark(token, ',;:，；')) break
    if (token.capital && !lexicon.language.capitalNouns && !has(token, 'tongue')) return true
    if (i > at + 1 && has(token, 'consume', 'create', 'auxiliary', 'question', 'that')) break
  }
  if (determiner === 'this') return false
  if (lexicon.language.capitalNouns && first?.capital && has(preposition, 'of') && !has(preposition, 'the')) return true
  // In your own words, in two sentences: how to answer.
  if (
    has(preposition, 'in') &&
    !has(preposition, 'of') &&
    (/^(?:your|one|my)$/.test(first?.word ?? '') ||
      has(first, 'number') ||
      first?.kind === 'number' ||
      manner.test(tokens[at + 2]?.word ?? '') ||
      manner.test(tokens[at + 3]?.word ?? ''))
  )
    return false
  if (has(first, 'a', 'possessive', 'generic')) return !has(preposition, 'about')
  if (preposition.word === 'behind') return true
  if (has(first, 'the', 'this')) return has(noun, 'work') && has(preposition, 'of')
  if (has(preposition, 'about')) return false
  return !has(noun, 'items') || has(preposition, 'in')
}

/** How far back a thing may have been introduced, in tokens. */
const introductionReach = 80
const sharedKinds = ['text', 'items', 'logic', 'role', 'teller'] as const
/** Of so many earlier mentions. */
const mostMentions = 4

/** Whether the same thing was spoken of before, as one to be made or as any one of its kind. */
export function isIntroduced(reading: Reading, { noun }: NounPhrase, isProgram: boolean): boolean {
  const { tokens } = reading
  const own = tokens[noun]!
  let mentions = 0
  for (let i = Math.max(0, noun - introductionReach); i < noun; i++) {
    const token = tokens[i]!
    if (!sameThing(token, own) || !sharedKinds.some(kind => has(token, kind) && has(own, kind))) continue
    if (++mentions > mostMentions) return false
    const earlier = nounPhrase(reading, i)
    if (isMade(reading, earlier) || isCompleted(reading, earlier)) return true
    const verb = verbBefore(reading, i)
    const made = verb !== undefined && has(verb, 'create')
    if (earlier.determiner === 'a' || (earlier.determiner === 'bare' && !earlier.pointing))
      if (made || isProgram || (verb === undefined && !has(tokens[i + 1], 'participle'))) return true
  }
  return false
}
