import { stat } from 'node:fs/promises'
import { LogError } from '../errors.ts'
import type { LogRecord } from '../port.ts'
import { maxRecordBytes } from './committing.ts'
import { type DamageList, damagedLog } from './damage/damage.ts'
import { inspect } from './damage/inspection.ts'
import { Remains } from './damage/remains.ts'
import { unframe } from './format/framing.ts'
import { dataFile } from './format/lmdb-files.ts'
import type { EmbeddedLog } from './open.ts'
import { openPageFile, type PageFile } from './pages/page-file.ts'
import { tellDamage } from './reading.ts'
import type { StoredTopic } from './tables.ts'
import { hashOfSchema } from './writes.ts'

export interface SalvagedLog {
  readonly driver: EmbeddedLog
  readonly damage: DamageList
}

const recordsPerTurn = 256
const notWhole = 'not whole'

/**
 * What is whole of a damaged log, to be read. lmdb is not let near it.
 * @throws LogError `log-damaged` when nothing is.
 */
export async function openDamagedLog(dir: string): Promise<SalvagedLog> {
  const found = new Remains()
  const damage = await inspect(dir, {
    values: false,
    small: (table, key, value) => found.small(table, key, value),
    record: (key, page) => found.record(key, page),
    afterwards: findings => found.search(findings)
  })
  if (found.topics.size === 0) throw damagedLog(dir, damage)
  return { driver: driverOf(dir, found, openPageFile(dataFile(dir))), damage }
}

function driverOf(dir: string, found: Remains, file: PageFile): EmbeddedLog {
  const refuse = async () => {
    throw new LogError('log-damaged', `the log in ${dir} is damaged: it can only be read`)
  }
  const topicOf = (topic: string): StoredTopic => {
    const stored = found.topics.get(topic)
    if (stored) return stored
    throw new LogError('unknown-topic', `there is no topic ${topic} among what is whole of the log in ${dir}`)
  }
  const perPartition = <T>(topic: string, value: (stored: StoredTopic, partition: number) => T): T[] => {
    const stored = topicOf(topic)
    return Array.from({ length: stored.partitions }, (_, partition) => value(stored, partition))
  }
  return {
    kind: 'embedded',
    limits: { maxRecordBytes },
    registry: {
      async idOf(_subject, schema) {
        const text = JSON.stringify(JSON.parse(schema))
        const id = found.schemaIds.get(hashOfSchema(text))
        if (id === undefined) throw new LogError('unknown-schema', `the log in ${dir} has no such schema, or lost it`)
        // Whoever knows a schema whose own text is damaged brings it back.
        found.schemas.set(id, text)
        return id
      },
      async schemaOf(id) {
        const text = found.schemas.get(id)
        if (text === undefined) throw new LogError('unknown-schema', `schema ${id} of the log in ${dir} is damaged`)
        return text
      }
    },
    topics: async () =>
      new Map([...found.topics].map(([name, { topic, partitions }]) => [name, { topic, partitions }])),
    createTopics: refuse,
    join: refuse,
    writer: refuse,
    committed: async (group, topic) => perPartition(topic, (_, partition) => found.commitOf(group, topic, partition)),
    ends: async topic => perPartition(topic, ({ id }, partition) => found.endOf(id, partition)),
    starts: async topic => perPartition(topic, () => 0),
    heldBack: () => [],
    read: async function* (topic, partition, from, to, onDamage): AsyncGenerator<LogRecord> {
      const { id } = topicOf(topic)
      const place = { topic, topicId: id, partition }
      const end = Math.min(to, found.endOf(id, partition))
      let next = from
      for (const [index, offset] of found.offsetsOf(id, partition, from, end).entries()) {
        if (index % recordsPerTurn === 0) await new Promise(resolve => setImmediate(resolve))
        const content = found.contentOf(file, id, partition, offset)
        if (!content) continue
        if (next < offset) tellDamage(place, next, offset, notWhole, onDamage)
        yield unframe(content, topic, partition, offset)
        next = offset + 1
      }
      if (next < end) tellDamage(place, next, end, notWhole, onDamage)
    },
    size: async () => ({ bytes: (await stat(dataFile(dir))).size }),
    secret: () => String(found.state.get('secret') ?? ''),
    close: async () => file.close()
  }
}
