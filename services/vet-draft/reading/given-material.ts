import { isTarget } from './announcements.ts'
import { type Reading, reach } from './reading.ts'
import { endsSentence, has, isMark, type Token } from './tokens.ts'

/** What an instruction brings along. */
export interface GivenMaterial {
  /** Something that "the text" can mean. */
  readonly text: boolean
  /** Something that "the list" or "the words" can mean. */
  readonly items: boolean
  /** How many stretches there are that a text can be. */
  readonly count: number
  /** It stands in lines of its own or after a colon. */
  readonly announced: boolean
}

/** A quotation that is called a word or a phrase is a text only when it is this long. */
const longQuotation = 8

export function givenMaterial({ tokens }: Reading): GivenMaterial {
  let text = 0
  let items = 0
  tokens.forEach((token, i) => {
    if (token.kind !== 'material') return
    const what = kindOf(tokens, i, token)
    if (what === 'text') text++
    if (what !== undefined) items++
  })
  const announced = tokens.some(({ form }) => form === 'block' || form === 'colon')
  return { text: text > 0, items: items > 0, count: text, announced }
}

function kindOf(tokens: readonly Token[], i: number, { form, words, text }: Token): 'text' | 'items' | undefined {
  if (form === 'block') return 'text'
  if (form === 'code') return words >= 2 || text.length >= 8 ? 'text' : 'items'
  const label = labelOf(tokens, i)
  if (form === 'bracket') return words >= 12 ? 'text' : 'items'
  if (form === 'colon')
    return label &&
      ((has(label, 'items') && !has(label, 'text')) || /^questions?$/.test(label.word)) &&
      otherText(tokens, i)
      ? 'items'
      : 'text'
  if (words >= longQuotation) return 'text'
  if (label && has(label, 'term') && !has(label, 'text')) return undefined
  if (isAlternative(tokens, i) && words <= 3) return label && has(label, 'text', 'logic', 'items') ? 'text' : undefined
  if (words >= 2) return 'text'
  return has(tokens[i - 1], 'consume', 'text', 'items', 'logic') ? 'text' : undefined
}

/** The noun before a stretch, close by in its sentence. */
function labelOf(tokens: readonly Token[], i: number): Token | undefined {
  for (let j = i - 1; j >= 0 && j >= i - 12; j--) {
    const token = tokens[j]!
    if (has(token, 'text', 'items', 'logic', 'term', 'option') && !isTarget(tokens, j)) return token
    if (endsSentence(token) || (i - j > 3 && tokens[i]!.form !== 'colon')) return undefined
  }
  return undefined
}

/** Whether the sentence before a colon also speaks of a text that the list after it cannot be. */
function otherText(tokens: readonly Token[], i: number): boolean {
  for (let j = i - 1; j >= Math.max(0, i - reach) && !(endsSentence(tokens[j]) && j < i - 1); j--)
    if (
      has(tokens[j], 'text') &&
      !has(tokens[j], 'items') &&
      !/^questions?$/.test(tokens[j]!.word) &&
      has(tokens[j - 1], 'the', 'this')
    )
      return true
  return false
}

/** As "good" or "bad". */
const isAlternative = (tokens: readonly Token[], i: number): boolean =>
  has(tokens[i - 1], 'and') ||
  (isMark(tokens[i - 1], ',') && tokens[i - 2]?.kind === 'material') ||
  /^(?:as|either|als|comme|como|come)$/.test(tokens[i - 1]?.word ?? '')
