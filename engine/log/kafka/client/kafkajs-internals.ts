/**
 * What we use of kafkajs beyond its public interface, in one place; its version is pinned for that
 * (docs/decisions/log/2026-11-23-fetching-without-a-consumer.md).
 */
import { createRequire } from 'node:module'
import type { AbortedTransaction, RawMessage } from './aborted-records.ts'

const require = createRequire(import.meta.url)

export interface RawBroker {
  fetch(request: object): Promise<{ responses: readonly FetchedTopic[] }>
  listOffsets(request: object): Promise<{ responses: readonly ListedTopic[] }>
  findGroupCoordinator(request: object): Promise<unknown>
  disconnect(): Promise<void>
}

/** The connections to a cluster, and what is known of its topics. */
export interface Cluster {
  connect(): Promise<void>
  disconnect(): Promise<void>
  isConnected(): boolean
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>
  refreshMetadata(): Promise<void>
  refreshMetadataIfNecessary(): Promise<void>
  findTopicPartitionMetadata(topic: string): readonly { readonly partitionId: number; readonly leader: number }[]
  findBroker(of: { nodeId: number }): Promise<RawBroker>
  /** Those that metadata is asked for. One that was deleted makes it fail for all. */
  readonly targetTopics: Set<string>
}

export interface FetchedPartition {
  readonly partition: number
  readonly abortedTransactions: readonly AbortedTransaction[]
  readonly messages: readonly RawMessage[]
}

interface FetchedTopic {
  readonly topicName: string
  readonly partitions: readonly FetchedPartition[]
}

interface ListedTopic {
  readonly topic: string
  /** Offsets are decimal. */
  readonly partitions: readonly { readonly partition: number; readonly offset: string }[]
}

export const ClusterOfKafkajs = require('kafkajs/src/cluster') as new (options: object) => Cluster
export const { createLogger } = require('kafkajs/src/loggers') as { createLogger: (options: object) => unknown }
export const defaultSocketFactory = require('kafkajs/src/network/socketFactory') as () => unknown

interface RequestQueue {
  readonly pending: readonly unknown[]
  readonly throttledUntil: number
  scheduleCheckPendingRequests(): void
}

// Where nothing waits it sets a timer of minus some 50 years, of which Node 24 warns in every process.
const { prototype } = require('kafkajs/src/network/requestQueue') as { prototype: RequestQueue }
const schedule = prototype.scheduleCheckPendingRequests
prototype.scheduleCheckPendingRequests = function () {
  if (this.pending.length > 0 || this.throttledUntil > Date.now()) schedule.call(this)
}

interface PartitionsAdded {
  readonly errors: readonly { readonly partitionErrors: readonly { readonly errorCode: number }[] }[]
}

// Where a transaction may not have one partition, the broker leaves the others alone, and says so of each. kafkajs throws
// what it finds first: often that one was left alone, which looks as if it might pass.
const answered = require('kafkajs/src/protocol/requests/addPartitionsToTxn/v0/response') as {
  parse: (answer: PartitionsAdded) => Promise<unknown>
}
const notAttempted = 55
const { parse } = answered
answered.parse = answer => {
  const causes = answer.errors.filter(({ partitionErrors }) =>
    partitionErrors.some(({ errorCode }) => errorCode !== 0 && errorCode !== notAttempted)
  )
  return parse(causes.length > 0 ? { ...answer, errors: causes } : answer)
}
