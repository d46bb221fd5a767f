import { Kafka, type KafkaConfig, logLevel } from 'kafkajs'

/** A client that says nothing and gives up within seconds. */
export const client = (brokers: string, more: Partial<KafkaConfig> = {}): Kafka =>
  new Kafka({
    clientId: 'test',
    brokers: brokers.split(','),
    logLevel: logLevel.NOTHING,
    connectionTimeout: 2_000,
    retry: { initialRetryTime: 50, maxRetryTime: 500, retries: 10 },
    ...more
  })

type Admin = ReturnType<Kafka['admin']>

/** Connects an administrator for as long as `use` takes. */
export async function administered<T>(kafka: Kafka, use: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin()
  await admin.connect()
  try {
    return await use(admin)
  } finally {
    await admin.disconnect()
  }
}

export const createTopic = (kafka: Kafka, topic: string, replicationFactor = 1): Promise<boolean> =>
  administered(kafka, admin =>
    admin.createTopics({ waitForLeaders: false, topics: [{ topic, numPartitions: 1, replicationFactor }] })
  )

/** Writes one record, and waits until all replicas in sync have it. */
export async function send(kafka: Kafka, topic: string, value: string): Promise<void> {
  const producer = kafka.producer()
  await producer.connect()
  try {
    await producer.send({ topic, acks: -1, messages: [{ value }] })
  } finally {
    await producer.disconnect()
  }
}

/** How many records the first partition of a topic has. */
export const countOf = async (kafka: Kafka, topic: string): Promise<number> =>
  Number((await administered(kafka, admin => admin.fetchTopicOffsets(topic)))[0]!.high)
