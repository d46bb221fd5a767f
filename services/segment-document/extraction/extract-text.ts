import { columnsOf, joint, spacedRuns } from '../../words.ts'
import { type Block, type Extraction, tidy } from './blocks.ts'

/** A line at least this long is taken to end because of the page's width, not because the author ended it there. */
const wrappedFrom = 55

const startsItem = /^\s*(?:[-*+•]|\d{1,4}[.)])\s/

/** Plain text: paragraphs stand between blank lines, and hard-wrapped lines are joined again. */
export function extractText(text: string): Extraction {
  const blocks: Block[] = []
  let paragraph: string[] = []
  const flush = () => {
    const joined = tidy(joinLines(paragraph))
    if (joined !== '') blocks.push({ text: joined, kind: 'paragraph', linked: linkedCharacters(joined) })
    paragraph = []
  }
  for (const line of text.split('\n')) {
    if (line.trim() === '') flush()
    else paragraph.push(line)
  }
  flush()
  return { title: null, blocks, code: 0 }
}

function joinLines(lines: readonly string[]): string {
  const parts: string[] = []
  lines.forEach((line, index) => {
    if (index > 0) {
      const before = lines[index - 1]!
      const wrapped = columnsOf(before) >= wrappedFrom && !startsItem.test(line)
      parts.push(wrapped ? joint(before.trim(), line.trim()) : '\n')
    }
    parts.push(line.trim())
  })
  return parts.join('')
}

/** Characters of bare addresses. Text of a script without spaces goes on right after one. */
export function linkedCharacters(text: string): number {
  let linked = 0
  for (const [address] of text.matchAll(/\bhttps?:\/\/\S+/g)) linked += spacedRuns(address)[0]!.length
  return linked
}
