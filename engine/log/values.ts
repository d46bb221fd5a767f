import { type Topic, topicName } from '../declare/index.ts'
import type { Codec } from './codec.ts'
import { partitionOf } from './partitioner.ts'
import type { LogDriver } from './port.ts'

interface NamedLog {
  readonly driver: LogDriver
  readonly codec: Codec
  /** Prefix of the topic's name. */
  readonly pipeline: string
}

/**
 * The values of a topic up to its ends as they are now, partition after partition, in offset order within each.
 * @throws LogError `unknown-topic`, `unavailable`; `bad-frame` where a record is not one of the topic's.
 */
export async function* readValues<Value>(
  { driver, codec, pipeline }: NamedLog,
  topic: Topic<Value>
): AsyncGenerator<Value> {
  const name = topicName(pipeline, topic)
  const starts = await driver.starts(name)
  for (const [partition, end] of (await driver.ends(name)).entries())
    for await (const { value } of driver.read(name, partition, starts[partition]!, end))
      yield (await codec.decode(topic.schema, value)) as Value
}

/**
 * Appends values to a topic in one transaction, keyed and partitioned as the topic says.
 * @param writerId one writer of that id at a time: a later one fences the earlier.
 * @throws Error when the transaction was not committed; LogError `unknown-topic`.
 */
export async function writeValues<Value>(
  { driver, codec, pipeline }: NamedLog,
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
    if (result.status !== 'committed')
      throw new Error(`the values were not written to ${name}: the transaction was ${result.status}`)
  } finally {
    await writer.close()
  }
}
