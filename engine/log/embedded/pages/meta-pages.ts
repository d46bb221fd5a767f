import { headerBytes, magic, type PageFile, pageFlags, wordAt } from './page-file.ts'

/** A tree of lmdb's, as a meta page or a record of the main tree tells of it (48 bytes). */
export interface Tree {
  readonly depth: number
  readonly branchPages: number
  readonly leafPages: number
  readonly overflowPages: number
  readonly entries: number
  /** Infinite where the tree is empty. */
  readonly root: number
}

/** A state of the whole file: transaction N wrote meta page N mod 2. */
export interface Snapshot {
  readonly transaction: number
  readonly lastPage: number
  /** Lists of free pages. */
  readonly free: Tree
  /** The named trees, by name. */
  readonly main: Tree
}

export const treeBytes = 48

/** What lmdb keeps of a tree before its depth: padding (in the first of a meta page: the page size) and flags. */
const isPlainTree = (bytes: Buffer, at: number, pad: number, flags: number): boolean =>
  bytes.readUInt32LE(at) === pad && bytes.readUInt16LE(at + 4) === flags

/** The tree's root, and what else a table's record tells; undefined where it is none that we make. */
export const namedTreeOf = (value: Buffer): Tree | undefined =>
  value.length === treeBytes && isPlainTree(value, 0, 0, 0) ? treeAt(value, 0) : undefined

const treeAt = (bytes: Buffer, at: number): Tree => ({
  depth: bytes.readUInt16LE(at + 6),
  branchPages: wordAt(bytes, at + 8),
  leafPages: wordAt(bytes, at + 16),
  overflowPages: wordAt(bytes, at + 24),
  entries: wordAt(bytes, at + 32),
  root: wordAt(bytes, at + 40)
})

const dataVersion = 2
/** Flags of the tree of free pages, which also keeps those of the file. */
const integerKeys = 0x8
const overlappingSync = 0x4000
/** 32 TiB */
const largestMap = 2 ** 45

/**
 * A meta page, or what is wrong with it.
 * @param overlapping the file was written with lmdb's overlapping syncs.
 */
export function metaPageAt(file: PageFile, page: number, overlapping = false): Snapshot | string {
  const bytes = file.read(page)
  if (wordAt(bytes, 0) !== page) return 'it does not bear its own number'
  if (bytes.readUInt16LE(18) !== pageFlags.meta) return 'it is no meta page'
  const at = headerBytes
  if (bytes.readUInt32LE(at) !== magic) return 'it is not of lmdb: the magic number is another'
  if (bytes.readUInt32LE(at + 4) !== dataVersion) return 'lmdb wrote it in another version of its format'
  if (wordAt(bytes, at + 8) !== 0) return 'it wants to be mapped to a fixed address'
  if (!isPlainTree(bytes, at + 24, file.pageSize, integerKeys | (overlapping ? overlappingSync : 0)))
    return 'its page size or flags are none of ours'
  if (!isPlainTree(bytes, at + 24 + treeBytes, 0, 0)) return 'its main tree has flags that are none of ours'
  const snapshot: Snapshot = {
    free: treeAt(bytes, at + 24),
    main: treeAt(bytes, at + 24 + treeBytes),
    lastPage: wordAt(bytes, at + 24 + 2 * treeBytes),
    transaction: wordAt(bytes, at + 32 + 2 * treeBytes)
  }
  if (!Number.isFinite(snapshot.transaction) || !Number.isFinite(snapshot.lastPage) || snapshot.lastPage < 1)
    return 'its numbers are none that lmdb writes'
  const mapped = wordAt(bytes, at + 16)
  if (mapped % file.pageSize !== 0 || mapped > largestMap || mapped < (snapshot.lastPage + 1) * file.pageSize)
    return 'its size in memory is none that lmdb writes'
  if (snapshot.transaction > 0 && snapshot.transaction % 2 !== page) return 'its transaction belongs to the other one'
  return snapshot
}
