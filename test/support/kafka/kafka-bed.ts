import { randomUUID } from 'node:crypto'
import type { Kafka } from 'kafkajs'
import { afterEach, inject } from 'vitest'
import type { KafkaLogOptions } from '../../../engine/log/kafka/open.ts'
import type { LogDriver, Membership, PartitionOwner } from '../../../engine/log/port.ts'
import { eventually } from '../log-driver-context.ts'
import { administered, client } from './kafka-client.ts'
import { openTestLog } from './kafka-log.ts'
import { type KafkaProxy, startKafkaProxy } from './kafka-proxy.ts'

/** A member of a group that tells which partitions it has, and what happened to it, in order. */
export interface Member {
  readonly membership: Membership
  readonly has: ReadonlySet<number>
  readonly happened: readonly string[]
}

/** What a file of tests against the shared broker needs; closed after each test, the last first. */
export function kafkaBed() {
  const closings: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const close of closings.splice(0).reverse()) await close()
  })

  const name = () => `n-${randomUUID()}`
  /** A client of kafkajs alone, as other programs use it. */
  const plain = (): Kafka => client(inject('bootstrap'))
  const driver = async (options: Partial<KafkaLogOptions> = {}): Promise<LogDriver> => {
    const opened = await openTestLog(options)
    closings.push(() => opened.close())
    return opened
  }
  const proxy = async (): Promise<KafkaProxy> => {
    const started = await startKafkaProxy(inject('bootstrap'))
    closings.push(() => started.close())
    return started
  }
  /** A driver that reaches the broker through the proxy alone. */
  const driverBehind = ({ bootstrap }: KafkaProxy, options: Partial<KafkaLogOptions> = {}): Promise<LogDriver> =>
    driver({ connection: { brokers: [bootstrap], clientId: 'behind' }, ...options })
  const topic = async (of: LogDriver, partitions = 1): Promise<string> => {
    const made = `t-${randomUUID()}`
    await of.createTopics([{ topic: made, partitions }])
    return made
  }
  const join = async (of: LogDriver, group: string, joined: string): Promise<Member> => {
    const has = new Set<number>()
    const happened: string[] = []
    const membership = await of.join(group, joined, {
      assigned: partitions => {
        happened.push(`assigned ${partitions.join()}`)
        for (const partition of partitions) has.add(partition)
      },
      revoked: partitions => {
        happened.push(`revoked ${partitions.join()}`)
        for (const partition of partitions) has.delete(partition)
      },
      crashed: cause => happened.push(`crashed ${cause.message}`)
    })
    closings.push(() => membership.leave())
    return { membership, has, happened }
  }
  /** The owner of a partition, by a member of its own. */
  const owner = async (of: LogDriver, input: string, group = name(), partition = 0): Promise<PartitionOwner> => {
    const { membership, has } = await join(of, group, input)
    await eventually(() => has.has(partition))
    const taken = await membership.take(partition)
    closings.push(() => taken.release())
    return taken
  }
  /** The values that kafkajs' own consumer sees, from the beginning, once it has seen as many as are expected. */
  const consumed = async (from: string, count: number): Promise<(string | undefined)[]> => {
    const values: (string | undefined)[] = []
    const consumer = plain().consumer({ groupId: name(), maxWaitTimeInMs: 50 })
    await consumer.connect()
    await consumer.subscribe({ topics: [from], fromBeginning: true })
    await consumer.run({ eachMessage: async ({ message }) => void values.push(message.value?.toString()) })
    await eventually(() => values.length >= count)
    await consumer.disconnect()
    return values
  }
  return {
    name,
    plain,
    driver,
    proxy,
    driverBehind,
    topic,
    join,
    owner,
    consumed,
    /** Closed after each test, the last first. */
    closing: (close: () => Promise<unknown>) => void closings.push(close),
    administered: <T>(use: Parameters<typeof administered<T>>[1]): Promise<T> => administered(plain(), use)
  }
}
