/**
 * What has no shape of its own and acts on the text around it: control characters, which could move the cursor or worse,
 * marks that turn the reading direction, joiners, invisible characters, separators of lines.
 */
const acting = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** Of these, what ordinary text needs: line feed, tab, joiners (Persian, Hindi, emoji), number signs (Arabic). */
const harmless = /\n|\t|\u200c|\u200d|[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}]/u

/** Foreign text for a terminal: what acts on other text appears as its escape. Line feeds and tabs stay. */
export const printable = (text: string): string =>
  text.replace(acting, character => (harmless.test(character) ? character : escapeOf(character)))

/** As `printable`, in one line. */
export const printableLine = (text: string): string => printable(text).replace(/[\n\t]/g, escapeOf)

/** JSON in one line, for a terminal as for a program: the same value, and whatever acts on other text is escaped. */
export const jsonLine = (value: unknown): string => JSON.stringify(value).replace(acting, escapeOf)

const escapeOf = (character: string): string =>
  Array.from(
    { length: character.length },
    (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`
  ).join('')

/** `12,345` */
export const grouped = (number: number): string => Math.round(number).toLocaleString('en-US')

/** `9999`, `12.3k`, `1.23M`: five characters at most below 1,000 million. */
export function compact(number: number): string {
  const units = ['', 'k', 'M', 'G']
  let power = 0
  let rest = Math.round(number)
  if (rest < 10_000) return String(rest)
  while (rest >= 999.5 && power < units.length - 1) {
    rest /= 1_000
    power++
  }
  return `${rest.toPrecision(3)}${units[power]}`
}

/** `1 document`, `1,200 documents` */
export const counted = (number: number, what: string): string => `${grouped(number)} ${what}${number === 1 ? '' : 's'}`

/** `480 ms`, `12.3 s`, `3 min 20 s` */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`
  const seconds = Math.round(ms / 1_000)
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

export const bytesAsText = (bytes: number): string => {
  const units = ['B', 'KB', 'MB', 'GB', 'TB']
  const power = Math.min(units.length - 1, bytes === 0 ? 0 : Math.floor(Math.log10(bytes) / 3))
  return `${(bytes / 1_000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`
}

/** Lines of a table: numbers to the right, the rest to the left. */
export function table(head: readonly string[], lines: readonly (readonly (string | number)[])[]): string[] {
  const cells = [head, ...lines.map(line => line.map(cell => (typeof cell === 'number' ? grouped(cell) : cell)))]
  const isNumber = head.map((_, column) => lines.length > 0 && lines.every(line => typeof line[column] === 'number'))
  const widths = head.map((_, column) => Math.max(...cells.map(line => line[column]?.length ?? 0)))
  return cells.map(line =>
    line
      .map((cell, column) => (isNumber[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join('  ')
      .trimEnd()
  )
}

/** Of a terminal of the usual size, less one. */
export const lineWidth = 79

/** Lines of at most so many characters, cut at spaces where there are some. */
export function wrap(text: string, most = lineWidth): string[] {
  const lines: string[] = []
  let rest = text
  while (rest.length > most) {
    const space = rest.slice(0, most + 1).lastIndexOf(' ')
    const at = space > most / 2 ? space : most
    lines.push(rest.slice(0, at).trimEnd())
    rest = rest.slice(at).trimStart()
  }
  return [...lines, rest]
}
