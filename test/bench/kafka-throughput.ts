import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kafka, logLevel } from 'kafkajs'
import { openKafkaLog } from '../../engine/log/kafka/open.ts'
import { startBroker, startRegistry } from '../../infra/kafka/index.ts'
import { openBench } from './bench-stage.ts'
import type { CopyFigures, KafkaStage, MemoryFigures } from './kafka-stage.ts'

const records = 60_000
const valueBytes = 1_024
const perTransaction = 500
const waiting = Number(process.env.BENCH_WAITING ?? 1_000_000)

interface Cluster {
  readonly brokers: string
  readonly registryUrl: string
}

async function onCluster(use: (cluster: Cluster) => Promise<void>): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'fanno-bench-'))
  const kafka = await startBroker({ data: dir })
  const registry = await startRegistry({ data: dir })
  try {
    await use({ brokers: kafka.bootstrap, registryUrl: registry.url })
  } finally {
    await Promise.all([kafka.stop(), registry.stop()])
    rmSync(dir, { recursive: true, force: true })
  }
}

const driverOf = ({ brokers, registryUrl }: Cluster) =>
  openKafkaLog({
    connection: { brokers: brokers.split(','), clientId: 'bench-producer' },
    registry: { url: registryUrl, mayRegister: true },
    newTopic: ({ topic, partitions }) => ({ topic, numPartitions: partitions, replicationFactor: 1 })
  })

async function produced(cluster: Cluster, pipeline: string, partitions: number, count = records): Promise<void> {
  const bench = await openBench(partitions, () => driverOf(cluster), pipeline)
  await bench.produce(count, valueBytes)
  await bench.close()
}

/** A plain consume-produce loop over the same bytes: kafkajs, a send for each batch of a partition. */
async function bareLoop(
  cluster: Cluster,
  pipeline: string,
  partitions: number,
  transactional: boolean
): Promise<number> {
  const kafka = new Kafka({
    brokers: cluster.brokers.split(','),
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 10 }
  })
  const output = `${pipeline}.bare-${transactional}`
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic: output, numPartitions: partitions }], waitForLeaders: false })
  await admin.disconnect()
  const consumer = kafka.consumer({ groupId: output, readUncommitted: !transactional })
  await consumer.connect()
  await consumer.subscribe({ topic: `${pipeline}.inputs.v1`, fromBeginning: true })
  const producers = await Promise.all(
    Array.from({ length: partitions }, async (_, partition) => {
      const id = { transactionalId: `${output}-${partition}`, idempotent: true, maxInFlightRequests: 1 }
      const producer = kafka.producer(transactional ? id : {})
      await producer.connect()
      return producer
    })
  )
  let [copied, began] = [0, 0]
  const { promise: done, resolve } = Promise.withResolvers<void>()
  await consumer.run({
    autoCommit: !transactional,
    partitionsConsumedConcurrently: partitions,
    async eachBatch({ batch: { messages, partition, topic }, resolveOffset, heartbeat }) {
      began ||= performance.now()
      const producer = producers[partition]!
      for (let from = 0; from < messages.length; from += perTransaction) {
        const some = messages.slice(from, from + perTransaction)
        const copies = some.map(({ key, value }) => ({ key, value, partition }))
        const last = some.at(-1)!.offset
        if (transactional) {
          const transaction = await producer.transaction()
          await transaction.send({ topic: output, messages: copies })
          const offset = String(Number(last) + 1)
          await transaction.sendOffsets({
            consumerGroupId: output,
            topics: [{ topic, partitions: [{ partition, offset }] }]
          })
          await transaction.commit()
        } else await producer.send({ topic: output, messages: copies, acks: -1 })
        resolveOffset(last)
        copied += some.length
      }
      await heartbeat()
      if (copied >= records) resolve()
    }
  })
  await done
  const seconds = (performance.now() - began) / 1_000
  await Promise.all([consumer.disconnect(), ...producers.map(producer => producer.disconnect())])
  return records / seconds
}

const stageProcess = (cluster: Cluster, more: Omit<KafkaStage, keyof Cluster>): ChildProcess =>
  fork(new URL('./kafka-stage.ts', import.meta.url), [JSON.stringify({ ...cluster, ...more })], {
    execArgv: ['--expose-gc']
  })

async function throughOneStage(cluster: Cluster, pipeline: string, partitions: number): Promise<CopyFigures> {
  const child = stageProcess(cluster, { pipeline, partitions, mode: 'copy', records })
  const [figures] = await once(child, 'message')
  await once(child, 'exit')
  return figures as CopyFigures
}

const count = (figure: number) => Math.round(figure).toLocaleString('en').padStart(7)
const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`

/** One stage without inference, exactly once, against plain loops on the same broker in the same run. */
export const kafkaThroughput = (): Promise<void> =>
  onCluster(async cluster => {
    console.log(`${count(records)} records of ${valueBytes} bytes, records a second:`)
    await produced(cluster, 'warm-up', 1)
    await bareLoop(cluster, 'warm-up', 1, true)
    for (const partitions of [1, 4]) {
      const pipeline = `bench-${partitions}`
      await produced(cluster, pipeline, partitions)
      const plain = await bareLoop(cluster, pipeline, partitions, false)
      const transactional = await bareLoop(cluster, pipeline, partitions, true)
      const rate = records / (await throughOneStage(cluster, pipeline, partitions)).seconds
      console.log(
        `  ${partitions} partition${partitions > 1 ? 's' : ' '}   (a) loop without transactions ${count(plain)}   ` +
          `(b) with one per ${perTransaction} ${count(transactional)}   one stage ${count(rate)}   ` +
          `ratio to (a) ${(rate / plain).toFixed(2)}, to (b) ${(rate / transactional).toFixed(2)}`
      )
    }
    console.log('  Left out: decoding, ids, lineage, provenance are in the stage figure only; the loops copy bytes.')
    console.log('           The broker shares the cores with them.')
  })

/** What a process costs by the number of partitions it owns. */
export const kafkaPartitions = (): Promise<void> =>
  onCluster(async cluster => {
    for (const partitions of [1, 12, 48]) {
      const pipeline = `bench-${partitions}`
      await produced(cluster, pipeline, partitions)
      const { seconds, commits, cpuSeconds, residentBytes } = await throughOneStage(cluster, pipeline, partitions)
      console.log(
        `  ${count(partitions)} partitions: ${(commits / seconds).toFixed(0)} commits/s, ` +
          `${count(records / commits)} records a commit, ${count(records / seconds)} records/s, ` +
          `${((cpuSeconds / seconds) * 100).toFixed(0)} % of a core, ${megabytes(residentBytes)} resident`
      )
    }
  })

/** Memory of a process whose stage hangs while records pile up before it. */
export const kafkaMemory = (): Promise<void> =>
  onCluster(async cluster => {
    const [pipeline, partitions] = ['bench-waiting', 4]
    await produced(cluster, pipeline, partitions, 5_000)
    const child = stageProcess(cluster, { pipeline, partitions, mode: 'hang', records: waiting })
    const figures = async (): Promise<MemoryFigures> => {
      child.send('tell')
      return (await once(child, 'message'))[0] as MemoryFigures
    }
    let before = await figures()
    while (before.held < partitions * 1_024) {
      await new Promise(resolve => setTimeout(resolve, 200))
      before = await figures()
    }
    await produced(cluster, pipeline, partitions, waiting - 5_000)
    const after = await figures()
    child.kill()
    for (const [many, { held, heapBytes, residentBytes }] of [
      [5_000, before],
      [waiting, after]
    ] as const)
      console.log(
        `  with ${count(many)} waiting: ${held} held in the windows, heap ${megabytes(heapBytes)}, resident ${megabytes(residentBytes)}`
      )
  })
