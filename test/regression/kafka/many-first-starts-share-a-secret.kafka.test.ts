import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { topicName } from '../../../engine/declare/index.ts'
import { createCodec } from '../../../engine/log/codec.ts'
import { secretOnLog } from '../../../services/operate/backend/secret.ts'
import { secrets } from '../../../services/topics.ts'
import { kafkaBed } from '../../support/kafka/kafka-bed.ts'

const bed = kafkaBed()

describe('the secret of a new pipeline', () => {
  // One container a stage: they all start in the same second, and each used to be fenced by the next before it had written.
  it('is agreed on by nine processes that start together, and is on the log once', async () => {
    const pipeline = `p-${randomUUID()}`
    const topic = topicName(pipeline, secrets)
    const start = async () => {
      const driver = await bed.driver()
      await driver.createTopics([{ topic, partitions: 1 }])
      const codec = createCodec(driver.registry)
      await codec.prepare(topic, secrets.schema)
      return { driver, codec }
    }
    const first = await start()
    const started = [first, ...(await Promise.all(Array.from({ length: 8 }, start)))]

    const found = await Promise.all(started.map(({ driver, codec }) => secretOnLog(driver, codec, pipeline)))

    expect(new Set(found).size).toBe(1)
    const values = []
    const [end = 0] = await first.driver.ends(topic)
    for await (const { value } of first.driver.read(topic, 0, 0, end)) values.push(value)
    expect(values).toHaveLength(1)
  })
})
