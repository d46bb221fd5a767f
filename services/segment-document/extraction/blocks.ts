import { countWords } from '../../words.ts'

/** A paragraph, heading, list item or table row, as an extractor found it: plain text, of one or more lines. */
export interface Block {
  readonly text: string
  readonly kind: 'paragraph' | 'heading' | 'item'
  /** How many characters of the text are links. */
  readonly linked: number
}

/** What an extractor made of a document. */
export interface Extraction {
  readonly title: string | null
  readonly blocks: readonly Block[]
  /** Characters of code that were left out: they are no prose. */
  readonly code: number
}

/** Runs of spaces as one, none at the ends; line ends stay. */
export const tidy = (text: string): string =>
  text
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .trim()

/** A table row is prose where a cell has at least this many words. */
const wordsOfProse = 6

/** The prose of a table row: "cell: cell" where one of them is a sentence, else nothing. */
export function proseOfRow(cells: readonly string[]): string {
  const filled = cells.map(tidy).filter(cell => cell !== '')
  return filled.some(cell => countWords(cell) >= wordsOfProse) ? filled.join(': ') : ''
}
