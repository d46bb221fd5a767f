import type { Commit } from '../port.ts'
import { unseal } from './checksums.ts'
import type { Findings } from './inspection.ts'
import { looseEntries } from './pages/loose-entries.ts'
import type { PageFile } from './pages/page-file.ts'
import {
  offsetOf,
  partitionOf,
  recordKey,
  recordKeyBytes,
  type StoredTopic,
  smallTables,
  topicIdOf,
  unsealRecord
} from './tables.ts'

/**
 * What is whole in a damaged log. What the tree still leads to is taken from there. What hung on a damaged page is found by looking at
 * every page that is neither in use nor free, and at the damaged ones: a record is one when its checksum agrees, and it is
 * the one of its offset, since records are never changed.
 */
export class Remains {
  readonly topics = new Map<string, StoredTopic>()
  readonly schemas = new Map<number, string>()
  readonly state = new Map<string, unknown>()
  readonly #commits = new Map<string, Commit>()
  readonly #ends = new Map<string, number>()
  /** Pages of records by topic id and partition, then by offset. */
  readonly #pages = new Map<string, Map<number, number>>()
  /** Found loose twice, and not alike. */
  readonly #doubtful = new Set<string>()

  small(table: string, key: string, value: unknown): void {
    const parts = JSON.parse(key)
    if (table === 'topics' || (table === 'copies' && parts[0] === 'topic'))
      this.topics.set((value as StoredTopic).topic, value as StoredTopic)
    if (table === 'schemas') this.schemas.set(parts, value as string)
    if (table === 'copies' && parts[0] === 'schema') this.schemas.set(parts[1], value as string)
    if (table === 'commits' && !this.#commits.has(key)) this.#commits.set(key, value as Commit)
    if (table === 'ends') this.#endAt(parts.join('/'), value as number)
    if (table === 'state' && !this.state.has(parts)) this.state.set(parts, value)
  }

  record(key: Buffer, page: number): void {
    const place = placeOf(key)
    const pages = this.#pages.get(place) ?? new Map<number, number>()
    this.#pages.set(place, pages)
    pages.set(offsetOf(key), page)
    this.#endAt(place, offsetOf(key) + 1)
  }

  /** @returns once all pages have been looked at that hang on nothing whole. */
  async search({ file, accounted, damage }: Findings): Promise<void> {
    const damaged = new Set(damage.listed.flatMap(found => (found.kind === 'page' ? found.page : [])))
    const loose = new Set<string>()
    for (let page = 2; page < file.pages; page++) {
      if (page % 256 === 0) await new Promise(resolve => setImmediate(resolve))
      if (accounted.has(page) && !damaged.has(page)) continue
      for (const { key, value } of looseEntries(file, page)) this.#loose(file, page, key, value(), loose)
    }
  }

  #loose(file: PageFile, page: number, key: Buffer, value: Buffer, loose: Set<string>): void {
    if (key.length === recordKeyBytes && unsealRecord(key, value)) {
      const name = key.toString('latin1')
      const known = this.#pages.get(placeOf(key))?.get(offsetOf(key))
      if (known === undefined) {
        loose.add(name)
        this.record(key, page)
      } else if (loose.has(name) && !sealedOn(file, known, key)?.equals(value)) this.#doubtful.add(name)
      return
    }
    for (const table of smallTables) {
      const content = unseal(table, key, value)
      if (content) this.small(table, key.toString(), JSON.parse(content.toString()))
    }
  }

  #endAt(place: string, end: number): void {
    this.#ends.set(place, Math.max(end, this.#ends.get(place) ?? 0))
  }

  endOf(topicId: number, partition: number): number {
    return this.#ends.get(`${topicId}/${partition}`) ?? 0
  }

  commitOf(group: string, topic: string, partition: number): Commit | undefined {
    return this.#commits.get(JSON.stringify([group, topic, partition]))
  }

  /** Offsets of records that were found, from <= offset < to, in order. */
  offsetsOf(topicId: number, partition: number, from: number, to: number): number[] {
    const offsets = [...(this.#pages.get(`${topicId}/${partition}`)?.keys() ?? [])]
    return offsets.filter(offset => offset >= from && offset < to).sort((a, b) => a - b)
  }

  /** A record's frame; undefined where it is not whole. */
  contentOf(file: PageFile, topicId: number, partition: number, offset: number): Buffer | undefined {
    const key = recordKey(topicId, partition, offset)
    const page = this.#pages.get(placeOf(key))?.get(offset)
    if (page === undefined || this.#doubtful.has(key.toString('latin1'))) return undefined
    const sealed = sealedOn(file, page, key)
    return sealed && unsealRecord(key, sealed)
  }
}

const placeOf = (key: Buffer): string => `${topicIdOf(key)}/${partitionOf(key)}`

function sealedOn(file: PageFile, page: number, key: Buffer): Buffer | undefined {
  for (const entry of looseEntries(file, page)) if (entry.key.equals(key)) return entry.value()
  return undefined
}
