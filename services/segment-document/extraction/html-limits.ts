import { endOf } from './strip-elements.ts'

/** Deeper nesting makes the parser's recursion overflow, or Readability quadratic; pages that people read nest 20 to 60. */
const maxDepth = 256
/** About 10 s of parsing and scoring on one core. Stray `<` and `&` count: the parser makes a node of each. */
const maxMarks = 100_000

/**
 * Readability weighs the text of each element for all that it stands in: tags times depth. Pages that people read have
 * 10,000 to 2,000,000 of it; 16,000,000 took more than 10 s.
 */
const maxWeight = 5_000_000

/** Elements whose end tag may be left out, or that have none: an unclosed one does not nest what follows. */
const unnested = new Set(
  'area base br col embed hr img input link meta param source track wbr p li dt dd tr td th thead tbody tfoot colgroup option optgroup'.split(
    ' '
  )
)
const rawText = new Set(['script', 'style', 'textarea', 'title', 'noscript', 'iframe', 'xmp'])

/**
 * Whether HTML is safe to parse, from one pass over its tags.
 * @returns what is too much, or undefined.
 */
export function excessOf(html: string): { readonly score: number; readonly evidence: string } | undefined {
  const marks = html.match(/[<&]/g)?.length ?? 0
  if (marks > maxMarks) return { score: marks, evidence: `more than ${maxMarks} tags and entities` }
  const tag = /<!--|<(\/?)([a-z][^\s/>]*)/gi
  const open: string[] = []
  let weight = 0
  for (;;) {
    const found = tag.exec(html)
    if (!found) return undefined
    const name = found[2]?.toLowerCase()
    weight += open.length
    if (weight > maxWeight) return { score: weight, evidence: `its tags times their depth exceed ${maxWeight}` }
    if (name === undefined || (found[1] === '' && rawText.has(name))) {
      const end = endOf(html, tag.lastIndex, name)
      if (end < 0) return undefined
      tag.lastIndex = end
    }
    if (name === undefined) continue
    if (unnested.has(name) || rawText.has(name)) continue
    if (found[1] === '/') {
      const opened = open.lastIndexOf(name)
      if (opened >= 0) open.length = opened
    } else if (open.push(name) > maxDepth)
      return { score: open.length, evidence: `nests deeper than ${maxDepth} elements` }
  }
}
