import { existsSync, statSync } from 'node:fs'
import { unseal } from '../format/checksums.ts'
import { dataFile } from '../format/lmdb-files.ts'
import { readHeader } from '../format/log-header.ts'
import { unsealRecord } from '../format/sealed-record.ts'
import { walkFreePages } from '../pages/free-pages.ts'
import { namedTreeOf, type Tree } from '../pages/meta-pages.ts'
import { openPageFile, type PageFile } from '../pages/page-file.ts'
import { latestSnapshot } from '../pages/snapshots.ts'
import { type Entry, PageSet, walkTree } from '../pages/tree-walk.ts'
import {
  offsetOf,
  partitionOf,
  recordKeyBytes,
  recordsTable,
  type StoredTopic,
  smallTables,
  topicIdOf
} from '../tables.ts'
import { type Damage, DamageList, damagedHeader } from './damage.ts'

/** What else a reading of the pages found, for whoever wants to get out what is whole. */
export interface Findings {
  readonly file: PageFile
  readonly damage: DamageList
  /** Pages that are in use or free; what is not among them hangs on something damaged. */
  readonly accounted: PageSet
}

export interface InspectionOptions {
  /** Also every record's checksum; otherwise all but the records' values, which are checked when they are read. */
  readonly values: boolean
  /** Each entry of a small table that is whole. */
  readonly small?: (table: string, key: string, value: unknown) => void
  /** Each record's key, and the leaf page that it stands on. */
  readonly record?: (key: Buffer, page: number) => void
  /** While the file is open. */
  readonly afterwards?: (found: Findings) => Promise<void>
}

/** Damage that lmdb must not meet even when it opens the file: it would make a new one in its place, or crash. */
export function inspectOutside(dir: string): DamageList {
  const damage = new DamageList()
  const problem = wholeFileProblem(dir)
  if (problem) damage.add({ kind: 'file', file: 'data.mdb', problem })
  else {
    const file = openPageFile(dataFile(dir))
    latestSnapshot(file, (page, problem) => damage.add({ kind: 'page', page, problem }))
    file.close()
  }
  return damage
}

export function wholeFileProblem(dir: string): string | undefined {
  const path = dataFile(dir)
  if (!existsSync(path)) return 'it is gone'
  const stat = statSync(path)
  const { size } = stat
  if (!stat.isFile()) return 'it is no file'
  if (size === 0) return 'it is empty'
  if (size < 2 * 4_096) return `only ${size} bytes of it are left`
  return undefined
}

/**
 * Reads the file's pages as a file, and tells what is damaged. It ends, in a time that the file's size bounds, whatever the
 * file holds. Where others write meanwhile, the caller pins the state before.
 */
export async function inspect(dir: string, options: InspectionOptions): Promise<DamageList> {
  const damage = new DamageList()
  const header = readHeader(dir)
  if (header === 'damaged') damage.add({ kind: 'file', file: 'log.json', problem: damagedHeader })
  const problem = wholeFileProblem(dir)
  if (problem) {
    damage.add({ kind: 'file', file: 'data.mdb', problem })
    return damage
  }
  const file = openPageFile(dataFile(dir))
  try {
    const accounted = new PageSet(file.pages)
    let id: unknown
    await inspectPages(file, accounted, damage, {
      ...options,
      small(table, key, value) {
        if (table === 'state' && key === '"id"') id = value
        options.small?.(table, key, value)
      }
    })
    // Where its id is damaged, that is told already.
    const wanted = typeof header === 'string' ? id : header.id
    const isMade = typeof header === 'string' || header.ready
    if (isMade && (id === undefined ? damage.isEmpty : id !== wanted))
      damage.add({ kind: 'file', file: 'data.mdb', problem: 'it is not of the log that log.json tells of' })
    await options.afterwards?.({ file, damage, accounted })
  } finally {
    file.close()
  }
  return damage
}

async function inspectPages(
  file: PageFile,
  accounted: PageSet,
  damage: DamageList,
  options: InspectionOptions
): Promise<void> {
  const damaged = (page: number, problem: string) => damage.add({ kind: 'page', page, problem })
  const snapshot = latestSnapshot(file, damaged)
  if (!snapshot) {
    damage.add({ kind: 'file', file: 'data.mdb', problem: 'it is not the file of a log' })
    return
  }
  const { lastPage, transaction } = snapshot
  const walk = { file, lastPage, transaction, used: accounted, damaged }
  const trees = new Map<string, Tree>()
  await walkTree(snapshot.main, {
    ...walk,
    trees: true,
    visit({ key, value, page }) {
      const name = key.toString().replace(/\0$/, '')
      const known = name === recordsTable || smallTables.some(table => table === name)
      const tree = known && value ? namedTreeOf(value) : undefined
      if (tree) trees.set(name, tree)
      else damaged(page, 'it names a table that a log does not have')
    }
  })
  const topics = new Map<number, string>()
  let ends: Map<string, number> | undefined = new Map()
  for (const name of smallTables) {
    const tree = trees.get(name)
    if (!tree) continue
    const whole = await walkTree(tree, {
      ...walk,
      values: true,
      visit(entry) {
        const found = smallValue(name, entry)
        if ('problem' in found) {
          damage.add(found)
          if (name === 'ends') ends = undefined
          return
        }
        if (name === 'ends') ends?.set((found.key as number[]).join('/'), found.value as number)
        if (name === 'topics' || (name === 'copies' && (found.key as string[])[0] === 'topic')) {
          const { id, topic } = found.value as StoredTopic
          topics.set(id, topic)
        }
        options.small?.(name, entry.key.toString(), found.value)
      }
    })
    if (name === 'ends' && !whole) ends = undefined
  }
  const gaps = new GapFinder(topics, damage)
  const records = trees.get(recordsTable)
  if (records)
    await walkTree(records, {
      ...walk,
      values: options.values,
      visit({ key, value, page }) {
        if (key.length !== recordKeyBytes) {
          damaged(page, 'it holds the key of no record')
          return
        }
        gaps.record(key)
        const content =
          options.values && value ? unsealRecord(value, topicIdOf(key), partitionOf(key), offsetOf(key)) : undefined
        if (options.values && !content) gaps.add(key, 'its checksum differs, or its bytes are gone')
        options.record?.(key, page)
      }
    })
  // Where the ends are lost, the last records may be too, and nobody can tell.
  if (ends) gaps.close(ends)
  await walkFreePages(snapshot, walk)
}

function smallValue(table: string, { key, value }: Entry): { key: unknown; value: unknown } | Damage {
  const content = value && unseal(table, key, value)
  if (content) return { key: JSON.parse(key.toString()), value: JSON.parse(content.toString()) }
  const problem = 'its checksum differs, or its bytes are gone'
  return { kind: 'value', table, key: key.toString(), problem }
}

/** Offsets of a partition have no holes: where one is missing, a record is lost. */
class GapFinder {
  readonly #topics: ReadonlyMap<number, string>
  readonly #damage: DamageList
  readonly #next = new Map<string, number>()
  #place = ''
  #prefix = Buffer.alloc(0)

  constructor(topics: ReadonlyMap<number, string>, damage: DamageList) {
    this.#topics = topics
    this.#damage = damage
  }

  record(key: Buffer): void {
    if (!key.subarray(0, 8).equals(this.#prefix)) {
      this.#prefix = Buffer.from(key.subarray(0, 8))
      this.#place = `${topicIdOf(key)}/${partitionOf(key)}`
    }
    const offset = offsetOf(key)
    this.#gap(this.#place, this.#next.get(this.#place) ?? 0, offset)
    this.#next.set(this.#place, offset + 1)
  }

  add(key: Buffer, problem: string): void {
    const offset = offsetOf(key)
    this.#tell(`${topicIdOf(key)}/${partitionOf(key)}`, offset, offset + 1, problem)
  }

  close(ends: ReadonlyMap<string, number>): void {
    for (const [place, end] of ends) this.#gap(place, this.#next.get(place) ?? 0, end)
    for (const [place, next] of this.#next)
      if ((ends.get(place) ?? 0) < next)
        this.#damage.add({
          kind: 'value',
          table: 'ends',
          key: `[${place.replace('/', ',')}]`,
          problem: 'records lie behind it'
        })
  }

  #gap(place: string, from: number, to: number): void {
    if (from < to) this.#tell(place, from, to, 'missing')
  }

  #tell(place: string, from: number, to: number, problem: string): void {
    const [id, partition] = place.split('/').map(Number) as [number, number]
    const topic = this.#topics.get(id) ?? `topic ${id}`
    this.#damage.add({ kind: 'records', topic, partition, from, to, problem })
  }
}
