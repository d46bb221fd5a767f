/** Texts for tests: English sentences without end, deterministic and never the same twice. */

const subjects = [
  'The river',
  'A careful farmer',
  'Every old bridge',
  'The northern wind',
  'A young surveyor',
  'The museum',
  'Our neighbour',
  'A quiet engine'
]
const verbs = ['carries', 'measures', 'remembers', 'repairs', 'describes', 'follows', 'collects', 'compares']
const objects = [
  'the grain',
  'a map of the coast',
  'its wooden wheels',
  'the slow tide',
  'two copper coins',
  'the winter road',
  'a letter',
  'some clay'
]
const places = [
  'near the harbour',
  'before the rain',
  'under the hill',
  'for many years',
  'without a word',
  'at the market',
  'beyond the mill',
  'in the long evening'
]

/** The n-th sentence: about 60 characters; no two of the first 4,096 are alike, and a number parts later ones. */
export function sentence(n: number): string {
  const pick = (words: readonly string[], place: number) => words[Math.floor(n / 8 ** place + n * (place + 1)) % 8]
  const count = `${['One', 'Two', 'Three', 'Four', 'Five'][n % 5]} times out of ${n + 2},`
  return `${count} ${pick(subjects, 0)?.toLowerCase()} ${pick(verbs, 1)} ${pick(objects, 2)} ${pick(places, 3)}.`
}

/** A paragraph of so many sentences, beginning with the n-th. */
export const paragraph = (n: number, sentences = 6): string =>
  Array.from({ length: sentences }, (_, index) => sentence(n * sentences + index)).join(' ')

/** So many different paragraphs. */
export const paragraphs = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, index) => paragraph(from + index))
