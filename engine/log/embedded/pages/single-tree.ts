import { statSync } from 'node:fs'
import { walkFreePages } from './free-pages.ts'
import type { Snapshot } from './meta-pages.ts'
import { headerBytes, openPageFile, type PageFile, wordAt } from './page-file.ts'
import { latestSnapshot } from './snapshots.ts'
import { PageSet, walkTree } from './tree-walk.ts'

/** lmdb may be let near a file with one unnamed tree, written with overlapping syncs: its meta pages are whole. */
export function hasWholeBeginning(path: string): boolean {
  if (!statSync(path).isFile()) return false
  const file = openPageFile(path)
  try {
    return beginning(file) !== undefined
  } finally {
    file.close()
  }
}

/** All its pages are whole, and all its entries as `isSound` would have them. Whoever asks has pinned the state. */
export async function isWholeIndex(path: string, isSound: (key: Buffer, value: Buffer) => boolean): Promise<boolean> {
  const file = openPageFile(path)
  try {
    const snapshot = beginning(file)
    if (!snapshot) return false
    let isWhole = true
    const damaged = () => {
      isWhole = false
    }
    const { lastPage, transaction } = snapshot
    const walk = { file, lastPage, transaction, used: new PageSet(file.pages), damaged }
    await walkTree(snapshot.main, {
      ...walk,
      visit({ key, value }) {
        if (!value || !isSound(key, value)) damaged()
      }
    })
    await walkFreePages(snapshot, walk)
    return isWhole
  } finally {
    file.close()
  }
}

/** Where a third transaction stands, in the second half of the first page: the last one that has surely reached the disk. */
const syncedAt = headerBytes + 128

function beginning(file: PageFile): Snapshot | undefined {
  let isWhole = true
  const damaged = () => {
    isWhole = false
  }
  const snapshot = latestSnapshot(file, damaged, true)
  if (!snapshot || !isWhole) return undefined
  return wordAt(file.read(0), file.pageSize / 2 + syncedAt) <= snapshot.transaction ? snapshot : undefined
}
