import { isIntroduced, nounPhrase } from './reading/noun-phrase.ts'
import { before, type Reading } from './reading/reading.ts'
import { around, endsSentence, has, isMark, type Token } from './reading/tokens.ts'

/**
 * Asking for a name that stands in the unseen text ("the name of the author"), or for the assistant's own (FANNO, hard
 * rules on drafts). The name of the capital of Peru may be asked for, of the process by which plants live on light, and
 * of whoever discovered penicillin: what follows tells which is meant.
 * @returns the phrase that asks for a name; undefined when there is none.
 */
export function nameRequest(reading: Reading): string | undefined {
  const { tokens, instruction } = reading
  const makes = reading.tags.has('create') && (reading.tags.has('story') || reading.tags.has('program'))
  if (tokens.some(({ kind, words }) => kind === 'material' && words >= 8)) return undefined
  for (let i = 0; i < tokens.length; i++) {
    const end = makes ? -1 : requestAt(reading, i)
    if (end >= 0) return around(instruction, tokens, i, Math.min(end, tokens.length - 1))
  }
  return undefined
}

/** Last token of a request that begins at a place; -1 where none begins. */
function requestAt(reading: Reading, i: number): number {
  const { tokens } = reading
  const token = tokens[i]!
  if (has(token, 'assistant'))
    return tokens.slice(Math.max(0, i - 3), i).some(before => has(before, 'generic', 'create', 'saying')) ? -1 : i
  if (has(token, 'asker') && reading.sentences.length <= 2) return i
  if (has(token, 'name')) return nameOf(reading, i)
  if (has(token, 'called')) return whatIsCalled(reading, i)
  if (
    token.word === 'call' &&
    has(tokens[i - 1], 'role') &&
    nounPhrase(reading, i - 1).determiner === 'the' &&
    !isKnown(reading, i - 1, i)
  )
    return i
  // Which city does the family move to?
  if (
    /^(?:which|what)$/.test(token.word) &&
    has(tokens[i + 1], 'role') &&
    has(tokens[i + 2], 'auxiliary') &&
    has(tokens[i + 3], 'the') &&
    has(tokens[i + 4], 'role') &&
    !isKnown(reading, i + 4, i + 4)
  )
    return i + 4
  if (has(token, 'who')) return whoIs(reading, i)
  if (has(token, 'state') && (i === 0 || endsSentence(tokens[i - 1]) || has(tokens[i - 1], 'and')))
    return stated(reading, i)
  return -1
}

/** The name of the author; the author's name; der Name des Autors; 作者的名字. */
function nameOf(reading: Reading, i: number): number {
  const { tokens, lexicon } = reading
  if (lexicon.language.unspaced) {
    for (let j = i - 1; j >= 0 && j >= i - 3; j--) if (has(tokens[j], 'role')) return isKnown(reading, j, i) ? -1 : i
    return -1
  }
  if (has(tokens[i - 1], 'kind')) return -1
  const owner = tokens[i - 1]?.word === "'s" ? i - 2 : tokens[i - 2]?.word === "'s" ? i - 3 : -1
  if (owner >= 0 && !has(tokens[owner], 'question', 'who'))
    return has(tokens[owner], 'role') && nounPhrase(reading, owner).determiner !== 'a' && !isKnown(reading, owner, i)
      ? i
      : -1
  const next = tokens[i + 1]
  // What name does the girl give to her cat?
  if (has(tokens[i - 1], 'question') && has(next, 'auxiliary')) {
    for (let j = i + 2; j <= i + 5; j++)
      if (has(tokens[j], 'role') && nounPhrase(reading, j).determiner === 'the') return j
    return -1
  }
  if (lexicon.language.bareMayPoint) {
    for (let j = i + 1; j <= i + 3; j++) if (has(tokens[j], 'role')) return isTold(reading, j) ? -1 : j
    return -1
  }
  const head = has(next, 'of')
    ? headAfter(reading, i + 2, has(next, 'the'))
    : has(next, 'the')
      ? headAfter(reading, i + 1, true)
      : -1
  return head >= 0 && !isTold(reading, head) ? head : -1
}

/** The noun of a definite phrase that begins at a place; -1 where there is none. */
function headAfter({ tokens }: Reading, start: number, definite: boolean): number {
  if (!definite && !has(tokens[start], 'the', 'this')) return -1
  let head = -1
  for (let i = start; i < tokens.length && i <= start + 5; i++) {
    const token = tokens[i]!
    if (token.kind !== 'word' && token.kind !== 'number') break
    if (
      i > start &&
      has(
        token,
        'of',
        'about',
        'in',
        'that',
        'who',
        'and',
        'auxiliary',
        'participle',
        'called',
        'tells',
        'the',
        'question'
      )
    )
      break
    if (!has(token, 'the', 'this')) head = i
    if (has(token, 'role') && !has(tokens[i + 1], 'role')) return i
    if (has(token, 'the') && token.tags.size > 1) head = i
  }
  return head
}

/** Whether a definite noun is known from what is said about it, or was said before. */
function isTold(reading: Reading, head: number): boolean {
  const { tokens, sentenceOf } = reading
  if (isKnown(reading, head, head)) return true
  const next = tokens[head + 1]
  const ends = next === undefined || endsSentence(next) || isMark(next, ',;:，') || has(next, 'and', 'auxiliary')
  if (has(tokens[head], 'role')) return false
  // The three primary colours.
  if (has(tokens[head - 1], 'number') || has(tokens[head - 2], 'number')) return true
  // Other things are known by any clause, or by what went before: "Water freezes. What is the name of the process?"
  if (!ends) return !hasUnknownRole(reading, head + 1)
  return sentenceOf[head]! > 0 || head > 9
}

function hasUnknownRole(reading: Reading, from: number): boolean {
  const { tokens } = reading
  for (let i = from; i < tokens.length && !endsSentence(tokens[i]); i++)
    if (has(tokens[i], 'role') && nounPhrase(reading, i).determiner === 'the' && !isKnown(reading, i, i)) return true
  return false
}

/** Somebody famous, something that is the only one, or somebody whom the instruction introduced. */
function isKnown(reading: Reading, head: number, from: number): boolean {
  const { tokens, lexicon } = reading
  const phrase = nounPhrase(reading, head)
  if (phrase.named || isIntroduced(reading, phrase, false)) return true
  for (let i = phrase.start; i <= head; i++) if (has(tokens[i], 'most')) return true
  // What a place is in tells which city is meant, not which restaurant.
  const place =
    !/character|protagonist|narrator|hero|author|king|queen/.test(tokens[head]!.word) &&
    has(tokens[from + 1], 'in') &&
    !has(tokens[from + 2], 'that')
  for (let i = from + 1; i < tokens.length && i <= from + 16; i++) {
    const token = tokens[i]!
    if (endsSentence(token)) break
    if (has(token, 'most', 'achieved') || token.kind === 'material') return true
    if (token.kind === 'number' && token.word.length >= 3) return true
    if (token.capital && !place && !lexicon.language.capitalNouns) return true
  }
  // In Moby-Dick, who is the captain?
  return before(reading, phrase.start).some(({ kind }) => kind === 'material')
}

/** What was the teacher called? Wie heißt der Autor? */
function whatIsCalled(reading: Reading, i: number): number {
  const { tokens, lexicon } = reading
  if (lexicon.language.unspaced) {
    for (let j = i - 1; j >= 0 && j >= i - 3; j--) if (has(tokens[j], 'role')) return isKnown(reading, j, i) ? -1 : i
    return -1
  }
  const next = tokens[i + 1]
  if (lexicon.language.code === 'en') {
    const before = tokens[i - 1]
    if (before?.kind !== 'word' || !(next === undefined || endsSentence(next) || isMark(next, ',') || has(next, 'and')))
      return -1
    const phrase = nounPhrase(reading, i - 1)
    if (phrase.determiner !== 'the' && phrase.determiner !== 'this') return -1
    return has(before, 'role') && !isKnown(reading, i - 1, i) ? i : -1
  }
  for (let j = i + 1; j <= i + 4; j++) {
    if (!has(tokens[j], 'role')) continue
    const after = tokens[j + 1]
    const ends = after === undefined || endsSentence(after) || has(after, 'and') || isMark(after, ',')
    return ends && nounPhrase(reading, j).determiner !== 'a' && !isKnown(reading, j, j) ? j : -1
  }
  return -1
}

/** Who is the author? Who wrote the letter? */
function whoIs(reading: Reading, i: number): number {
  const { tokens, quotes } = reading
  for (let j = i + 1; j <= i + 5; j++) {
    const token = tokens[j]
    if (token === undefined || endsSentence(token) || has(token, 'small')) return -1
    if (has(token, 'role', 'teller')) {
      if (has(tokens[j + 1], 'role')) continue
      const next = tokens[j + 1]
      if (!has(tokens[j - 1], 'the', 'this', 'number') && !has(token, 'the')) return -1
      const ends = next === undefined || endsSentence(next) || isMark(next, ',') || has(next, 'and')
      if (ends) return isKnown(reading, j, j) ? -1 : j
      return has(next, 'of', 'in', 'about', 'that', 'who', 'with') &&
        hasUnknownRole(reading, j + 1) &&
        !isKnown(reading, j, j)
        ? j
        : -1
    }
    if (has(token, 'text') && has(tokens[j - 1], 'the', 'this') && j > i + 1) {
      const next = tokens[j + 1]
      return (next === undefined || endsSentence(next)) && !quotes ? j : -1
    }
  }
  return -1
}

/** Name the narrator. Give the names of the brothers: read where "names" stands. */
function stated(reading: Reading, i: number): number {
  const { tokens } = reading
  const head = headAfter(reading, i + 1, false)
  if (head < 0 || !has(tokens[head], 'role')) return -1
  const next = tokens[head + 1]
  const verb = tokens[i]!.word
  const ends = next === undefined || endsSentence(next) || isMark(next, ',') || has(next, 'and') || next.word === 'by'
  if (has(tokens[head + 2], 'name') && next?.word === 'by') return head + 2
  return ends && verb === 'name' && !isKnown(reading, head, head) ? head : -1
}

export const isRole = (token: Token): boolean => has(token, 'role')
