/**
 * Cleaning of text answers, shared by the stages that ask a teacher to write. A teacher thinks aloud, labels, quotes and
 * fences what it was asked for; none of that belongs into a record.
 */

/**
 * The text without a reasoning model's thoughts. A thought that was opened and not closed reaches to the end; one that
 * was closed and not opened (its template opened it) began at the start.
 */
export function withoutThoughts(text: string): string {
  const closed = text.lastIndexOf('</think>')
  const said = closed < 0 ? text : text.slice(closed + '</think>'.length)
  const opened = said.indexOf('<think>')
  return (opened < 0 ? said : said.slice(0, opened)).toWellFormed().trim()
}

// Runs of white space are bounded: where two of them meet, each cut between them would be tried.
const fence = /^```[\w+-]*[ \t]*\n([\s\S]*?)\n?```$/
const label =
  /^(?:#{1,6}\s{0,9}|[*_]{1,3})?(?:(?:new|generated|final)\s{1,9})?(?:instruction|command|question|task|prompt|answer)s?(?:\s{1,9}\d{1,2})?\s{0,9}[*_]{0,3}\s{0,9}:\s{0,9}[*_]{0,3}\s/i
const opener =
  /^(?:sure|certainly|of course|okay|ok|here(?:'s| is| are))\b[^.:!?\n]{0,80}\b(?:instruction|question|command|task)\b[^.:!?\n]{0,40}:\s/i
const quotes = [
  ['"', '"'],
  ["'", "'"],
  ['`', '`'],
  ['“', '”'],
  ['‘', '’'],
  ['«', '»'],
  ['**', '**']
] as const

/**
 * The one instruction in a completion: without thoughts, and without a fence, label, opening courtesy or pair of quotes
 * around the whole. Empty when nothing else was said. What stands inside the instruction is left alone.
 */
export function instructionIn(completion: string): string {
  let text = withoutThoughts(completion)
  // Wrappings nest (a label before a quote within a fence): unwrap until nothing changes.
  for (let layers = 0; layers < 6; layers++) {
    const bare = unquoted(unfenced(text).replace(label, '').replace(opener, '').trim())
    if (bare === text) break
    text = bare
  }
  return text
}

function unfenced(text: string): string {
  const inner = fence.exec(text)?.[1]
  return inner === undefined || inner.includes('```') ? text : inner
}

function unquoted(text: string): string {
  for (const [open, close] of quotes) {
    if (text.length < open.length + close.length || !text.startsWith(open) || !text.endsWith(close)) continue
    const inner = text.slice(open.length, -close.length)
    // Two quotations at the ends of one sentence are not a pair around it.
    if (!inner.includes(open) && !inner.includes(close)) return inner.trim()
  }
  return text
}

/** The text's first `count` words as they stand, with an ellipsis where there are more. */
export function firstWords(text: string, count: number): string {
  const words = /\S+/g
  for (let seen = 0; seen < count; seen++) if (!words.exec(text)) return text
  const end = words.lastIndex
  return words.exec(text) ? `${text.slice(0, end)} …` : text
}
