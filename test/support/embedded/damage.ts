import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs'

/** Numbers from 0 up to but not including `limit`, the same for the same seed. */
export function randomFrom(seed: number): (limit: number) => number {
  let state = (seed * 2_654_435_761) >>> 0
  return limit => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit
  }
}

const pageBytes = 4_096

type Damaging = (file: number, pages: number, random: (limit: number) => number) => void

const pageAt = (file: number, page: number): Buffer => {
  const bytes = Buffer.alloc(pageBytes)
  readSync(file, bytes, 0, pageBytes, page * pageBytes)
  return bytes
}
const write = (file: number, page: number, bytes: Buffer) =>
  void writeSync(file, bytes, 0, bytes.length, page * pageBytes)
const randomBytes = (length: number, random: (limit: number) => number): Buffer =>
  Buffer.from(Array.from({ length }, () => random(256)))
const anyPage = (pages: number, random: (limit: number) => number) => random(pages)
const flip = (file: number, position: number, bit: number) => {
  const byte = Buffer.alloc(1)
  readSync(file, byte, 0, 1, position)
  byte[0]! ^= 1 << bit
  writeSync(file, byte, 0, 1, position)
}
/** Pages of trees are few among those of values: looked for, so that they are hit as often. */
function treePage(file: number, pages: number, random: (limit: number) => number): number {
  const start = random(pages)
  for (let step = 0; step < pages; step++) {
    const page = (start + step) % pages
    const bytes = pageAt(file, page)
    const flags = bytes.readUInt16LE(18)
    if (page >= 2 && bytes.readUInt32LE(0) === page && (flags === 1 || flags === 2)) return page
  }
  return start
}

const nodesOf = (page: Buffer): number[] =>
  Array.from({ length: page.readUInt16LE(20) / 2 }, (_, n) => 24 + page.readUInt16LE(24 + 2 * n))

/** Ways to damage a file of pages. */
export const damages: Readonly<Record<string, Damaging>> = {
  'a page of zeros': (file, pages, random) => write(file, anyPage(pages, random), Buffer.alloc(pageBytes)),
  'a tree page of zeros': (file, pages, random) => write(file, treePage(file, pages, random), Buffer.alloc(pageBytes)),
  'a random tree page': (file, pages, random) =>
    write(file, treePage(file, pages, random), randomBytes(pageBytes, random)),
  'eight random pages': (file, pages, random) => {
    for (let count = 0; count < 8; count++) write(file, anyPage(pages, random), randomBytes(pageBytes, random))
  },
  'a flipped bit': (file, pages, random) => flip(file, random(pages * pageBytes), random(8)),
  'a flipped bit in a tree page': (file, pages, random) =>
    flip(file, treePage(file, pages, random) * pageBytes + random(pageBytes), random(8)),
  'a flipped bit in the head of a tree page': (file, pages, random) =>
    flip(file, treePage(file, pages, random) * pageBytes + random(64), random(8)),
  'a flipped bit in a meta page': (file, _, random) => flip(file, random(2) * pageBytes + random(168), random(8)),
  'a random meta page': (file, _, random) => write(file, random(2), randomBytes(pageBytes, random)),
  'two pages swapped': (file, pages, random) => {
    const [one, other] = [anyPage(pages, random), anyPage(pages, random)]
    const [first, second] = [pageAt(file, one), pageAt(file, other)]
    write(file, one, second)
    write(file, other, first)
  },
  'two tree pages swapped, with their numbers': (file, pages, random) => {
    const [one, other] = [treePage(file, pages, random), treePage(file, pages, random)]
    const [first, second] = [pageAt(file, one), pageAt(file, other)]
    first.writeUInt32LE(other, 0)
    second.writeUInt32LE(one, 0)
    write(file, one, second)
    write(file, other, first)
  },
  'a page over another': (file, pages, random) =>
    write(file, treePage(file, pages, random), pageAt(file, treePage(file, pages, random))),
  'a pointer astray': (file, pages, random) => {
    const page = treePage(file, pages, random)
    const bytes = pageAt(file, page)
    const entries = bytes.readUInt16LE(20) / 2
    const at = 24 + bytes.readUInt16LE(24 + 2 * random(Math.max(1, entries)))
    if (at + 8 > pageBytes) return
    bytes.writeUInt32LE(random(2) === 0 ? random(pages) : random(2 ** 31), at)
    write(file, page, bytes)
  }
}

/** Damages a file in the way named, as the seed says. */
export function damage(path: string, way: string, seed: number): void {
  const file = openSync(path, 'r+')
  try {
    damages[way]!(file, Math.floor(fstatSync(file).size / pageBytes), randomFrom(seed))
  } finally {
    closeSync(file)
  }
}

/** Overwrites a page of a table of the log that the newest state uses; `a tree page of zeros` may hit one that is free. */
export function zeroUsedTreePage(path: string, seed: number): void {
  const file = openSync(path, 'r+')
  try {
    const transactionAt = 152
    const [one, other] = [pageAt(file, 0), pageAt(file, 1)]
    const newest = one.readBigUInt64LE(transactionAt) > other.readBigUInt64LE(transactionAt) ? one : other
    const main = pageAt(file, newest.readUInt32LE(136))
    const below = nodesOf(main)
      .map(at => pageAt(file, main.readUInt32LE(at + 8 + main.readUInt16LE(at + 6) + 40)))
      .filter(root => root.readUInt16LE(18) === 1)
      .flatMap(root => nodesOf(root).map(at => root.readUInt32LE(at)))
    if (below.length === 0) throw new Error('no table of the log is as large as two pages')
    write(file, below[randomFrom(seed)(below.length)]!, Buffer.alloc(pageBytes))
  } finally {
    closeSync(file)
  }
}
