import { blockOf, pointsToText, saysWhatToDo, wordsIn } from './blocks.ts'
import { endsSentence, has, isMark, type Token } from './tokens.ts'

/** So much of what follows a colon is looked at, in tokens. */
const most = 200

/** So many colons are looked at: more announce nothing. */
const mostColons = 60

/** How far back from a colon the noun is looked for that it explains, in tokens. */
const reach = 14

/**
 * Material after a colon: "Summarise the following text: …". What is listed after "into these categories:" is a choice,
 * and stays part of the instruction, as does a question about a text ("Summarise it: what does the writer want?").
 */
export function withAnnounced(tokens: readonly Token[]): Token[] {
  const read: Token[] = []
  let end = 0
  let colons = 0
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!
    read.push(token)
    if (!isMark(token, ':：') || isTime(tokens, i) || ++colons > mostColons) continue
    if (end <= i) end = endOfLine(tokens, i + 1)
    const until = Math.min(end, orderAfter(tokens, i + 1, end))
    const after = tokens.slice(i + 1, Math.min(until, i + 1 + most))
    // A quotation speaks for itself.
    if (after.some(({ kind, words, form }) => kind === 'material' && form === 'quote' && words >= 3)) continue
    if (!announces(tokens, i, after)) continue
    read.push(blockOf(tokens.slice(i + 1, until), 'colon'))
    i = until - 1
  }
  return read
}

/** Where, after a sentence of material, an order or a question about it begins. */
function orderAfter(tokens: readonly Token[], from: number, end: number): number {
  for (let i = from + 2; i < Math.min(end, from + most); i++) {
    if (!endsSentence(tokens[i - 1]) || isMark(tokens[i - 1], '…')) continue
    const first = tokens[i]
    if (has(first, 'consume', 'create', 'directive') && !has(first, 'question')) return i
    const sentence = tokens.slice(i, i + 12)
    if (has(first, 'question') && sentence.some(token => has(token, 'text', 'items', 'pronoun', 'this', 'logic')))
      return i
  }
  return end
}

/** 12 : 30. */
const isTime = (tokens: readonly Token[], i: number): boolean =>
  tokens[i - 1]?.kind === 'number' && tokens[i + 1]?.kind === 'number' && tokens[i + 1]!.at === tokens[i]!.end

function endOfLine(tokens: readonly Token[], from: number): number {
  let end = from
  while (end < tokens.length && tokens[end]!.kind !== 'line') end++
  return end
}

function announces(tokens: readonly Token[], colon: number, after: readonly Token[]): boolean {
  if (wordsIn(after) < 2 && !after.some(({ kind }) => kind === 'number' || kind === 'material')) return false
  if (after.some(({ kind }) => kind === 'hole') && wordsIn(after) < 4) return false
  if (isChoice(after)) return false
  // "A: …", "First: …": numbered statements.
  if (
    (has(tokens[colon - 1], 'number') || /^(?:[A-Z]|\d)$/.test(tokens[colon - 1]?.text ?? '')) &&
    (colon === 1 || endsSentence(tokens[colon - 2])) &&
    !saysWhatToDo(after.slice(0, 1))
  )
    return true
  const { label, works } = before(tokens, colon)
  if (label && has(label, 'option') && tokens[colon - 2]?.word !== 'by' && !has(label, 'text', 'items'))
    return after.some(({ kind, words }) => kind === 'material' && words >= 3)
  if (pointsToText(after) && !after.some(({ kind }) => kind === 'material')) return false
  if (label && has(label, 'askable', 'term') && !after.slice(0, 3).some(token => has(token, 'pronoun'))) return true
  if (
    pointsAhead(tokens, colon) &&
    !has(
      after.find(({ kind }) => kind === 'word'),
      'question'
    )
  )
    return true
  if (isOrder(after) && !after.some(({ kind }) => kind === 'material')) return false
  return label !== undefined || works
}

/** "Rewrite these instructions as a list: …": what follows may well be orders. */
function pointsAhead(tokens: readonly Token[], colon: number): boolean {
  for (let i = colon - 1; i > 0 && i > colon - reach && !endsSentence(tokens[i]); i--)
    if (has(tokens[i], 'text', 'items') && has(tokens[i - 1], 'this', 'pointing') && !has(tokens[i], 'option'))
      return true
  return false
}

const choice = { tags: new Set(['option']) } as unknown as Token

/** "As a numbered list": what is to become of the material. */
export const isTarget = (tokens: readonly Token[], noun: number): boolean => {
  for (let i = noun - 1; i > 0 && i >= noun - 3; i--) if (has(tokens[i], 'a')) return has(tokens[i - 1], 'with')
  return false
}

/** The noun that a colon explains, and whether a verb that works on a text stands before it. */
function before(tokens: readonly Token[], colon: number): { label?: Token; works: boolean } {
  let works = false
  // "As one of the following: …": a choice, whatever stands before.
  if (has(tokens[colon - 1], 'pointing') && has(tokens[colon - 3], 'of', 'in', 'with', 'about'))
    return { label: choice, works }
  for (let i = colon - 1; i >= 0 && i > colon - reach; i--) {
    const token = tokens[i]!
    if (endsSentence(token) && token.text !== '…') break
    if (has(token, 'text', 'items', 'logic', 'option', 'term', 'askable') && !has(token, 'tongue'))
      return { label: token, works }
    if (has(token, 'consume')) works = true
  }
  return { works }
}

/** An order or a question of its own; the question mark at its end may belong to the sentence before. */
const isOrder = (after: readonly Token[]): boolean =>
  saysWhatToDo(after.slice(0, 1)) && after.filter(token => isMark(token, ';；=|')).length < 2

/** "positive, negative, or neutral?": what to choose from. */
function isChoice(after: readonly Token[]): boolean {
  const words = after.filter(({ kind }) => kind === 'word')
  if (words.length === 0 || words.length > 12 || after.some(({ kind }) => kind === 'material' || kind === 'number'))
    return false
  const separated = after.filter(token => isMark(token, ',，、;/؛،') || has(token, 'and')).length
  const single = words.filter(token => !has(token, 'and')).length <= separated + 1
  if (words.every(token => has(token, 'aspect', 'option', 'and', 'the', 'small'))) return true
  return single && isMark(after.at(-1), '?？؟')
}
