import type { KafkaConfig } from 'kafkajs'
import { LogError } from '../../errors.ts'
import { hasType, isConnectionLost } from './kafka-errors.ts'
import {
  ClusterOfKafkajs,
  createLogger,
  defaultSocketFactory,
  type FetchedPartition,
  type RawBroker
} from './kafkajs-internals.ts'

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
  /** Asks the leader of a topic who coordinates a group. @throws what it answers, of which kafkajs itself keeps nothing. */
  findCoordinator(group: string, topic: string): Promise<void>
  /** Asks anew who leads what. */
  recover(): Promise<void>
  close(): Promise<void>
}

/** Isolation levels of the protocol. */
const readUncommitted = 0
const readCommitted = 1
const timestampOf = { start: '-2', end: '-1', high: '-1' }
const maxFetchBytes = 10 * 1024 * 1024
const unknownTopic = new Set(['UNKNOWN_TOPIC_OR_PARTITION'])

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

  let isClosed = false
  const connected = async () => {
    if (!isClosed && !cluster.isConnected()) await cluster.connect()
    if (!isClosed) return
    // It may have been closed while it connected.
    await cluster.disconnect()
    throw new LogError('log-closed', 'the log was closed')
  }
  /** Metadata cannot be had while one of its topics is gone: then all are forgotten, and asked for as they are needed. */
  const known = async (refresh: () => Promise<void>) => {
    await connected()
    try {
      await refresh()
    } catch (error) {
      if (!hasType(error, unknownTopic)) throw error
      cluster.targetTopics.clear()
      await refresh()
    }
  }
  const partitionsOf = async (topic: string) => {
    await known(async () => {
      await cluster.addMultipleTargetTopics([topic])
      await cluster.refreshMetadataIfNecessary()
    })
    const partitions = cluster.findTopicPartitionMetadata(topic)
    if (partitions.length === 0) throw new Error(`there is no topic ${topic}`)
    return partitions
  }
  /** A connection on which an answer failed to come may be dead without a word: it is made anew. */
  const asking = async <T>(leader: number, question: (broker: RawBroker) => Promise<T>): Promise<T> => {
    await connected()
    const broker = await cluster.findBroker({ nodeId: leader })
    try {
      return await question(broker)
    } catch (error) {
      if (isConnectionLost(error)) void broker.disconnect().catch(() => {})
      throw error
    }
  }

  return {
    async leaderOf(topic, partition) {
      const found = (await partitionsOf(topic)).find(({ partitionId }) => partitionId === partition)
      if (!found) throw new Error(`there is no partition ${partition} of ${topic}`)
      return found.leader
    },
    async fetch(leader, requests, waitMs) {
      const topics = Map.groupBy(requests, ({ topic }) => topic)
      const request = {
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
      }
      const { responses } = await asking(leader, broker => broker.fetch(request))
      return responses.flatMap(({ topicName, partitions }) => partitions.map(p => ({ ...p, topic: topicName })))
    },
    async offsets(topic, which) {
      const partitions = await partitionsOf(topic)
      const found = new Array<number>(partitions.length).fill(0)
      const byLeader = Map.groupBy(partitions, ({ leader }) => leader)
      await Promise.all(
        [...byLeader].map(async ([leader, led]) => {
          const wanted = led.map(({ partitionId }) => ({ partition: partitionId, timestamp: timestampOf[which] }))
          const request = {
            replicaId: -1,
            isolationLevel: which === 'high' ? readUncommitted : readCommitted,
            topics: [{ topic, partitions: wanted }]
          }
          const { responses } = await asking(leader, broker => broker.listOffsets(request))
          for (const { partition, offset } of responses[0]!.partitions) found[partition] = Number(offset)
        })
      )
      return found
    },
    async findCoordinator(group, topic) {
      const { leader } = (await partitionsOf(topic))[0]!
      await asking(leader, broker => broker.findGroupCoordinator({ groupId: group, coordinatorType: 0 }))
    },
    recover: () => known(() => cluster.refreshMetadata()),
    async close() {
      isClosed = true
      await cluster.disconnect()
    }
  }
}
