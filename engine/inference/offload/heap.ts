/** A binary heap: the first of its entries is before all others. Adding and taking cost O(log n). */
export interface Heap<T> {
  readonly first: T | undefined
  add(entry: T): void
  /** Takes the first away. */
  take(): T | undefined
}

export function createHeap<T>(before: (a: T, b: T) => boolean): Heap<T> {
  const entries: T[] = []
  const swap = (a: number, b: number) => {
    const kept = entries[a]!
    entries[a] = entries[b]!
    entries[b] = kept
  }
  return {
    get first() {
      return entries[0]
    },
    add(entry) {
      let index = entries.push(entry) - 1
      while (index > 0) {
        const parent = (index - 1) >> 1
        if (!before(entries[index]!, entries[parent]!)) return
        swap(index, parent)
        index = parent
      }
    },
    take() {
      const first = entries[0]
      const last = entries.pop()
      if (entries.length === 0) return first
      entries[0] = last!
      for (let index = 0; ; ) {
        let least = index
        for (const child of [2 * index + 1, 2 * index + 2])
          if (child < entries.length && before(entries[child]!, entries[least]!)) least = child
        if (least === index) return first
        swap(index, least)
        index = least
      }
    }
  }
}
