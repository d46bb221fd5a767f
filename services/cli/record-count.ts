import { type AnyTopic, topicName } from '../../engine/declare/index.ts'
import type { OpenPipeline } from './open-log.ts'

/**
 * Counts the records of a topic as it is now. Offsets have holes on Kafka, so that they are read; but once only, however
 * often the count is asked for.
 */
export function countRecords({ driver, pipeline }: OpenPipeline, handle: AnyTopic): () => Promise<number> {
  const topic = topicName(pipeline, handle)
  const counted: number[] = []
  let count = 0
  return async () => {
    if (counted.length === 0 && !(await driver.topics()).has(topic)) return 0
    for (const [partition, end] of (await driver.ends(topic)).entries()) {
      for await (const { offset } of driver.read(topic, partition, counted[partition] ?? 0, end)) {
        counted[partition] = offset + 1
        count++
      }
      counted[partition] = end
    }
    return count
  }
}
