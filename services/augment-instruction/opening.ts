/** Words that make an opening (FANNO, augmentation). */
const openingWords = 4

/** The first four words in lower case, without punctuation; fewer where there are no more. */
export const openingOf = (text: string): string =>
  (
    text
      .toLowerCase()
      .replaceAll('’', "'")
      .slice(0, 1_000)
      .match(/[\p{L}\p{M}\p{N}]+(?:['-][\p{L}\p{M}\p{N}]+)*/gu) ?? []
  )
    .slice(0, openingWords)
    .join(' ')

/** The first of the texts that opens with the same four words; undefined when there is none. */
export function sameOpening(instruction: string, others: readonly string[]): string | undefined {
  const opening = openingOf(instruction)
  return others.find(other => openingOf(other) === opening)
}
