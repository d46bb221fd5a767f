/**
 * The Kafka log: a LogDriver on kafkajs, for many processes on many machines.
 *
 * **Ownership.** One transactional producer per partition of a group, `<group>-<topic>-<partition>`: TxnOffsetCommit as
 * kafkajs speaks it carries no generation, so a group cannot fence a zombie; its producer can (`membership.ts`).
 * **Take-over.** A new producer first, which fences the old one and ends what it left open; then the committed offset and
 * metadata, which are stale before that; then records from there (`membership.ts`).
 * **Commits.** Outputs, offset and metadata in one transaction (`transaction.ts`). After a failure the producer is
 * discarded: taking the partition again tells what became of it.
 * **Reading.** Fetch as the protocol has it, committed records only (`fetcher.ts`, `aborted-records.ts`).
 * **Outages.** Taking and reading wait for a broker that is away; questions fail with `unavailable` after some seconds.
 */
import type { ITopicConfig } from 'kafkajs'
import { LogError } from '../errors.ts'
import type { Commit, LogDriver, Membership, TopicSpec } from '../port.ts'
import { ask } from './client/ask.ts'
import { administratorOf, clientOf, configOf, type KafkaConnection } from './client/connection.ts'
import { openRawCluster } from './client/raw-cluster.ts'
import { Slots } from './client/slots.ts'
import { type Committing, maxRecordBytes, Transactions } from './committing.ts'
import { Fetcher } from './fetcher.ts'
import { type HeldCommit, readNoted } from './group/holder.ts'
import { joinGroup, type MembershipParts } from './group/membership.ts'
import { offsetsOf } from './group/offsets.ts'
import { readRange } from './reading.ts'
import { kafkaRegistry, type RegistryConnection } from './registry/kafka-registry.ts'
import { topicsOf } from './topics.ts'

export interface KafkaLogOptions {
  readonly connection: KafkaConnection
  readonly registry: RegistryConnection
  /** How a topic is made; undefined where making topics is not for this process, which then only checks them. */
  readonly newTopic?: (topic: TopicSpec) => ITopicConfig
  /** Said where topics are missing and may not be made: how that is done. */
  readonly missingTopicsRemedy?: string
  /** A member that is silent for so long loses its partitions, in milliseconds. Default 10,000. */
  readonly sessionTimeoutMs?: number
  /** Name of the assignment protocol of its groups, the same for all members of a group. Default `dataflow-sticky`. */
  readonly groupProtocol?: string
}

/** More at once only wait for one another: one core carries about 240 small transactions a second. */
const transactionsAtOnce = 8
const commitsPerSecond = 120
const writerTransactionTimeoutMs = 60_000

/** @throws LogError `unavailable`, `not-authorised`. */
export async function openKafkaLog(options: KafkaLogOptions): Promise<LogDriver & { readonly kind: 'kafka' }> {
  const { connection } = options
  const admin = await administratorOf(connection)
  const producers = clientOf(connection)
  const reads = openRawCluster(configOf(connection))
  const intake = new Fetcher(openRawCluster(configOf(connection)))
  const reading = new Fetcher(reads)
  const topics = topicsOf(admin, options.newTopic, options.missingTopicsRemedy)
  const committing: Committing = { slots: new Slots(transactionsAtOnce), topics, open: new Set() }
  const offsets = offsetsOf(reads, topics)

  let isOpen = true
  const memberships = new Set<Membership>()
  const open =
    <A extends unknown[], R>(action: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      if (!isOpen) throw new LogError('log-closed', 'the log was closed')
      return action(...args)
    }
  const held = async (group: string, topic: string): Promise<readonly (HeldCommit | undefined)[]> => {
    const count = await topics.partitions(topic)
    // Of all its topics: once a topic was named and then deleted, kafkajs' administrator could learn of no other.
    const found = await ask(`the positions of ${group} cannot be told`, () =>
      admin.fetchOffsets({ groupId: group }).catch(async error => {
        // Of a group that this user may not see, kafkajs says only that it finds no coordinator.
        await reads.findCoordinator(group, topic)
        throw error
      })
    )
    const positions = new Array<HeldCommit | undefined>(count).fill(undefined)
    for (const { partition, offset, metadata } of found.find(of => of.topic === topic)?.partitions ?? [])
      if (offset !== '-1') positions[partition] = readNoted({ offset: Number(offset), metadata: metadata ?? '' })
    return positions
  }
  const committed = async (group: string, topic: string): Promise<readonly (Commit | undefined)[]> =>
    (await held(group, topic)).map(position => position?.commit)
  const memberParts: MembershipParts = {
    consumers: clientOf(connection),
    producers,
    ...committing,
    fetcher: intake,
    sessionTimeoutMs: options.sessionTimeoutMs ?? 10_000,
    groupProtocol: options.groupProtocol,
    positionOf: async (group, topic, partition) => (await held(group, topic))[partition],
    membersOf: async group => {
      const { groups } = await ask(`the members of ${group} cannot be told`, () => admin.describeGroups([group]))
      return new Set(groups.flatMap(({ members }) => members.map(({ memberId }) => memberId)))
    },
    isReachable: async () => (await Promise.allSettled([admin.describeCluster()]))[0].status === 'fulfilled',
    notice: connection.notice ?? (() => {})
  }

  return {
    kind: 'kafka',
    limits: { maxRecordBytes, commitsPerSecond },
    registry: kafkaRegistry(options.registry),
    topics: open(topics.list),
    createTopics: open(topics.need),
    join: open(async (group, topic, listener) => {
      await topics.partitions(topic)
      const membership = await joinGroup(memberParts, group, topic, listener)
      memberships.add(membership)
      if (!isOpen) await membership.leave()
      return membership
    }),
    writer: open(async id => {
      const producer = producers.producer({
        transactionalId: `${id}-writer`,
        transactionTimeout: writerTransactionTimeoutMs,
        idempotent: true,
        maxInFlightRequests: 1,
        allowAutoTopicCreation: false
      })
      try {
        await ask(`the writer ${id} cannot begin`, async () => {
          await producer.connect()
          // Fences the writer before, and ends what it left open.
          await (await producer.transaction()).abort()
        })
      } catch (error) {
        await producer.disconnect().catch(() => {})
        throw error
      }
      const transactions = new Transactions(producer, committing)
      return { commit: outputs => transactions.commit(outputs), close: () => transactions.close() }
    }),
    committed: open(committed),
    ends: open(offsets.ends),
    starts: open(offsets.starts),
    heldBack: offsets.heldBack,
    read: (topic, partition, from, to) => readRange(reading, offsets, { topic, partition, from, to }),
    async close() {
      isOpen = false
      await Promise.allSettled([...memberships].map(membership => membership.leave()))
      await Promise.allSettled([...committing.open].map(transactions => transactions.close()))
      await Promise.allSettled([intake.close(), reading.close(), admin.disconnect()])
    }
  }
}
