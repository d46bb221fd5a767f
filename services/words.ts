/** Words and joints of text in any script: some scripts write no spaces between words (Chinese, Japanese, Thai, …). */

/** Letters of scripts that part no words. */
const unspacedLetter =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}]/u

/** The same, and the marks that stand among them without a space after: 。，「」… */
const unspacedSign =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}\u3000-\u303f\u30fb\u30fc\uff00-\uffef]/u

export const hasUnspaced = (text: string): boolean => unspacedLetter.test(text)

/** What stands between two stretches of text that were parted by the end of a line: a space, or nothing. */
export const joint = (before: string, after: string): '' | ' ' =>
  unspacedSign.test(lastSign(before)) && unspacedSign.test(firstSign(after)) ? '' : ' '

/** Lines of one paragraph as one line. */
export const joinWrapped = (lines: readonly string[]): string =>
  lines.map((line, index) => (index === 0 ? line : joint(lines[index - 1]!.trim(), line.trim()) + line)).join('')

/** The parts of a text between letters and marks of scripts without spaces; the first may be empty. */
export const spacedRuns = (text: string): string[] => text.split(unspacedSign)

const wide = /[\u2e80-\ua4cf\uac00-\ud7af\uff00-\uff60]/g

/** Width of a line as a terminal or an editor shows it: signs of East Asia take two columns. */
export const columnsOf = (line: string): number => line.length + (line.match(wide)?.length ?? 0)

const firstSign = (text: string): string => (text === '' ? '' : String.fromCodePoint(text.codePointAt(0)!))
const lastSign = (text: string): string => {
  const last = text.at(-1) ?? ''
  return last >= '\udc00' && last <= '\udfff' ? text.slice(-2) : last
}

const segmenter = new Intl.Segmenter('zh', { granularity: 'word' })

/** A dictionary is asked about so many UTF-16 units at once. */
const windowUnits = 10_000

/**
 * How many words a text has: runs between spaces; by the dictionaries of Unicode where a run is of a script without
 * spaces. Linear time.
 */
export function countWords(text: string): number {
  if (!hasUnspaced(text)) return text.match(/\S+/g)?.length ?? 0
  let words = 0
  for (let from = 0; from < text.length; from += windowUnits)
    for (const { isWordLike } of segmenter.segment(text.slice(from, from + windowUnits))) if (isWordLike) words++
  return words
}
