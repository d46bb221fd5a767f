import type { KafkaConfig } from 'kafkajs'
import { ClusterOfKafkajs, createLogger, defaultSocketFactory, type FetchedPartition } from './kafkajs-internals.ts'

export interface FetchRequest {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly maxBytes: number
}

/**
 * Fetch and ListOffsets as the protocol has them, over kafkajs' own connections.
 *
 * kafkajs reads through a consumer group only, pushes records, and mends an offset out of range by going on elsewhere. We
 * need to read a given range of a partition, to ask when there is room, and to be told.
 */
export interface RawCluster {
  /** Broker that leads a partition. @throws when the topic is not known. */
  leaderOf(topic: string, partition: number): Promise<number>
  /** Committed data of some partitions of one broker. @param waitMs how long the broker waits for a first record. */
  fetch(
    leader: number,
    requests: readonly FetchRequest[],
    waitMs: number
  ): Promise<readonly (FetchedPartition & { readonly topic: string })[]>
  /** One offset per partition: the first there is, the last stable offset, the high watermark. */
  offsets(topic: string, which: 'start' | 'end' | 'high'): Promise<readonly number[]>
  /** Forgets what it knew of leaders; a connection that failed is made anew. */
  recover(error: unknown): Promise<void>
  close(): Promise<void>
}

/** Isolation levels of the protocol. */
const readUncommitted = 0
const readCommitted = 1
const timestampOf = { start: '-2', end: '-1', high: '-1' }
const maxFetchBytes = 10 * 1024 * 1024

export function openRawCluster(config: KafkaConfig): RawCluster {
  const { logLevel, logCreator, ...rest } = config
  const cluster = new ClusterOfKafkajs({
    ...rest,
    logger: createLogger({ level: logLevel, logCreator }),
    socketFactory: config.socketFactory ?? defaultSocketFactory(),
    metadataMaxAge: 300_000,
    allowAutoTopicCreation: false,
    maxInFlightRequests: null,
    enforceRequestTimeout: true,
    isolationLevel: readCommitted
  })

  const partitionsOf = async (topic: string) => {
    if (!cluster.isConnected()) await cluster.connect()
    await cluster.addMultipleTargetTopics([topic])
    await cluster.refreshMetadataIfNecessary()
    const partitions = cluster.findTopicPartitionMetadata(topic)
    if (partitions.length === 0) throw new Error(`there is no topic ${topic}`)
    return partitions
  }

  return {
    async leaderOf(topic, partition) {
      const found = (await partitionsOf(topic)).find(({ partitionId }) => partitionId === partition)
      if (!found) throw new Error(`there is no partition ${partition} of ${topic}`)
      return found.leader
    },
    async fetch(leader, requests, waitMs) {
      const topics = Map.groupBy(requests, ({ topic }) => topic)
      const broker = await cluster.findBroker({ nodeId: leader })
      const { responses } = await broker.fetch({
        maxWaitTime: waitMs,
        minBytes: 1,
        maxBytes: maxFetchBytes,
        isolationLevel: readCommitted,
        topics: [...topics].map(([topic, wanted]) => ({
          topic,
          partitions: wanted.map(({ partition, offset, maxBytes }) => ({
            partition,
            fetchOffset: String(offset),
            maxBytes
          }))
        }))
      })
      return responses.flatMap(({ topicName, partitions }) => partitions.map(p => ({ ...p, topic: topicName })))
    },
    async offsets(topic, which) {
      const partitions = await partitionsOf(topic)
      const found = new Array<number>(partitions.length).fill(0)
      const byLeader = Map.groupBy(partitions, ({ leader }) => leader)
      await Promise.all(
        [...byLeader].map(async ([leader, led]) => {
          const broker = await cluster.findBroker({ nodeId: leader })
          const { responses } = await broker.listOffsets({
            replicaId: -1,
            isolationLevel: which === 'high' ? readUncommitted : readCommitted,
            topics: [
              {
                topic,
                partitions: led.map(({ partitionId }) => ({ partition: partitionId, timestamp: timestampOf[which] }))
              }
            ]
          })
          for (const { partition, offset } of responses[0]!.partitions) found[partition] = Number(offset)
        })
      )
      return found
    },
    async recover(error) {
      const { host, port } = error as { host?: string; port?: number }
      if (host !== undefined && port !== undefined) cluster.removeBroker({ host, port })
      if (!cluster.isConnected()) await cluster.connect()
      await cluster.refreshMetadata()
    },
    close: () => cluster.disconnect()
  }
}
