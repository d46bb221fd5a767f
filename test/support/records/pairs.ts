import { topicName } from '../../../engine/declare/index.ts'
import { createCodec } from '../../../engine/log/codec.ts'
import { partitionOf } from '../../../engine/log/partitioner.ts'
import type { Pair } from '../../../schemas/types.ts'
import type { PairsLog } from '../../../services/export/index.ts'
import { cuts, pairs } from '../../../services/topics.ts'
import { createMemoryLog, type MemoryLog } from '../simulated/memory-log.ts'

export const aPair = (number: number, more: Partial<Pair> = {}): Pair =>
  ({
    id: `pair-${number}`,
    passage: {
      documentId: `document-${number % 3}`,
      givenId: 'https://a.example',
      url: 'https://a.example',
      text: 'A.'
    },
    instruction: `Explain thing ${number}.`,
    response: `Thing ${number} is "so".\nAnd more.`,
    ...more
  }) as Pair

/** A log in memory with two partitions of pairs. */
export async function logWithPairs(
  count: number
): Promise<PairsLog & { readonly log: MemoryLog; add(pair: Pair): void }> {
  const log = createMemoryLog()
  const codec = createCodec(log.driver.registry)
  await log.driver.createTopics([
    { topic: topicName('p', pairs), partitions: 2 },
    { topic: topicName('p', cuts), partitions: 1 }
  ])
  for (const topic of [pairs, cuts]) await codec.prepare(topicName('p', topic), topic.schema)
  const add = (pair: Pair) => {
    const topic = topicName('p', pairs)
    const key = Buffer.from(pair.id)
    const partition = partitionOf(pair.id, 2)
    log.append([{ topic, partition, key, value: codec.encode(topic, pair), headers: {} }])
  }
  for (let number = 0; number < count; number++) add(aPair(number))
  return { log, driver: log.driver, codec, pipeline: 'p', add }
}
