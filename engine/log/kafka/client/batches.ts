import type { Message } from 'kafkajs'
import { type OutputRecord, recordBytes } from '../../port.ts'

/** kafkajs makes one record batch of a send, and a broker takes 1 MiB of it by default. */
export const maxBatchBytes = 900_000
/** Grouping within kafkajs takes time by the square of the records of a send. */
const maxBatchRecords = 2_000

/** What goes to one partition, in one record batch. */
export interface Batch {
  readonly topic: string
  readonly partition: number
  readonly messages: readonly Message[]
}

/**
 * Outputs as record batches: of one partition each, at most 900,000 bytes and 2,000 records. A larger record goes alone.
 * Within a partition they keep their order.
 */
export function batchesOf(outputs: readonly OutputRecord[]): Batch[] {
  const batches: Batch[] = []
  const open = new Map<string, { messages: Message[]; bytes: number }>()
  for (const output of outputs) {
    const { topic, partition, key, value, headers } = output
    const place = `${topic}/${partition}`
    const size = recordBytes(output)
    let batch = open.get(place)
    if (!batch || batch.bytes + size > maxBatchBytes || batch.messages.length === maxBatchRecords) {
      batch = { messages: [], bytes: 0 }
      open.set(place, batch)
      batches.push({ topic, partition, messages: batch.messages })
    }
    // The partition is named: kafkajs would ask a partitioner, again at each retry.
    batch.messages.push({ partition, key, value, headers })
    batch.bytes += size
  }
  return batches
}
