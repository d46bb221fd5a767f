export interface Reach {
  /** Both global. */
  readonly first: RegExp
  readonly second: RegExp
  /** Most characters between the two. */
  readonly within: number
  /** Sentences or lines: what must not stand between them. */
  readonly barrier: RegExp
}

/** Whether `second` follows `first` within reach. Each pattern is looked for once: a text of beginnings costs no more than another. */
export function isWithinReach(text: string, { first, second, within, barrier }: Reach): boolean {
  const starts = [...text.matchAll(second)].map(({ index }) => index)
  let next = 0
  for (const found of text.matchAll(first)) {
    const end = found.index + found[0].length
    while (next < starts.length && starts[next]! < end) next += 1
    const start = starts[next]
    if (start === undefined) return false
    if (start - end <= within && !barrier.test(text.slice(end, start))) return true
  }
  return false
}
