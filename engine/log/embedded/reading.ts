import { LogError } from '../errors.ts'
import type { Fetched, FetchLimits, LogRecord } from '../port.ts'
import { recordBytes } from '../port.ts'
import { damageText } from './damage/damage.ts'
import { unframe } from './format/framing.ts'
import { unsealRecord } from './format/sealed-record.ts'
import { offsetOf, recordKey, type StoredTopic, type Tables } from './tables.ts'

/** One partition of a topic, as its records are addressed in the tables. */
export interface Place {
  readonly topic: string
  readonly topicId: number
  readonly partition: number
}

/** Bounds one look into the tables: lmdb cannot reuse pages while a cursor is open, and the event loop waits. */
const chunk = { maxRecords: 512, maxBytes: 1_048_576 }

/** @throws LogError `unknown-topic` */
export function topicOf(tables: Tables, topic: string): StoredTopic {
  const found = tables.topics.get(topic)
  if (!found) throw new LogError('unknown-topic', `there is no topic ${topic}: create it or correct the name`)
  return found
}

/** @throws LogError `unknown-topic` when there is no such topic or partition. */
export function placeOf(tables: Tables, topic: string, partition: number): Place {
  const { id, partitions } = topicOf(tables, topic)
  if (!Number.isInteger(partition) || partition < 0 || partition >= partitions)
    throw new LogError('unknown-topic', `topic ${topic} has partitions 0 to ${partitions - 1}, none is ${partition}`)
  return { topic, topicId: id, partition }
}

export const endOf = (tables: Tables, { topicId, partition }: Place): number =>
  tables.ends.get([topicId, partition]) ?? 0

/**
 * The records from `from` on that lie before `to`, as many as the limits allow, but at least one.
 * @throws LogError `log-damaged` at a record that is not as it was written, unless there is somebody to be told.
 */
export function fetch(
  tables: Tables,
  place: Place,
  from: number,
  limits: Pick<FetchLimits, 'maxRecords' | 'maxBytes'>,
  to = Number.MAX_SAFE_INTEGER,
  onDamage?: (damage: LogError) => void
): Fetched {
  const end = Math.min(endOf(tables, place), to)
  if (from >= end) return { records: [], nextOffset: from }
  const { topicId, partition } = place
  const records: LogRecord[] = []
  let bytes = 0
  let next = from
  const range = { start: recordKey(topicId, partition, from), end: recordKey(topicId, partition, end) }
  for (const { key, value } of tables.records.getRange(range)) {
    const offset = offsetOf(key)
    if (offset !== next) tellDamage(place, next, offset, 'missing', onDamage)
    const content = unsealRecord(value, topicId, partition, offset)
    const record = content && unframe(content, place.topic, partition, offset)
    if (record) {
      bytes += recordBytes(record)
      if (records.length > 0 && (bytes > limits.maxBytes || records.length >= limits.maxRecords))
        return { records, nextOffset: offset }
      records.push(record)
    } else tellDamage(place, offset, offset + 1, 'its checksum differs', onDamage)
    next = offset + 1
  }
  if (next < end) tellDamage(place, next, end, 'missing', onDamage)
  return { records, nextOffset: end }
}

export function tellDamage(
  { topic, partition }: Place,
  from: number,
  to: number,
  problem: string,
  onDamage: ((damage: LogError) => void) | undefined
): void {
  const text = damageText({ kind: 'records', topic, partition, from, to, problem })
  if (!onDamage) throw new LogError('log-damaged', `the log is damaged: ${text}`)
  onDamage(new LogError('log-damaged', text))
}

/** All records with from <= offset < to, in chunks, so that appends and the event loop go on in between. */
export async function* readRange(
  tables: Tables,
  place: Place,
  from: number,
  to: number,
  checkOpen: () => void,
  onDamage?: (damage: LogError) => void
): AsyncGenerator<LogRecord> {
  const end = Math.min(endOf(tables, place), to)
  for (let next = from; next < end; ) {
    checkOpen()
    tables.refresh()
    const { records, nextOffset } = fetch(tables, place, next, chunk, end, onDamage)
    yield* records
    next = nextOffset
    await new Promise(resolve => setImmediate(resolve))
  }
}
