import type { Admin, ITopicConfig } from 'kafkajs'
import { LogError } from '../errors.ts'
import { type OutputRecord, recordBytes, type TopicSpec } from '../port.ts'
import { ask } from './client/ask.ts'

/** Which topics there are. Their number of partitions never changes, so that it is asked once. */
export interface Topics {
  list(): Promise<ReadonlyMap<string, TopicSpec>>
  /** @throws LogError `unknown-topic`. */
  partitions(topic: string): Promise<number>
  /** Makes what is missing where that is for this process. @throws LogError `topic-mismatch`, `unknown-topic`. */
  need(wanted: readonly TopicSpec[]): Promise<void>
  /** @throws LogError `unknown-topic`, `record-too-large`. */
  check(outputs: readonly OutputRecord[], maxRecordBytes: number): Promise<void>
}

/** @param remedy said where topics are missing and may not be made. */
export function topicsOf(
  admin: Admin,
  newTopic: ((topic: TopicSpec) => ITopicConfig) | undefined,
  remedy?: string
): Topics {
  const known = new Map<string, number>()

  const list = async () => {
    const { topics } = await ask('the topics cannot be listed', () => admin.fetchTopicMetadata())
    for (const { name, partitions } of topics) known.set(name, partitions.length)
    return new Map(topics.map(({ name, partitions }) => [name, { topic: name, partitions: partitions.length }]))
  }
  const partitions = async (topic: string) => {
    const found = known.get(topic) ?? (await list()).get(topic)?.partitions
    if (found === undefined) throw new LogError('unknown-topic', `there is no topic ${topic}`)
    return found
  }

  return {
    list,
    partitions,
    async need(wanted) {
      const there = await list()
      for (const { topic, partitions } of wanted) {
        const found = there.get(topic)?.partitions ?? partitions
        if (found === partitions) continue
        const why = 'This number maps keys to partitions and cannot be changed.'
        const message = `${topic} has ${found} partitions, not ${partitions}. ${why} Use --partitions ${found} or another pipeline name.`
        throw new LogError('topic-mismatch', message)
      }
      const missing = wanted.filter(({ topic }) => !there.has(topic))
      if (missing.length === 0) return
      if (!newTopic) {
        const names = missing
          .slice(0, 3)
          .map(({ topic }) => topic)
          .join(', ')
        const more = missing.length > 3 ? ` and ${missing.length - 3} more` : ''
        throw new LogError(
          'unknown-topic',
          `There is no ${names}${more}, or this user has no access to it. Create the topics first${remedy ? `: ${remedy}` : '.'}`
        )
      }
      await ask('the topics cannot be created', () => create(admin, missing.map(newTopic)))
      await led(admin, missing)
    },
    async check(outputs, maxRecordBytes) {
      for (const output of outputs) {
        const count = known.get(output.topic) ?? (await partitions(output.topic))
        if (output.partition < 0 || output.partition >= count)
          throw new LogError(
            'unknown-topic',
            `${output.topic} has ${count} partitions, and none of number ${output.partition}`
          )
        const bytes = recordBytes(output)
        if (bytes > maxRecordBytes)
          throw new LogError(
            'record-too-large',
            `a record for ${output.topic} has ${bytes} bytes, ${maxRecordBytes} are allowed`
          )
      }
    }
  }
}

/** One that another process creates at the same moment is as good. */
async function create(admin: Admin, topics: ITopicConfig[]): Promise<void> {
  try {
    await admin.createTopics({ topics, waitForLeaders: false })
  } catch (error) {
    const { errors = [error] } = error as { errors?: unknown[] }
    if (errors.some(one => (one as { type?: string }).type !== 'TOPIC_ALREADY_EXISTS')) throw error
  }
}

/** Until every partition has a leader: kafkajs' own wait for that can fail with an unknown topic. */
async function led(admin: Admin, topics: readonly TopicSpec[]): Promise<void> {
  for (let tries = 1; ; tries++) {
    const { topics: found } = await admin.fetchTopicMetadata().catch(() => ({ topics: [] }))
    const leaders = new Map(
      found.map(({ name, partitions }) => [name, partitions.filter(({ leader }) => leader >= 0).length])
    )
    if (topics.every(({ topic, partitions }) => leaders.get(topic) === partitions)) return
    if (tries === 100) throw new LogError('unavailable', 'the topics were created, but have no leaders')
    await new Promise(resolve => setTimeout(resolve, 100))
  }
}
