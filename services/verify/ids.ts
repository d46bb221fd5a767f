import { createHash } from 'node:crypto'

/**
 * Finds ids that occur twice, in eight bytes an id: candidates share the first 64 bits of a hash, and are looked at a
 * second time by whoever holds the records.
 */
export interface IdSet {
  add(id: string): void
  /** Tells ids that may have occurred twice: all that did, and next to none that did not. Undefined where none did. */
  mayRepeat(): ((id: string) => boolean) | undefined
}

export function createIdSet(): IdSet {
  let prints = new BigUint64Array(1_024)
  let size = 0
  const printOf = (id: string) => createHash('sha256').update(id).digest().readBigUInt64BE(0)
  return {
    add(id) {
      if (size === prints.length) {
        const grown = new BigUint64Array(size * 2)
        grown.set(prints)
        prints = grown
      }
      prints[size++] = printOf(id)
    },
    mayRepeat() {
      const sorted = prints.subarray(0, size).sort()
      const repeated = new Set<bigint>()
      for (let index = 1; index < size; index++) if (sorted[index] === sorted[index - 1]) repeated.add(sorted[index]!)
      return repeated.size === 0 ? undefined : id => repeated.has(printOf(id))
    }
  }
}
