import type { Commit } from '../../port.ts'
import { unseal } from '../format/checksums.ts'
import { looseRecord } from '../format/sealed-record.ts'
import { looseEntries, looseValue } from '../pages/loose-entries.ts'
import type { PageFile } from '../pages/page-file.ts'
import {
  offsetOf,
  partitionOf,
  recordKey,
  recordKeyBytes,
  type StoredTopic,
  smallTables,
  topicIdOf
} from '../tables.ts'
import type { Findings } from './inspection.ts'

/**
 * What is whole in a damaged log. What the tree still leads to is taken from there. What hung on a damaged page is found by
 * looking at every page that is neither in use nor free, and at the damaged ones: a record bears its own place and
 * checksum, and it is the one of its offset, since records are never changed. Free pages may hold what was never committed.
 */
export class Remains {
  readonly topics = new Map<string, StoredTopic>()
  readonly schemas = new Map<number, string>()
  /** Ids of schemas by the hash of their text. */
  readonly schemaIds = new Map<string, number>()
  readonly state = new Map<string, unknown>()
  readonly #commits = new Map<string, Commit>()
  readonly #ends = new Map<string, number>()
  /** Pages of records by topic id and partition, then by offset. */
  readonly #pages = new Map<string, Map<number, number>>()
  readonly #loosePlaces = new Set<string>()
  /** Found loose twice, and not alike: one of them was never committed. */
  readonly #doubtful = new Set<string>()

  small(table: string, key: string, value: unknown): void {
    const parts = JSON.parse(key)
    if (table === 'topics' || (table === 'copies' && parts[0] === 'topic'))
      this.topics.set((value as StoredTopic).topic, value as StoredTopic)
    if (table === 'schemas') this.schemas.set(parts, value as string)
    if (table === 'schema-ids') this.schemaIds.set(parts, value as number)
    if (table === 'copies' && parts[0] === 'schema') this.schemas.set(parts[1], value as string)
    if (table === 'commits' && !this.#commits.has(key)) this.#commits.set(key, value as Commit)
    if (table === 'ends') this.#endAt(parts.join('/'), value as number)
    if (table === 'state' && !this.state.has(parts)) this.state.set(parts, value)
  }

  record(key: Buffer, page: number): void {
    this.#found(topicIdOf(key), partitionOf(key), offsetOf(key), page)
  }

  #found(topicId: number, partition: number, offset: number, page: number): void {
    const place = `${topicId}/${partition}`
    const pages = this.#pages.get(place) ?? new Map<number, number>()
    this.#pages.set(place, pages)
    pages.set(offset, page)
    this.#endAt(place, offset + 1)
  }

  /** @returns once all pages have been looked at that hang on nothing whole. */
  async search({ file, accounted, damage }: Findings): Promise<void> {
    const damaged = new Set(damage.listed.flatMap(found => (found.kind === 'page' ? found.page : [])))
    for (let page = 2; page < file.pages; page++) {
      if (page % 256 === 0) await new Promise(resolve => setImmediate(resolve))
      if (accounted.has(page) && !damaged.has(page)) continue
      const value = looseValue(file, page)
      if (value) {
        this.#loose(file, page, value)
        continue
      }
      for (const entry of looseEntries(file, page)) {
        const value = entry.value()
        if (entry.key.length === recordKeyBytes && this.#loose(file, page, value)) continue
        for (const table of smallTables) {
          const content = unseal(table, entry.key, value)
          if (content) this.small(table, entry.key.toString(), JSON.parse(content.toString()))
        }
      }
    }
  }

  /** @returns whether it is a record. */
  #loose(file: PageFile, page: number, value: Buffer): boolean {
    const record = looseRecord(value)
    if (!record) return false
    const { topicId, partition, offset, frame } = record
    const place = `${topicId}/${partition}/${offset}`
    const known = this.contentOf(file, topicId, partition, offset)
    if (!known) {
      this.#loosePlaces.add(place)
      this.#found(topicId, partition, offset, page)
    } else if (this.#loosePlaces.has(place) && !known.equals(frame)) this.#doubtful.add(place)
    return true
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
    const page = this.#pages.get(`${topicId}/${partition}`)?.get(offset)
    if (page === undefined || this.#doubtful.has(`${topicId}/${partition}/${offset}`)) return undefined
    const value = looseValue(file, page)
    if (value) return frameAt(value, topicId, partition, offset)
    const key = recordKey(topicId, partition, offset)
    for (const entry of looseEntries(file, page)) {
      const frame = entry.key.equals(key) && frameAt(entry.value(), topicId, partition, offset)
      if (frame) return frame
    }
    return undefined
  }
}

function frameAt(value: Buffer, topicId: number, partition: number, offset: number): Buffer | undefined {
  const found = looseRecord(value)
  const isIt = found?.topicId === topicId && found.partition === partition && found.offset === offset
  return isIt ? found.frame : undefined
}
