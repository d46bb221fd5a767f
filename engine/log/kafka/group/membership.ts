/**
 * Membership of a consumer group, without its consuming: kafkajs joins, heartbeats and rebalances, all partitions are
 * paused, and records are fetched by `fetcher.ts`.
 *
 * States of a partition within a member, by what happens:
 *
 * | state | assigned | not assigned | owner ends | heartbeat |
 * |---|---|---|---|---|
 * | away | announced -> ours | | | |
 * | ours, no owner yet | | revoked -> away | | |
 * | owned | | revoked -> away | fenced, unknown -> doubtful | |
 * | doubtful | | revoked -> away | | unknown: `take` goes on -> ours; fenced: announced again -> ours |
 *
 * A producer that was fenced or timed out looks the same. Two members that each believed in themselves would fence each
 * other in turns; so a partition in doubt is taken only after a heartbeat of the current generation, which a member that
 * was thrown out does not get.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Consumer, Kafka, Producer } from 'kafkajs'
import { LogError } from '../../errors.ts'
import { type AssignmentListener, type Commit, handoverMs, type Membership, type PartitionOwner } from '../../port.ts'
import { retry } from '../client/connection.ts'
import { isFenced, lasting } from '../client/kafka-errors.ts'
import { type Committing, Transactions } from '../committing.ts'
import type { Fetcher } from '../fetcher.ts'
import { transact } from '../transaction.ts'
import { type HeldCommit, noted } from './holder.ts'
import { ownerOf } from './owner.ts'
import { stickyAssigner } from './sticky-assigner.ts'

export interface MembershipParts extends Committing {
  readonly consumers: Kafka
  readonly producers: Kafka
  readonly fetcher: Fetcher
  readonly sessionTimeoutMs: number
  readonly groupProtocol: string | undefined
  readonly positionOf: (group: string, topic: string, partition: number) => Promise<HeldCommit | undefined>
  /** Ids of the members that the group has. */
  readonly membersOf: (group: string) => Promise<ReadonlySet<string>>
  /** The broker answers. */
  readonly isReachable: () => Promise<boolean>
  readonly notice: (text: string) => void
}

/** How long a transaction may be open before the broker ends it. Ours take milliseconds. */
const transactionTimeoutMs = 30_000
/** The member's own loop, in which it heartbeats. */
const loopMs = 200
const retryTakeMs = 250
/** kafkajs by itself would join again within 10 ms. */
const joinAgainMs = 1_000
const stalledAfterSessions = 4
/** Between two looks whether a partition was let go. */
const lookMs = 100
/** Longer than its holder takes to settle it. */
const longestHandoverMs = handoverMs + 5_000

export async function joinGroup(
  parts: MembershipParts,
  group: string,
  topic: string,
  listener: AssignmentListener
): Promise<Membership> {
  const { sessionTimeoutMs } = parts
  let ours: ReadonlySet<number> = new Set()
  let memberId = ''
  /** Partitions whose last owner ended otherwise than by release, until a heartbeat confirms that they are ours. */
  const doubtful = new Map<number, 'fenced' | 'unknown'>()
  /** Of the last owner of each partition. What ends an earlier one casts no doubt. */
  const current = new Map<number, Transactions>()
  let left = false
  const leaving = Promise.withResolvers<never>()
  leaving.promise.catch(() => {})
  let lastSign = performance.now()
  /** Trouble was told; no more of it until the group has shown a sign of life. */
  let isSaid = false
  const signOfLife = () => {
    lastSign = performance.now()
    isSaid = false
  }
  const sayOnce = (text: string) => {
    if (!isSaid) parts.notice(text)
    isSaid = true
  }
  const refused = `${group} cannot be joined to read ${topic}`

  const consumer: Consumer = parts.consumers.consumer({
    groupId: group,
    sessionTimeout: sessionTimeoutMs,
    rebalanceTimeout: 2 * sessionTimeoutMs,
    heartbeatInterval: Math.min(1_000, sessionTimeoutMs / 5),
    maxWaitTimeInMs: loopMs,
    allowAutoTopicCreation: false,
    partitionAssigners: [stickyAssigner(topic, () => [...ours], parts.groupProtocol)],
    // Else a crash while it leaves would have it join again, for ever.
    retry: { ...retry, restartOnFailure: () => sleep(joinAgainMs).then(() => !left) }
  })
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    signOfLife()
    // Within the event, before anything is fetched.
    consumer.pause([{ topic }])
    memberId = payload.memberId
    const now = new Set(payload.memberAssignment[topic] ?? [])
    const revoked = [...ours].filter(partition => !now.has(partition))
    const assigned = [...now].filter(partition => !ours.has(partition))
    ours = now
    for (const partition of revoked) doubtful.delete(partition)
    if (left) return
    if (revoked.length > 0) listener.revoked(revoked)
    if (assigned.length > 0) listener.assigned(assigned)
  })
  consumer.on(consumer.events.HEARTBEAT, () => {
    signOfLife()
    // After an unknown outcome whoever committed takes the partition; who was fenced has given it up.
    const fenced = [...doubtful].filter(([, how]) => how === 'fenced').map(([partition]) => partition)
    doubtful.clear()
    if (fenced.length > 0 && !left) listener.assigned(fenced)
  })
  consumer.on(consumer.events.CRASH, ({ payload: { error, restart } }) => {
    if (left) return
    if (restart) sayOnce(`${group} joins again: ${error.message}`)
    else listener.crashed(lasting(error, refused) ?? error)
  })
  // kafkajs can be alive and idle for ever after an error. A broker that is away is another matter: it is waited for.
  const watchdog = setInterval(async () => {
    if (left || performance.now() - lastSign < stalledAfterSessions * sessionTimeoutMs) return
    if (!(await parts.isReachable()) || left) return
    clearInterval(watchdog)
    listener.crashed(new Error(`the member of ${group} has stalled: no heartbeat, though the broker answers`))
  }, sessionTimeoutMs)
  watchdog.unref()

  try {
    await consumer.connect()
    await consumer.subscribe({ topics: [topic], fromBeginning: true })
    await consumer.run({ autoCommit: false, eachBatch: async () => {} })
  } catch (error) {
    clearInterval(watchdog)
    await consumer.disconnect().catch(() => {})
    throw lasting(error, refused) ?? error
  }

  const stillOurs = (partition: number): void => {
    if (left || !ours.has(partition))
      throw new LogError('partition-lost', `${topic}/${partition} is not assigned to this member of ${group}`)
  }

  /** Waits while a living member still settles what it has asked about the partition. */
  async function handedOver(partition: number): Promise<void> {
    for (const until = performance.now() + longestHandoverMs; ; await sleep(lookMs)) {
      stillOurs(partition)
      try {
        const { holder = '' } = (await parts.positionOf(group, topic, partition)) ?? {}
        if (holder === '' || holder === memberId || !(await parts.membersOf(group)).has(holder)) return
      } catch (error) {
        const last = lasting(error, refused)
        if (last) throw last
        sayOnce(`${group} waits to take ${topic}/${partition}: ${(error as Error).message}`)
        continue
      }
      if (performance.now() < until) continue
      parts.notice(`${group} takes ${topic}/${partition}, which its previous owner did not release`)
      return
    }
  }

  async function take(partition: number): Promise<PartitionOwner> {
    await handedOver(partition)
    for (;;) {
      stillOurs(partition)
      const owner = doubtful.has(partition) ? undefined : await attempt(partition)
      if (owner) return owner
      await sleep(retryTakeMs)
    }
  }

  /** Undefined when it should be tried again. */
  async function attempt(partition: number): Promise<PartitionOwner | undefined> {
    const transactionalId = `${group}-${topic}-${partition}`
    const producer = parts.producers.producer({
      transactionalId,
      transactionTimeout: transactionTimeoutMs,
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false
    })
    try {
      const commitAtTake = await fence(producer, partition)
      stillOurs(partition)
      if (commitAtTake) await note(producer, partition, commitAtTake)
      const transactions = new Transactions(producer, parts, how => {
        if (how !== 'released' && ours.has(partition) && current.get(partition) === transactions)
          doubtful.set(partition, how)
      })
      current.set(partition, transactions)
      return ownerOf({
        group,
        topic,
        partition,
        transactions,
        commitAtTake,
        fetcher: parts.fetcher,
        memberId: () => memberId,
        isMoving: () => !left && !ours.has(partition)
      })
    } catch (error) {
      await producer.disconnect().catch(() => {})
      const last = lasting(error, `the transactional id ${transactionalId} cannot be used`)
      if (last) throw last
      if (isFenced(error)) doubtful.set(partition, 'unknown')
      sayOnce(`${group} takes ${topic}/${partition} again: ${(error as Error).message}`)
      return undefined
    }
  }

  /** Fences, and so resolves what an earlier owner left open; only then is the position what it will stay. */
  async function fence(producer: Producer, partition: number): Promise<Commit | undefined> {
    await producer.connect()
    await (await producer.transaction()).abort()
    return (await parts.positionOf(group, topic, partition))?.commit
  }

  /** From now on whoever is assigned the partition knows whom to wait for. */
  async function note(producer: Producer, partition: number, commit: Commit): Promise<void> {
    const position = { group, topic, partition, commit: noted(commit, memberId) }
    const result = await parts.slots.run(() => transact(producer, [], position))
    if (result.status !== 'committed')
      throw 'cause' in result ? result.cause : new Error(`${topic}/${partition} was taken by another meanwhile`)
  }

  return {
    // An attempt can take long where the broker is away: it ends by itself.
    take: partition => Promise.race([take(partition), leaving.promise]),
    async leave() {
      left = true
      leaving.reject(new LogError('partition-lost', `this member has left ${group}`))
      clearInterval(watchdog)
      await consumer.disconnect().catch(() => {})
    }
  }
}
