/**
 * Removes comments, and the named elements with all they hold, from text that may contain HTML. One pass: an element
 * that is never closed extends to the end, as a browser has it.
 * @param names in lower case.
 */
export function stripElements(html: string, names: ReadonlySet<string>): string {
  const opening = /<!--|<([a-z][^\s/<>]*)(?=[\s/>])/gi
  let kept = ''
  let from = 0
  for (let found = opening.exec(html); found; found = opening.exec(html)) {
    const name = found[1]?.toLowerCase()
    if (name !== undefined && !names.has(name)) continue
    kept += html.slice(from, found.index)
    from = endOf(html, opening.lastIndex, name)
    if (from < 0) return kept
    opening.lastIndex = from
  }
  return kept + html.slice(from)
}

/**
 * Where a comment (no name) or element that was opened before `from` ends; -1 where it never does.
 * @param name in lower case.
 */
export function endOf(html: string, from: number, name: string | undefined): number {
  if (name === undefined) {
    const end = html.indexOf('-->', from)
    return end < 0 ? -1 : end + 3
  }
  const closing = /<\/([a-z][^\s/<>]*)(?![^\s/<>])[^<>]*>/gi
  closing.lastIndex = from
  for (let found = closing.exec(html); found; found = closing.exec(html))
    if (found[1]!.toLowerCase() === name) return closing.lastIndex
  return -1
}
