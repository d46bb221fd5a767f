import type { Snapshot } from './meta-pages.ts'
import { wordAt } from './page-file.ts'
import { type WalkOptions, walkTree } from './tree-walk.ts'

/**
 * Marks the pages that the free lists name as used: a page that is both free and in use would be written over. A list is
 * a number of words, then the words: page numbers, zeros, and negative lengths before the first page of a run.
 */
export async function walkFreePages(
  { free }: Snapshot,
  options: Omit<WalkOptions, 'visit' | 'values' | 'numericKeys'>
): Promise<void> {
  const { file, used, lastPage, damaged } = options
  await walkTree(free, {
    ...options,
    numericKeys: true,
    values: true,
    visit({ value, page }) {
      // Told already.
      if (!value) return
      const words = value.length >= 8 ? wordAt(value, 0) : Number.POSITIVE_INFINITY
      if ((words + 1) * 8 > value.length) {
        damaged(page, 'a list of free pages is longer than it can be')
        return
      }
      for (let word = 1; word <= words; word++) {
        const number = Number(value.readBigInt64LE(word * 8))
        if (number === 0) continue
        const length = number < 0 ? -number : 1
        if (number < 0 && ++word > words) return
        const first = number < 0 ? Number(value.readBigInt64LE(word * 8)) : number
        if (!(first >= 2 && first + length - 1 <= lastPage)) {
          damaged(page, 'a list of free pages names one that lies outside the log')
          return
        }
        // The file may end before the last ones, if these were never written.
        const written = Math.min(length, file.pages - first)
        for (let index = 0; index < written; index++)
          if (!used.add(first + index)) {
            damaged(page, `a list of free pages names page ${first + index}, which is in use`)
            return
          }
      }
    }
  })
}
