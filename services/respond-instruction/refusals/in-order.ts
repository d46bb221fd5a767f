/**
 * Whether a text has one of each list of words, in this order and close together within one sentence.
 * @param within characters from the end of one to the beginning of the next, at most.
 */
export function inOrder(text: string, steps: readonly (readonly string[])[], within: number): boolean {
  let ends: number[] = [-1]
  for (const [place, words] of steps.entries()) {
    const next = new Set<number>()
    for (const word of words)
      for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1))
        if (place === 0 || ends.some(end => at >= end && at - end <= within && !sentenceEnds(text.slice(end, at))))
          next.add(at + word.length)
    if (next.size === 0) return false
    ends = [...next]
  }
  return true
}

const sentenceEnds = (between: string): boolean => /[.!?。！？؟]/u.test(between)
