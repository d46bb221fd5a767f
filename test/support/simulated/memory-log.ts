import { LogError } from '../../../engine/log/errors.ts'
import type {
  Commit,
  CommitResult,
  LogDriver,
  LogRecord,
  OutputRecord,
  TopicSpec,
  Writer
} from '../../../engine/log/port.ts'

/** A log in memory for what needs no groups: writers, reading, positions set by hand. */
export interface MemoryLog {
  readonly driver: { -readonly [K in keyof LogDriver]: LogDriver[K] }
  append(outputs: readonly OutputRecord[]): void
  records(topic: string): readonly LogRecord[]
  setCommit(group: string, topic: string, partition: number, commit: Commit): void
  /** Leaves a hole at the end of a partition. */
  skip(topic: string, partition: number): void
  /** Asked before each commit of a writer; `undefined` lets it pass. `unknown-written` writes, and says unknown. */
  onCommit: (() => CommitResult | 'unknown-written' | undefined) | undefined
}

export function createMemoryLog(maxRecordBytes = 200_000): MemoryLog {
  const topics = new Map<string, TopicSpec>()
  const records = new Map<string, LogRecord[]>()
  const ends = new Map<string, number>()
  const commits = new Map<string, Commit>()
  const schemas: string[] = []
  const epochs = new Map<string, number>()
  let clock = 0
  const partitionsOf = (topic: string): number[] => {
    const spec = topics.get(topic)
    if (!spec) throw new LogError('unknown-topic', `there is no topic ${topic}`)
    return Array.from({ length: spec.partitions }, (_, partition) => partition)
  }
  const end = (topic: string, partition: number) => ends.get(`${topic}/${partition}`) ?? 0

  function append(outputs: readonly OutputRecord[]): void {
    for (const output of outputs) {
      const place = `${output.topic}/${output.partition}`
      const offset = end(output.topic, output.partition)
      clock += 1
      records.set(place, [...(records.get(place) ?? []), { ...output, offset, timestamp: clock }])
      ends.set(place, offset + 1)
    }
  }

  async function writer(id: string): Promise<Writer> {
    const epoch = (epochs.get(id) ?? 0) + 1
    epochs.set(id, epoch)
    return {
      async commit(outputs) {
        if (epochs.get(id) !== epoch) return { status: 'fenced' }
        const instead = log.onCommit?.()
        if (instead === 'unknown-written') {
          append(outputs)
          return { status: 'unknown', cause: new Error('no answer') }
        }
        if (instead) return instead
        append(outputs)
        return { status: 'committed' }
      },
      close: async () => {}
    }
  }

  const driver: MemoryLog['driver'] = {
    kind: 'simulated',
    limits: { maxRecordBytes },
    registry: {
      async idOf(_subject, schema) {
        if (!schemas.includes(schema)) schemas.push(schema)
        return schemas.indexOf(schema) + 1
      },
      async schemaOf(id) {
        const schema = schemas[id - 1]
        if (schema === undefined) throw new LogError('unknown-schema', `no schema ${id}`)
        return schema
      }
    },
    topics: async () => topics,
    async createTopics(specs) {
      for (const spec of specs) topics.set(spec.topic, spec)
    },
    join: () => Promise.reject(new Error('this log has no groups')),
    writer,
    committed: async (group, topic) => partitionsOf(topic).map(p => commits.get(`${group}/${topic}/${p}`)),
    ends: async topic => partitionsOf(topic).map(partition => end(topic, partition)),
    starts: async topic => partitionsOf(topic).map(() => 0),
    heldBack: () => [],
    async *read(topic, partition, from, to) {
      for (const record of records.get(`${topic}/${partition}`) ?? [])
        if (record.offset >= from && record.offset < to) yield record
    },

    close: async () => {}
  }
  const log: MemoryLog = {
    driver,
    append,
    records: topic => partitionsOf(topic).flatMap(partition => records.get(`${topic}/${partition}`) ?? []),
    setCommit: (group, topic, partition, commit) => commits.set(`${group}/${topic}/${partition}`, commit),
    skip: (topic, partition) => ends.set(`${topic}/${partition}`, end(topic, partition) + 1),
    onCommit: undefined
  }
  return log
}
