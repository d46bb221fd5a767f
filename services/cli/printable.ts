/**
 * Foreign text for a terminal: control characters, which could move the cursor or worse, and marks that turn the
 * reading direction appear as their escapes. Line feeds and tabs stay.
 */
export const printable = (text: string): string =>
  text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    escapeOf
  )

/** As `printable`, in one line. */
export const printableLine = (text: string): string => printable(text).replace(/[\n\t]/g, escapeOf)

const escapeOf = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

/** `12,345` */
export const grouped = (number: number): string => Math.round(number).toLocaleString('en-US')

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
