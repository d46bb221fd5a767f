/** `node main.ts [passages.txt]`: passages, one a line, to pairs as JSON lines on standard output. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  asksOf,
  createCodec,
  createInference,
  prepareTopics,
  readValues,
  startPipeline,
  topicsOf,
  writeValues
} from '../../engine/index.ts'
import { pairs, passages, topology } from './pipeline.ts'

const name = 'six-questions'
const {
  OPENAI_BASE_URL: baseUrl = 'http://127.0.0.1:8000/v1',
  OPENAI_API_KEY: apiKey,
  KAFKA_BROKERS: brokers,
  SCHEMA_REGISTRY_URL: registryUrl = 'http://127.0.0.1:8081',
  DATA_DIR: dir = '.six-questions',
  SECRET: secret = 'change me: it makes the delimiters around passages unguessable'
} = process.env
const notice = (text: string): void => console.error(text)
const input = process.argv[2] ?? new URL('./passages.txt', import.meta.url)
const given = readFileSync(input, 'utf8').split('\n').filter(Boolean)
const idOf = (passage: string): string => createHash('sha256').update(passage).digest('hex').slice(0, 32)
const lineage = { rootId: '', parentId: '', traceparent: '', steps: [] }

async function openLog() {
  if (!brokers) return (await import('../../engine/log/embedded/open.ts')).openEmbeddedLog({ dir, role: 'run' })
  const { openKafkaLog } = await import('../../engine/log/kafka/open.ts')
  return openKafkaLog({
    connection: { brokers: brokers.split(','), clientId: name, notice },
    registry: { url: registryUrl, mayRegister: true },
    newTopic: ({ topic, partitions }) => ({ topic, numPartitions: partitions, replicationFactor: 1 })
  })
}

const driver = await openLog()
const codec = createCodec(driver.registry)
const log = { driver, codec, pipeline: name }
const model = { baseUrls: [baseUrl], maxInFlight: 64, deadlineMs: 120_000, ...(apiKey && { apiKey }) }
const inference = createInference({ aliases: { model }, promptFiles: new Map(), notice })
inference.prepare(asksOf(topology), secret)
await inference.identify()

const topics = topicsOf(topology, name, 4)
await prepareTopics(log, topics)
// What stands there already is not written again.
const known = new Set((await Array.fromAsync(readValues(log, passages))).map(({ id }) => id))
const fresh = given.map(passage => ({ id: idOf(passage), passage, lineage })).filter(({ id }) => !known.has(id))
if (fresh.length > 0) await writeValues(log, `${name}.input`, passages, fresh)

const settings = new Map(topology.stages.map(stage => [stage.name, stage.settings.parse({})]))
const pipeline = await startPipeline({
  pipeline: name,
  topology,
  driver,
  codec,
  topics,
  inference,
  settings,
  localDir: `${dir}/local`,
  notice
})
let halt: Error | undefined
void pipeline.halted.then(found => {
  halt = found
})
while (!halt && !(await pipeline.drained())) await sleep(200)
await pipeline.stop()
for await (const { instruction, response } of readValues(log, pairs))
  console.log(JSON.stringify({ instruction, response }))
await inference.close()
await driver.close()
if (halt) {
  notice(halt.message)
  process.exitCode = 75
}
