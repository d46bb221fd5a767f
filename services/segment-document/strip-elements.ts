/**
 * Removes comments, and the named elements with all they hold, from text that may contain HTML. One pass: an element
 * that is never closed extends to the end, as a browser has it.
 */
export function stripElements(html: string, names: readonly string[]): string {
  const opening = new RegExp(`<!--|<(${names.join('|')})(?=[\\s/>])`, 'gi')
  let kept = ''
  let from = 0
  for (;;) {
    opening.lastIndex = from
    const found = opening.exec(html)
    if (!found) return kept + html.slice(from)
    kept += html.slice(from, found.index)
    const end = endOf(html, found.index + found[0].length, found[1])
    if (end < 0) return kept
    from = end
  }
}

/** Where a comment (no name) or element that was opened before `from` ends; -1 where it never does. */
export function endOf(html: string, from: number, name: string | undefined): number {
  if (name === undefined) {
    const end = html.indexOf('-->', from)
    return end < 0 ? -1 : end + 3
  }
  const closing = new RegExp(`</${name}[^<>]*>`, 'gi')
  closing.lastIndex = from
  return closing.exec(html) ? closing.lastIndex : -1
}
