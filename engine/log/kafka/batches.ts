import type { Message, TopicMessages } from 'kafkajs'
import { type OutputRecord, recordBytes } from '../port.ts'

/** kafkajs makes one record batch per partition of a send, and a broker takes 1 MiB of it by default. */
export const maxBatchBytes = 900_000
/** Grouping within kafkajs takes time by the square of the records of a send. */
const maxBatchRecords = 2_000

/**
 * Outputs as sends, in order: per partition at most 900,000 bytes in one send, and 2,000 records over all. A larger record
 * goes alone.
 */
export function batchesOf(outputs: readonly OutputRecord[]): TopicMessages[][] {
  const batches: TopicMessages[][] = []
  let topics = new Map<string, Message[]>()
  let bytes = new Map<string, number>()
  let records = 0
  const close = () => {
    if (records > 0) batches.push([...topics].map(([topic, messages]) => ({ topic, messages })))
    topics = new Map()
    bytes = new Map()
    records = 0
  }
  for (const output of outputs) {
    const place = `${output.topic}/${output.partition}`
    const size = recordBytes(output)
    const before = bytes.get(place) ?? 0
    if (records >= maxBatchRecords || (before > 0 && before + size > maxBatchBytes)) close()
    bytes.set(place, (bytes.get(place) ?? 0) + size)
    const messages = topics.get(output.topic) ?? []
    topics.set(output.topic, messages)
    const { partition, key, value, headers } = output
    // The partition is named: kafkajs would ask a partitioner, again at each retry.
    messages.push({ partition, key, value, headers })
    records++
  }
  close()
  return batches
}
