import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Tree } from './meta-pages.ts'
import { headerBytes, type PageFile, pageFlags, wordAt } from './page-file.ts'

/** One entry of a leaf page. */
export interface Entry {
  readonly key: Buffer
  /** Its bytes; undefined where they lie on other pages that were not asked for, or are not there. */
  readonly value: Buffer | undefined
  /** The leaf page that it stands on. */
  readonly page: number
}

export interface WalkOptions {
  readonly file: PageFile
  /** The last page of the snapshot, and its transaction. */
  readonly lastPage: number
  readonly transaction: number
  /** Pages seen so far, of all trees: none may be met twice. */
  readonly used: PageSet
  readonly damaged: (page: number, problem: string) => void
  /** Free pages are listed by numbers, everything else by bytes. */
  readonly numericKeys?: boolean
  /** Every entry is a tree of its own, rather than none. */
  readonly trees?: boolean
  /** Also reads values that lie on pages of their own. */
  readonly values?: boolean
  readonly visit: (entry: Entry) => void
}

/** Which pages were seen. */
export class PageSet {
  readonly #bits: Uint8Array
  #size = 0
  constructor(pages: number) {
    this.#bits = new Uint8Array(Math.ceil(pages / 8))
  }
  get size(): number {
    return this.#size
  }
  has(page: number): boolean {
    return (this.#bits[page >> 3]! & (1 << (page & 7))) !== 0
  }
  /** False where it was there before. */
  add(page: number): boolean {
    if (this.has(page)) return false
    this.#bits[page >> 3]! |= 1 << (page & 7)
    this.#size += 1
    return true
  }
}

interface Pending {
  readonly page: number
  /** Levels from here to the leaves, this one included. */
  readonly levels: number
  /** The transaction of the page above: no page is younger than the one that points to it. */
  readonly transaction: number
  /** low <= key < high */
  readonly low: Buffer | undefined
  readonly high: Buffer | undefined
}

const nodeBytes = 8
const bigData = 1
const subTree = 2
const deepest = 32
const pagesPerTurn = 256

const byBytes = (a: Buffer, b: Buffer) => Buffer.compare(a, b)
const byNumber = (a: Buffer, b: Buffer) => wordAt(a, 0) - wordAt(b, 0)

/**
 * Visits the entries of a tree in the order of their keys, checking each page on the way. A damaged page is told and left
 * out, with all that hangs on it. It ends: no page is read twice. @returns whether all was well.
 */
export async function walkTree(tree: Tree, options: WalkOptions): Promise<boolean> {
  const { file, used, transaction } = options
  if (tree.entries === 0 && tree.depth === 0 && !Number.isFinite(tree.root)) return true
  const counts = { branch: 0, leaf: 0, overflow: 0, entries: 0 }
  let whole = true
  const damaged = (page: number, problem: string) => {
    whole = false
    options.damaged(page, problem)
  }
  if (tree.depth < 1 || tree.depth > deepest) {
    damaged(tree.root, `a tree with ${tree.depth} levels begins there`)
    return false
  }
  const leafPage = Buffer.alloc(file.pageSize)
  const compare = options.numericKeys ? byNumber : byBytes
  const pending: Pending[] = [{ page: tree.root, levels: tree.depth, transaction, low: undefined, high: undefined }]
  for (let turn = 1; pending.length > 0; turn++) {
    if (turn % pagesPerTurn === 0) await nextTurn()
    const next = pending.pop()!
    const { page, levels } = next
    const misplaced = placeProblem(page, 1, options)
    if (misplaced) {
      damaged(page, misplaced)
      continue
    }
    used.add(page)
    const isLeaf = levels === 1
    const bytes = file.read(page, 1, isLeaf ? leafPage : undefined)
    const nodes = nodesOf(bytes, page, isLeaf, next.transaction)
    if (typeof nodes === 'string') {
      damaged(page, nodes)
      continue
    }
    const keys = nodes.map(at => keyAt(bytes, at))
    const disorder = keyProblem(keys, next, isLeaf, compare, options.numericKeys ?? false)
    if (disorder) {
      damaged(page, disorder)
      continue
    }
    counts[isLeaf ? 'leaf' : 'branch'] += 1
    const written = wordAt(bytes, 8)
    if (isLeaf) {
      counts.entries += nodes.length
      for (const [index, at] of nodes.entries()) {
        const entry = entryAt(bytes, at, keys[index]!, page, written, options, damaged)
        counts.overflow += entry.ownPages
        options.visit(entry)
      }
    } else
      for (let index = nodes.length - 1; index >= 0; index--)
        pending.push({
          page: childAt(bytes, nodes[index]!),
          levels: levels - 1,
          transaction: written,
          low: index === 0 ? next.low : keys[index],
          high: index === nodes.length - 1 ? next.high : keys[index + 1]
        })
  }
  if (!whole) return false
  const { branchPages, leafPages, overflowPages, entries } = tree
  const asTold =
    counts.branch === branchPages &&
    counts.leaf === leafPages &&
    counts.overflow === overflowPages &&
    counts.entries === entries
  if (!asTold) damaged(tree.root, `the tree that begins there holds ${counts.entries} entries, and should ${entries}`)
  return whole
}

/** Why these pages cannot be read for the first time; undefined where they can. */
export function placeProblem(page: number, count: number, { file, lastPage, used }: WalkOptions): string | undefined {
  if (!(page >= 2 && page + count - 1 <= lastPage)) return 'it is pointed to, but lies outside the log'
  if (page + count > file.pages) return 'the file ends before it'
  for (let index = 0; index < count; index++) if (used.has(page + index)) return 'it is used twice'
  return undefined
}

const keyAt = (bytes: Buffer, at: number): Buffer =>
  bytes.subarray(at + nodeBytes, at + nodeBytes + bytes.readUInt16LE(at + 6))

const childAt = (bytes: Buffer, at: number): number =>
  bytes.readUInt32LE(at) + bytes.readUInt16LE(at + 4) * 0x1_0000_0000

/** Where the nodes of a page begin, or why it is none of a tree. */
export function nodesOf(bytes: Buffer, page: number, isLeaf: boolean, youngest: number): readonly number[] | string {
  if (wordAt(bytes, 0) !== page) return 'it does not bear its own number'
  if (bytes.readUInt16LE(18) !== (isLeaf ? pageFlags.leaf : pageFlags.branch))
    return `it is no ${isLeaf ? 'leaf' : 'branch'} of the tree`
  if (wordAt(bytes, 8) > youngest) return 'it is younger than what points to it'
  const lower = bytes.readUInt16LE(20)
  const upper = bytes.readUInt16LE(22)
  const room = bytes.length - headerBytes
  if (lower % 2 !== 0 || lower > upper || upper > room) return 'the bounds of its content are none'
  const count = lower / 2
  if (count < (isLeaf ? 1 : 2)) return 'it is empty'
  const nodes: number[] = []
  let filled = 0
  for (let index = 0; index < count; index++) {
    const at = bytes.readUInt16LE(headerBytes + 2 * index)
    if (at < upper || at + nodeBytes > room || at % 2 !== 0) return 'an entry lies outside it'
    const size = nodeBytes + sizeAt(bytes, at + headerBytes, isLeaf)
    if (at + size > room) return 'an entry reaches beyond it'
    if (isLeaf && bytes.readUInt16LE(at + headerBytes + 4) > subTree)
      return 'an entry is of a kind that we do not write'
    filled += size + (size % 2)
    nodes.push(at + headerBytes)
  }
  return filled === room - upper ? nodes : 'its entries overlap, or leave gaps'
}

/** Bytes of a node after its own header. */
function sizeAt(bytes: Buffer, at: number, isLeaf: boolean): number {
  const key = bytes.readUInt16LE(at + 6)
  if (!isLeaf) return key
  return key + (bytes.readUInt16LE(at + 4) & bigData ? headerBytes : bytes.readUInt32LE(at))
}

function keyProblem(
  keys: readonly Buffer[],
  { low, high }: Pending,
  isLeaf: boolean,
  compare: (a: Buffer, b: Buffer) => number,
  numeric: boolean
): string | undefined {
  // The first key of a branch stands for everything below the second, and is often empty.
  const first = isLeaf ? 0 : 1
  for (let index = first; index < keys.length; index++) {
    const key = keys[index]!
    if (numeric && key.length !== 8) return 'a key is no number'
    if (index > first && compare(keys[index - 1]!, key) >= 0) return 'its keys are not in order'
  }
  if (low && compare(keys[first]!, low) < 0) return 'its keys belong before it'
  if (high && compare(keys.at(-1)!, high) >= 0) return 'its keys belong behind it'
  return undefined
}

function entryAt(
  bytes: Buffer,
  at: number,
  key: Buffer,
  page: number,
  written: number,
  options: WalkOptions,
  damaged: (page: number, problem: string) => void
): Entry & { readonly ownPages: number } {
  const flags = bytes.readUInt16LE(at + 4)
  const size = bytes.readUInt32LE(at)
  const begin = at + nodeBytes + key.length
  const isTree = (flags & subTree) !== 0
  if (isTree !== (options.trees ?? false)) damaged(page, 'an entry is a table, or should be one')
  if (!(flags & bigData)) return { key, value: bytes.subarray(begin, begin + size), page, ownPages: 0 }
  const first = wordAt(bytes, begin)
  const count = wordAt(bytes, begin + 16)
  const without = { key, value: undefined, page, ownPages: count }
  const { file, used } = options
  if (count !== Math.floor((headerBytes - 1 + size) / file.pageSize) + 1) {
    damaged(page, 'a value has other pages than its size needs')
    return without
  }
  const misplaced = placeProblem(first, count, options)
  if (misplaced) {
    damaged(first, misplaced)
    return without
  }
  for (let index = 0; index < count; index++) used.add(first + index)
  if (!options.values) return without
  const own = file.read(first, count)
  if (
    wordAt(own, 0) !== first ||
    own.readUInt16LE(18) !== pageFlags.overflow ||
    own.readUInt32LE(20) !== count ||
    wordAt(own, 8) > written
  )
    damaged(first, 'the header of a value is another')
  return { ...without, value: own.subarray(headerBytes, headerBytes + size) }
}
