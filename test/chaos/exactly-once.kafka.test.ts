import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { randomFrom, topicName } from '../../engine/declare/index.ts'
import { createCodec } from '../../engine/log/codec.ts'
import { openKafkaLog } from '../../engine/log/kafka/open.ts'
import { partitionOf } from '../../engine/log/partitioner.ts'
import type { LogDriver } from '../../engine/log/port.ts'
import { drainedFrom } from '../../engine/runtime/process/drained.ts'
import { topicsOf } from '../../engine/runtime/process/topics.ts'
import { provenanceOf } from '../../engine/runtime/record/headers.ts'
import { type LocalKafka, type LocalRegistry, startBroker, startRegistry } from '../../infra/kafka/index.ts'
import { headerNames } from '../../services/topics.ts'
import { verify } from '../../services/verify/index.ts'
import type { ChainProcess } from '../support/kafka/chain-process.ts'
import { type ReadRecord, startReader, whyNoReader } from '../support/kafka/independent-reader.ts'
import { type Fault, startKafkaProxy } from '../support/kafka/kafka-proxy.ts'
import { smallTopology, source, sources } from '../support/simulated/small-topology.ts'
import { type Spawned, spawnScript } from '../support/spawned.ts'

/**
 * Four stages in a chain, two processes each, killed again and again, while the broker is restarted or requests to it
 * fail; and a consumer that is not ours reading all the while.
 * On demand: `CHAOS_DOCUMENTS=20000 CHAOS_KILLS=40 CHAOS_ANSWER_MS=40 CHAOS_SEED=… npx vitest run --project kafka test/chaos`.
 */
const documents = Number(process.env.CHAOS_DOCUMENTS ?? 2_000)
/** Longest time of one answer: the work must outlast the kills. */
const answerMs = Number(process.env.CHAOS_ANSWER_MS ?? 150)
const seed = process.env.CHAOS_SEED ?? String(Date.now())
const commitsBetweenKills = 100
const pipeline = 'chain'
const partitions = 4
const halves = [
  ['screen-source', 'admit-middle'],
  ['answer-direct', 'answer-later']
] as const
/** What a commit consists of, at the broker. */
const apis = ['InitProducerId', 'Produce', 'AddOffsetsToTxn', 'TxnOffsetCommit', 'EndTxn'] as const

interface Scenario {
  readonly named: string
  readonly kills: number
  /** Whether the broker is restarted twice, once after kill -9. */
  readonly restarts: boolean
  /** One request in so many of each api fails so. */
  readonly faults: Readonly<Partial<Record<Fault['how'], number>>>
}
const scenarios: Scenario[] = [
  {
    named: 'kills of processes and two restarts of the broker',
    kills: Number(process.env.CHAOS_KILLS ?? 8),
    restarts: true,
    faults: {}
  },
  {
    named: 'requests that fail, and kills of processes',
    kills: Number(process.env.CHAOS_KILLS ?? 2),
    restarts: false,
    faults: { drop: 53, 'execute-and-cut': 61, 'execute-and-hang': 601 }
  }
]

let dir: string
let kafka: LocalKafka
let registry: LocalRegistry
let driver: LogDriver
const closings: (() => Promise<void>)[] = []
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'fanno-chain-'))
  kafka = await startBroker({ data: join(dir, 'kafka') })
  registry = await startRegistry({ data: join(dir, 'kafka') })
  driver = await openKafkaLog({
    connection: { brokers: kafka.bootstrap.split(','), clientId: 'chaos' },
    registry: { url: registry.url, mayRegister: true },
    newTopic: ({ topic, partitions }) => ({ topic, numPartitions: partitions, replicationFactor: 1 })
  })
})
afterEach(async () => {
  for (const close of closings.splice(0).reverse()) await close()
  await driver.close()
  await Promise.all([kafka.stop(), registry.stop()])
  rmSync(dir, { recursive: true, force: true })
})

const topics = topicsOf(smallTopology, pipeline, partitions)
const outputs = new Map(topics.map(({ topic, partitions }) => [topic, partitions]))

/** Distinct texts, every fiftieth of them twice. */
async function produce(): Promise<void> {
  const codec = createCodec(driver.registry, 'fanno')
  const topic = topicName(pipeline, sources)
  await codec.prepare(topic, sources.schema)
  const writer = await driver.writer('chaos-sources')
  const texts = Array.from({ length: documents }, (_, index) => `text-${index % 50 === 49 ? index - 1 : index}`)
  for (let from = 0; from < texts.length; from += 500) {
    const result = await writer.commit(
      texts.slice(from, from + 500).map(text => ({
        topic,
        partition: partitionOf(text, partitions),
        key: Buffer.from(text),
        value: codec.encode(topic, source(text)),
        headers: {}
      }))
    )
    expect(result.status).toBe('committed')
  }
  await writer.close()
}

let started = 0
const startProcess = (half: number, brokers: string): Spawned => {
  const number = started++
  const options: ChainProcess = {
    brokers,
    registryUrl: registry.url,
    pipeline,
    stages: halves[half]!,
    partitions,
    localDir: join(dir, `local-${number}`),
    callsFile: join(dir, `calls-${number}`),
    commitsFile: join(dir, `commits-${number}`),
    answerMs
  }
  return spawnScript('kafka/chain-process.ts', [JSON.stringify(options)])
}

/** What all processes wrote into files of this name. */
const written = (name: 'calls' | 'commits'): string =>
  readdirSync(dir)
    .filter(file => file.startsWith(`${name}-`))
    .map(file => readFileSync(join(dir, file), 'utf8'))
    .join('')
const commits = (): number => written('commits').length

const isDrained = () => drainedFrom(driver, smallTopology, pipeline, sources).catch(() => false)
const sleep = () => new Promise(resolve => setTimeout(resolve, 200))

/** Values by place, as the broker gives them to us. */
async function allRecords(): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (const [topic] of outputs)
    for (const [partition, end] of (await driver.ends(topic)).entries())
      for await (const { offset, value } of driver.read(topic, partition, 0, end))
        found.set(
          `${topic}/${partition}/${offset}`,
          createHash('sha256')
            .update(value ?? '')
            .digest('hex')
        )
  return found
}

const placeOf = ({ topic, partition, offset }: Pick<ReadRecord, 'topic' | 'partition' | 'offset'>) =>
  `${topic}/${partition}/${offset}`

/** What is wrong with the records that somebody has read, by what they say of themselves. */
function faultsIn(read: readonly ReadRecord[]): string[] {
  const faults: string[] = []
  const places = new Set<string>()
  const outcomes = new Map<string, string>()
  for (const { topic, partition, offset, headers } of read) {
    const place = placeOf({ topic, partition, offset })
    if (places.has(place)) faults.push(`${place} was read twice`)
    places.add(place)
    const provenance = provenanceOf(headers, headerNames)
    if (!provenance || provenance.outcome === 'decision' || provenance.outcome === 'partial') continue
    const input = headers[headerNames.input]!
    // An emission of several records is one outcome.
    const before = outcomes.get(`${provenance.stage} ${input}`)
    if (before !== undefined && !(before === 'emitted' && provenance.outcome === 'emitted'))
      faults.push(`${input} has two outcomes of ${provenance.stage}`)
    outcomes.set(`${provenance.stage} ${input}`, provenance.outcome)
  }
  return faults
}

describe(`${documents} documents, seed ${seed}`, () => {
  it.each(scenarios)(
    'are neither lost nor doubled by $named',
    async scenario => {
      const { kills, restarts, faults } = scenario
      await driver.createTopics(topics.map(({ topic, partitions }) => ({ topic, partitions })))
      await produce()
      const noReader = whyNoReader()
      if (noReader && process.env.KAFKA_TESTS === 'required') throw new Error(noReader)
      const reader = noReader ? undefined : startReader(kafka.bootstrap, outputs, join(dir, 'read.jsonl'))

      const proxy = await startKafkaProxy(kafka.bootstrap)
      closings.push(proxy.close)
      const rules = (Object.keys(faults) as Fault['how'][]).map(how => proxy.inject({ apis, how, oneIn: faults[how]! }))
      const random = randomFrom(seed)
      const start = (half: number) => startProcess(half, rules.length > 0 ? proxy.bootstrap : kafka.bootstrap)
      const processes = [0, 1, 0, 1].map(half => ({ half, running: start(half) }))
      closings.push(async () => void (await Promise.all(processes.map(({ running }) => running.kill()))))
      await Promise.all(processes.map(({ running }) => running.line()))

      const [broker] = kafka.brokerIds as [number]
      let killed = 0
      for (let last = 0; killed < kills && !(await isDrained()); await sleep()) {
        if (commits() - last < commitsBetweenKills) continue
        last = commits()
        const victim = processes[Math.floor(random() * processes.length)]!
        await victim.running.kill()
        killed++
        victim.running = start(victim.half)
        if (restarts && killed === Math.ceil(kills / 3)) await kafka.restart(broker)
        if (restarts && killed === Math.ceil((2 * kills) / 3)) {
          await kafka.kill(broker)
          await kafka.restart(broker)
        }
        await victim.running.line()
      }
      // A run that is through before its faults proves nothing.
      expect(killed).toBe(kills)
      while (!(await isDrained())) await sleep()
      for (const { hits } of rules) expect(hits).toBeGreaterThan(3)

      for (const { running } of processes) process.kill(running.pid, 'SIGTERM')
      for (const { running } of processes) expect(await running.end(), running.errors()).toBe(0)

      const found = await verify({
        driver,
        codec: createCodec(driver.registry, 'fanno'),
        topology: smallTopology,
        pipeline
      })
      expect(found.violations).toEqual([])
      const all = await allRecords()
      if (reader) {
        while (reader.records().length < all.size) await sleep()
        await reader.stop()
        const read = reader.records()
        expect(faultsIn(read)).toEqual([])
        expect(new Map(read.map(record => [placeOf(record), record.sha256]))).toEqual(all)
      }
      const calls = written('calls').split('\n').filter(Boolean)
      const ratio = calls.length / new Set(calls).size
      console.log(
        `${scenario.named}: ${all.size} records, ${commits()} commits, ${killed} kills, ` +
          `${rules.map(({ hits }) => hits).join(' + ')} requests failed, ${calls.length} calls, ${ratio.toFixed(3)} a question`
      )
      expect(ratio).toBeLessThanOrEqual(1.2)
    },
    600_000 + documents * 100
  )
})
