import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineTopic, topicName } from '../../engine/declare/index.ts'
import { createInference } from '../../engine/inference/inference.ts'
import type { Inference } from '../../engine/inference/port.ts'
import { type Codec, createCodec } from '../../engine/log/codec.ts'
import { type EmbeddedLog, openEmbeddedLog } from '../../engine/log/embedded/open.ts'
import { partitionOf } from '../../engine/log/partitioner.ts'
import { readValues } from '../../engine/log/read.ts'
import type { RuntimeLimits } from '../../engine/runtime/ground/limits.ts'
import { asksOf, type Pipeline, startPipeline } from '../../engine/runtime/process/pipeline.ts'
import { noTelemetry, type Telemetry } from '../../engine/telemetry/port.ts'
import type { Document } from '../../schemas/types.ts'
import { inferenceDefaults } from '../../services/operate/inference-options.ts'
import {
  type RehearsalModel,
  type RehearsalOptions,
  startRehearsalModel
} from '../../services/rehearsal-model/index.ts'
import { documents, headerPrefix } from '../../services/topics.ts'
import { topology } from '../../services/topology.ts'
import { type Verification, verify } from '../../services/verify/index.ts'
import { schemaNamed } from './schemas.ts'

/** All nine stages on an embedded log of their own, against a rehearsal model that a test can make fail. */
export interface WholePipeline {
  readonly model: RehearsalModel
  readonly log: EmbeddedLog
  readonly codec: Codec
  readonly pipeline: Pipeline
  readonly inference: Inference
  readonly notices: readonly string[]
  /** Parsed settings by stage name. */
  readonly settings: ReadonlyMap<string, unknown>
  /** Appends documents. */
  give(...given: readonly (Pick<Document, 'givenId'> & Partial<Document>)[]): Promise<void>
  drained(): Promise<void>
  verify(): Promise<Verification>
  values<Value>(records: string, schema: string): Promise<Value[]>
  close(): Promise<void>
}

const name = 'whole'
const timing = { retryMs: 5, maxRetryMs: 100, probeMs: 50, probeDeadlineMs: 2_000 }

export async function startWhole(
  options: {
    readonly model?: RehearsalOptions
    readonly limits?: Partial<RuntimeLimits>
    readonly deadlineMs?: number
    readonly apiKey?: string
    readonly telemetry?: Telemetry
  } = {}
): Promise<WholePipeline> {
  const dir = mkdtempSync(join(tmpdir(), 'fanno-whole-'))
  const model = await startRehearsalModel(options.model ?? {})
  const log = await openEmbeddedLog({ dir: join(dir, 'log'), role: 'run' })
  const codec = createCodec(log.registry, 'fanno')
  const notices: string[] = []
  const notice = (text: string) => void notices.push(text)
  const alias = {
    baseUrls: [model.url],
    maxInFlight: 32,
    deadlineMs: options.deadlineMs ?? 20_000,
    ...(options.apiKey && { apiKey: options.apiKey })
  }
  const inference = createInference({
    ...inferenceDefaults,
    aliases: { teacher: alias, judge: alias, embedder: { ...alias, embeds: true } },
    promptFiles: new Map(),
    notice,
    timing,
    workerThreads: 1
  })
  await inference.identify()
  inference.prepare(asksOf(topology), log.secret())
  const given: Readonly<Record<string, object>> = {
    'segment-document': { targetTokens: 200 },
    'diversify-passage': { cellsPerSeed: 4, seedPassages: 3 },
    'augment-instruction': { minPool: 5 }
  }
  const settings = new Map(topology.stages.map(stage => [stage.name, stage.settings.parse(given[stage.name] ?? {})]))
  const pipeline = await startPipeline({
    pipeline: name,
    topology,
    headerPrefix,
    driver: log,
    codec,
    inference,
    settings,
    localDir: join(dir, 'local'),
    partitions: 2,
    limits: options.limits ?? {},
    telemetry: options.telemetry ?? noTelemetry,
    notice
  })
  const topic = topicName(name, documents)
  await codec.prepare(topic, documents.schema)
  const writer = await log.writer('test')
  return {
    model,
    log,
    codec,
    pipeline,
    inference,
    notices,
    settings,
    async give(...given) {
      const outputs = given.map(document => {
        const key = document.givenId
        const value = codec.encode(topic, { mediaType: 'text/plain', ...document })
        return { topic, partition: partitionOf(key, 2), key: Buffer.from(key), value, headers: {} }
      })
      const { status } = await writer.commit(outputs)
      if (status !== 'committed') throw new Error(`giving documents ended ${status}`)
    },
    drained: () => poll(() => pipeline.drained()),
    verify: () => verify({ driver: log, codec, topology, pipeline: name }),
    values: async <Value>(records: string, schema: string) => {
      const topic = defineTopic<{ readonly id: string }>({ records, schema: schemaNamed(schema) })
      return (await Array.fromAsync(readValues({ driver: log, codec, pipeline: name }, topic))) as unknown[] as Value[]
    },
    async close() {
      await pipeline.stop()
      await inference.close()
      await model.close()
      await log.close()
      rmSync(dir, { recursive: true, force: true })
    }
  }
}

/** Looks again and again until the condition holds. */
export async function poll(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise(resolve => setTimeout(resolve, 20))
}
