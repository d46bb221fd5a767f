import { type Topic, topicName } from '../declare/index.ts'
import { partitionOf } from './partitioner.ts'
import type { PipelineLog } from './read.ts'

/**
 * Appends values to a topic in one transaction, keyed and partitioned as the topic says.
 * @param writerId one writer of that id at a time: a later one fences the earlier.
 * @throws Error when another writer with this id has fenced it; LogError as the log gave it when the transaction was
 *   aborted, or when it is not known whether it was committed.
 */
export async function writeValues<Value>(
  { driver, codec, pipeline }: PipelineLog,
  writerId: string,
  topic: Topic<Value>,
  values: readonly Value[]
): Promise<void> {
  const name = topicName(pipeline, topic)
  await codec.prepare(name, topic.schema)
  const partitions = (await driver.ends(name)).length
  const writer = await driver.writer(writerId)
  try {
    const result = await writer.commit(
      values.map(value => {
        const key = topic.key(value)
        const partition = partitionOf(key, partitions)
        return { topic: name, partition, key: Buffer.from(key), value: codec.encode(name, value), headers: {} }
      })
    )
    if (result.status === 'committed') return
    if (result.status === 'fenced')
      throw new Error(`nothing was written to ${name}: another writer with the id ${writerId} is at work`)
    throw result.cause
  } finally {
    await writer.close()
  }
}
