import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import type { Writer } from '../../../engine/log/port.ts'
import { type LocalKafka, startBroker } from '../../../infra/kafka/index.ts'
import { openTestLog } from '../../support/kafka/kafka-log.ts'
import { output } from '../../support/log-driver-context.ts'

const partitions = 6
const dir = mkdtempSync(join(tmpdir(), 'fanno-brokers-'))
let kafka: LocalKafka
beforeAll(async () => {
  kafka = await startBroker({ data: dir, brokers: 3 })
}, 120_000)
afterAll(async () => {
  await kafka.stop()
  rmSync(dir, { recursive: true, force: true })
})

// In a send to several brokers kafkajs repeated what one of them was still writing: one record in six was there twice.
it('what is committed on three brokers is there once, on a healthy cluster and when one of them dies', async () => {
  const driver = await openTestLog({
    connection: { brokers: kafka.bootstrap.split(','), clientId: 'three' },
    registry: { url: inject('registryUrl'), mayRegister: false },
    newTopic: ({ topic, partitions }) => ({
      topic,
      numPartitions: partitions,
      replicationFactor: 3,
      configEntries: [{ name: 'min.insync.replicas', value: '2' }]
    })
  })
  const topic = `t-${randomUUID()}`
  await driver.createTopics([{ topic, partitions }])
  const committed: string[] = []
  /** Commits to all partitions at once, until told to stop. What ends unknown may be there or not, but not in part. */
  const load = async (id: string, isOver: () => boolean) => {
    const start = (): Promise<Writer> => driver.writer(id)
    let writer = await start()
    for (let n = 0; !isOver(); n++) {
      const values = Array.from({ length: partitions }, (_, partition) => `${id}-${n}-${partition}`)
      const { status } = await writer.commit(values.map((value, partition) => output(topic, value, { partition })))
      if (status === 'committed') committed.push(...values)
      else {
        await writer.close()
        writer = await start()
      }
    }
    await writer.close()
  }
  const enough = (count: number) => () => committed.length >= count
  const ids = ['a', 'b', 'c']
  await Promise.all(ids.map(id => load(`healthy-${id}`, enough(400))))
  const dying = Promise.all(ids.map(id => load(`dying-${id}`, enough(1_200))))
  await kafka.kill(2)
  await dying

  const seen = new Map<string, number>()
  for (const [partition, end] of (await driver.ends(topic)).entries())
    for await (const { value } of driver.read(topic, partition, 0, end))
      seen.set(value!.toString(), (seen.get(value!.toString()) ?? 0) + 1)
  await driver.close()
  expect(committed.filter(value => !seen.has(value))).toEqual([])
  expect([...seen].filter(([, count]) => count > 1)).toEqual([])
}, 240_000)
