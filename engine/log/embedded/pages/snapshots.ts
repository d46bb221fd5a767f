import { metaPageAt, type Snapshot } from './meta-pages.ts'
import type { PageFile } from './page-file.ts'

/** A writer beside us replaces one of the two meta pages with every commit. */
const looks = 1_000

/**
 * The newest snapshot. Both meta pages must be whole and of successive transactions: where the newer one is damaged, lmdb
 * would go back by a commit without a word.
 * @param overlapping the file was written with lmdb's overlapping syncs.
 * @returns undefined where there is no meta page to begin from.
 */
export function latestSnapshot(
  file: PageFile,
  damaged: (page: number, problem: string) => void,
  overlapping = false
): Snapshot | undefined {
  if (file.pages < 2) return undefined
  const look = (page: number) => metaPageAt(file, page, overlapping)
  let [first, second] = [look(0), look(1)]
  for (let count = 1; count < looks && !areSuccessive(first, second); count++) {
    first = look(0)
    second = look(1)
  }
  for (const [page, found] of [first, second].entries())
    if (typeof found === 'string') damaged(page, `${found}; what was committed last may be lost with it`)
  const found = [first, second].filter(meta => typeof meta !== 'string')
  if (found.length === 2 && !areSuccessive(first, second))
    damaged(0, 'it and page 1 are not of successive transactions')
  return found.reduce<Snapshot | undefined>(
    (newest, meta) => (newest && newest.transaction > meta.transaction ? newest : meta),
    undefined
  )
}

const areSuccessive = (first: Snapshot | string, second: Snapshot | string): boolean =>
  typeof first !== 'string' && typeof second !== 'string' && Math.abs(first.transaction - second.transaction) <= 1
