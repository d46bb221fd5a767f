import { joinWrapped } from '../../words.ts'
import { type Block, type Extraction, proseOfRow, tidy } from './blocks.ts'
import { inlineText } from './markdown-inline.ts'
import { stripElements } from './strip-elements.ts'

const notText = new Set(['script', 'style'])
const fence = /^ {0,3}(`{3,}|~{3,})/
const atxHeading = /^ {0,3}(#{1,6})\s/
const closingMarks = /(?<!#)#+$/
const underline = /^ {0,3}(?:=+|-{2,})\s*$/
const rule = /^ {0,3}([-*_])(?:\s*\1){2,}\s*$/
const listItem = /^\s*(?:[-*+]|\d{1,9}[.)])\s+/
const definition = /^ {0,3}\[[^\]]+\]:\s*\S/
const tableRow = /^\s*\|.*\|\s*$/
const tableRule = /^[\s:|-]*$/

/**
 * Markdown as blocks of plain text. Code, images and badges, link targets, front matter and tables without sentences are
 * left out; what a reader reads remains. A line-by-line reading of the common forms, not a full CommonMark parser.
 */
export function extractMarkdown(markdown: string): Extraction {
  const blocks: Block[] = []
  let code = 0
  let title: string | null = null
  let lines: string[] = []
  let kind: Block['kind'] = 'paragraph'
  const flush = (next: Block['kind'] = 'paragraph') => {
    const { text, linked } = inlineText(joinWrapped(lines))
    const joined = tidy(text)
    if (joined !== '') blocks.push({ text: joined, kind, linked })
    lines = []
    kind = next
  }
  let fenced: string | undefined
  let afterBlank = true
  let inList = false
  for (const line of withoutFrontMatter(stripElements(markdown, notText)).split('\n')) {
    const mark = fence.exec(line)?.[1]
    if (fenced !== undefined) {
      if (mark?.startsWith(fenced)) fenced = undefined
      else code += line.length
      continue
    }
    const blank = line.trim() === ''
    if (mark) {
      flush()
      fenced = mark
    } else if (blank || rule.test(line) || definition.test(line)) {
      // A line of dashes under text is a heading's; elsewhere it is a rule.
      if (!blank && lines.length > 0 && underline.test(line)) kind = 'heading'
      flush()
    } else if (underline.test(line)) {
      if (lines.length > 0) kind = 'heading'
      flush()
      if (line.includes('=')) title ??= blocks.at(-1)?.text ?? null
    } else if (afterBlank && !inList && /^(?: {4}|\t)/.test(line)) {
      code += line.length
      continue
    } else if (atxHeading.test(line)) {
      flush('heading')
      const [mark, level] = atxHeading.exec(line)!
      lines.push(line.slice(mark.length).replace(closingMarks, ''))
      flush()
      if (level === '#') title ??= blocks.at(-1)?.text ?? null
    } else if (tableRow.test(line)) {
      flush()
      if (!line.includes('-') || !tableRule.test(line)) lines.push(proseOfRow(line.trim().slice(1, -1).split('|')))
      flush()
    } else if (listItem.test(line)) {
      flush('item')
      lines.push(`- ${line.replace(listItem, '').trim()}`)
    } else lines.push(line.replace(/^(?: {0,3}>)+\s?/, '').trim())
    if (!blank) inList = listItem.test(line) || (inList && /^\s/.test(line))
    afterBlank = blank
  }
  flush()
  return { title, blocks, code }
}

/** YAML between `---` lines at the very beginning, within the first 100 lines. */
function withoutFrontMatter(markdown: string): string {
  if (!markdown.startsWith('---\n')) return markdown
  const lines = markdown.split('\n', 100)
  const end = lines.indexOf('---', 1)
  if (end < 0) return markdown
  return markdown.slice(lines.slice(0, end + 1).join('\n').length)
}
