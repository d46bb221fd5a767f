import { endsSentence, has, isMark, type Token } from './tokens.ts'

/**
 * Material in lines of its own: a paragraph, a list, a table, a dialogue, after or before the line that says what to do
 * with it. Such a line becomes one token.
 */
export function withBlocks(tokens: readonly Token[]): Token[] {
  const lines: Token[][] = [[]]
  for (const token of tokens) {
    lines.at(-1)!.push(token)
    if (token.kind === 'line') lines.push([])
  }
  const spoken = lines.filter(line => line.some(({ kind }) => kind !== 'line'))
  if (spoken.length < 2) return [...tokens]
  let announced = false
  return lines.flatMap(line => {
    const end = line.at(-1)?.kind === 'line' ? line.slice(-1) : []
    const own = line.slice(0, line.length - end.length)
    const follows = announced
    if (wordsIn(own) > 0) announced = isMark(own.at(-1), ':：')
    return isMaterial(own, follows) ? [blockOf(own), ...end] : line
  })
}

/** One token for a stretch of tokens. */
export const blockOf = (tokens: readonly Token[], form: 'block' | 'colon' = 'block'): Token => ({
  kind: 'material',
  text: tokens.map(({ text }) => text).join(' '),
  word: '…',
  tags: new Set(),
  stem: '…',
  capital: false,
  at: tokens[0]!.at,
  end: tokens.at(-1)!.end,
  words: wordsIn(tokens),
  form
})

export const wordsIn = (tokens: readonly Token[]): number =>
  tokens.reduce(
    (sum, { kind, words }) =>
      sum + (kind === 'word' || kind === 'number' ? 1 : kind === 'material' ? Math.max(1, words) : 0),
    0
  )

/** A line that is no order, no question and no label for what follows, but something to work on. */
function isMaterial(line: readonly Token[], announced: boolean): boolean {
  if (wordsIn(line) === 0 || line.some(({ kind }) => kind === 'hole')) return false
  const item = isMark(line[0], '-*•–—·') || (line[0]?.kind === 'number' && isMark(line[1], '.)'))
  const cells = line.filter(token => isMark(token, '|')).length
  if (cells >= 2) return true
  if (isCode(line)) return true
  const own = item ? line.slice(isMark(line[0], '-*•–—·') ? 1 : 2) : line
  const colon = own.findIndex(token => isMark(token, ':：'))
  // "A: Did you water the plants?" is said by somebody; "Question: …" and "Text:" are labels, read elsewhere.
  if (
    colon === 1 &&
    own.length > 3 &&
    !saysWhatToDo(own.slice(0, 1)) &&
    !has(own[0], 'askable', 'text', 'items', 'logic')
  )
    return !saysWhatToDo(own.slice(2)) || own[0]!.text.length <= 2
  if (!item && colon >= 0 && colon === own.length - 1) return false
  if (saysWhatToDo(own) || pointsToText(own)) return false
  if (item) return !own.every(token => token.kind === 'mark' || has(token, 'aspect', 'and', 'the', 'option', 'small'))
  return colon >= 0
    ? looksLikeData(own)
    : wordsIn(own) >= (announced ? 1 : 4) || own.some(({ kind }) => kind === 'material')
}

/** x = f(3); */
const isCode = (line: readonly Token[]): boolean =>
  line.length >= 3 &&
  line.some(
    (token, i) =>
      isMark(token, '={};') ||
      (isMark(token, '(') && i > 0 && line[i - 1]!.kind === 'word' && line[i - 1]!.end === token.at)
  )

const looksLikeData = (line: readonly Token[]): boolean =>
  line.length >= 3 && !line.some(token => has(token, 'text', 'consume', 'create'))

/** An order or a question. */
export function saysWhatToDo(tokens: readonly Token[]): boolean {
  const first = tokens.find(({ kind }) => kind === 'word')
  if (first === undefined) return false
  if (has(first, 'consume', 'create', 'question', 'directive', 'state', 'who')) return true
  return (
    isMark(
      tokens.findLast(token => token.kind !== 'line'),
      '?？؟'
    ) && tokens.filter(endsSentence).length <= 1
  )
}

/** "… of this passage": about a text, not a text. */
export const pointsToText = (tokens: readonly Token[]): boolean =>
  tokens.some(
    (token, i) =>
      has(token, 'text', 'logic') &&
      !has(token, 'soft') &&
      !has(token, 'work') &&
      (has(tokens[i - 1], 'the', 'this', 'pointing') || has(tokens[i - 2], 'this', 'pointing'))
  )
