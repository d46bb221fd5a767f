import type { Producer, Transaction } from 'kafkajs'
import type { Commit, CommitResult, OutputRecord } from '../port.ts'
import { batchesOf } from './client/batches.ts'
import { hasType, isFenced, lasting } from './client/kafka-errors.ts'

/** A group's position in one partition, to be committed with the outputs. */
export interface GroupPosition {
  readonly group: string
  readonly topic: string
  readonly partition: number
  readonly commit: Commit
}

/**
 * What a coordinator answers while it is busy with the transaction before, or has moved. kafkajs tries again for others,
 * and leaves the transaction open at these.
 */
const passing = new Set([
  'CONCURRENT_TRANSACTIONS',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR_FOR_GROUP',
  'NOT_COORDINATOR',
  'GROUP_LOAD_IN_PROGRESS',
  'COORDINATOR_LOAD_IN_PROGRESS'
])
/** Shorter than the broker leaves a transaction open. */
const patienceMs = 20_000

/**
 * Outputs and position in one transaction, begun and ended within milliseconds.
 *
 * One partition a send, one send after the other. In a send to several brokers kafkajs repeats, when one of them has to be
 * asked again, what another is still about to write, under a new sequence number, so that it is there twice; and leaves out
 * what has moved to a broker that has answered.
 *
 * After a send that failed the producer must not be used again: kafkajs takes back its sequence numbers, though the broker
 * may have carried it out, or a part of it; the next records under the same numbers would be taken for repeats, and
 * dropped. So even a record that the broker refuses makes the outcome unknown. A new producer with the same transactional
 * id begins a new epoch, aborts what is open, and finds out from the committed position what became of it.
 */
export async function transact(
  producer: Producer,
  outputs: readonly OutputRecord[],
  position: GroupPosition | undefined
): Promise<CommitResult> {
  let transaction: Transaction | undefined
  let isSent = false
  try {
    transaction = await producer.transaction()
    for (const { topic, messages } of batchesOf(outputs)) await transaction.send({ topic, messages: [...messages] })
    isSent = true
    if (position) await sendPosition(transaction, position)
    await transaction.commit()
    return { status: 'committed' }
  } catch (error) {
    if (isFenced(error)) return { status: 'fenced' }
    const cause = lasting(error, attempted(outputs, isSent || outputs.length === 0 ? position : undefined))
    if (!cause) return { status: 'unknown', cause: error as Error }
    // Else it would hold up the readers of these topics until the broker ends it.
    const isAborted = transaction?.isActive() && (await hasSucceeded(transaction.abort()))
    return isSent && isAborted ? { status: 'aborted', cause } : { status: 'unknown', cause }
  }
}

/** What a transaction was about to do, by name. */
const attempted = (outputs: readonly OutputRecord[], position: GroupPosition | undefined): string =>
  position
    ? `${position.group} cannot commit its position in ${position.topic}`
    : `${[...new Set(outputs.map(({ topic }) => topic))].join(' or ')} cannot be written to`

const hasSucceeded = (promise: Promise<unknown>): Promise<boolean> =>
  promise.then(
    () => true,
    () => false
  )

async function sendPosition(
  transaction: Transaction,
  { group, topic, partition, commit }: GroupPosition
): Promise<void> {
  const partitions = [{ partition, offset: String(commit.offset), metadata: commit.metadata }]
  const until = performance.now() + patienceMs
  for (let tries = 1; ; tries++) {
    try {
      await transaction.sendOffsets({ consumerGroupId: group, topics: [{ topic, partitions }] })
      return
    } catch (error) {
      if (performance.now() > until || !hasType(error, passing)) throw error
      await new Promise(resolve => setTimeout(resolve, Math.min(10 * tries, 200)))
    }
  }
}
