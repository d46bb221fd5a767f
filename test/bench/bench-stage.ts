import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import {
  type AnyAsk,
  defineDecisionStage,
  definePrompt,
  defineStage,
  defineTopic,
  defineTopology,
  embedding,
  type Topology,
  text
} from '../../engine/declare/index.ts'
import type { Inference } from '../../engine/inference/port.ts'
import { createCodec } from '../../engine/log/codec.ts'
import { openEmbeddedLog } from '../../engine/log/embedded/open.ts'
import { partitionOf } from '../../engine/log/partitioner.ts'
import type { LogDriver } from '../../engine/log/port.ts'
import type { RuntimeLimits } from '../../engine/runtime/ground/limits.ts'
import { type Pipeline, startPipeline } from '../../engine/runtime/process/pipeline.ts'
import { schemaOf } from '../../schemas/schema-of.ts'
import type { Decision, Document } from '../../schemas/types.ts'

/** One stage on a log of its own, for measurements of the runtime alone. */

export const pipeline = 'bench'
interface Copied extends Document {
  readonly id: string
}
const inputs = defineTopic<Document>({
  records: 'inputs',
  schema: schemaOf('document'),
  id: document => document.givenId
})
const outputs = defineTopic<Copied>({ records: 'outputs', schema: schemaOf('document'), id: copied => copied.givenId })
const ordered = defineTopic<Document>({
  records: 'inputs',
  schema: schemaOf('document'),
  id: document => document.givenId,
  partitions: 'single'
})
const decisions = defineTopic<Decision>({
  records: 'bench-decisions',
  schema: schemaOf('private/decision'),
  partitions: 'single',
  audience: 'private'
})
const prompt = definePrompt(new URL('./question.prompt.md', import.meta.url), z.object({ text: z.string() }))
const settings = z.object({})

/** Copies each record, asking nobody. */
export const copyTopology: Topology = defineTopology(inputs, outputs, [
  defineStage({
    name: 'copy-record',
    summary: 'Copies.',
    reads: inputs,
    writes: { copy: outputs },
    asks: {},
    rejects: [],
    settings,
    question: record => ({ to: 'copy', values: [record] }),
    decide: record => ({ to: 'copy', values: [record] })
  })
])

/** Asks the teacher one question about each record. */
export const askTopology: Topology = defineTopology(inputs, outputs, [
  defineStage({
    name: 'ask-record',
    summary: 'Asks.',
    reads: inputs,
    writes: { copy: outputs },
    asks: { reply: text('teacher', prompt) },
    rejects: [],
    settings,
    question: record => ({ ask: { reply: { text: record.givenId } } }),
    decide: record => ({ to: 'copy', values: [record] })
  })
])

/** Embeds each record, and decides in offset order. */
export const decideTopology: Topology = defineTopology(ordered, outputs, [
  defineDecisionStage({
    name: 'decide-record',
    summary: 'Embeds, decides in order.',
    reads: ordered,
    writes: { copy: outputs },
    asks: { vector: embedding('embedder') },
    rejects: [],
    settings,
    decisions,
    createView: () => ({ decided: 0 }),
    fold: view => {
      view.decided++
    },
    question: record => ({ ask: { vector: { text: record.givenId } } }),
    decide: record => ({ outcome: { to: 'copy', values: [record] } })
  })
])

export const noInference: Inference = {
  admit: () => Promise.reject(new Error('no stage asks')),
  answer: () => Promise.reject(new Error('no stage asks')),
  describe: (_ask: AnyAsk) => ({}),
  model: alias => ({ alias, model: 'none', rehearsal: true }),
  usage: () => ({ calls: 0, promptTokens: 0, completionTokens: 0 }),
  paused: () => undefined,
  close: async () => {}
}

export interface Bench {
  readonly log: LogDriver
  readonly dir: string
  produce(records: number, valueBytes: number): Promise<void>
  start(topology: Topology, inference: Inference, limits?: Partial<RuntimeLimits>): Promise<Pipeline>
  close(): Promise<void>
}

const embedded = (dir: string): Promise<LogDriver> => openEmbeddedLog({ dir: join(dir, 'log'), role: 'run' })

/** @param name of the pipeline: a log that outlives the bench tells them apart by it. */
export async function openBench(partitions: number, openLog = embedded, name = pipeline): Promise<Bench> {
  const dir = mkdtempSync(join(tmpdir(), 'fanno-bench-'))
  const log = await openLog(dir)
  const codec = createCodec(log.registry)
  return {
    log,
    dir,
    async produce(records, valueBytes) {
      const topic = `${name}.${inputs.records}.v1`
      await log.createTopics([{ topic, partitions }])
      await codec.prepare(topic, inputs.schema)
      const writer = await log.writer('bench')
      const content = Buffer.alloc(valueBytes, 'x')
      for (let from = 0; from < records; from += 1_000) {
        const batch = Array.from({ length: Math.min(1_000, records - from) }, (_, index) => {
          const givenId = `document-${from + index}`
          return {
            topic,
            partition: partitionOf(givenId, partitions),
            key: Buffer.from(givenId),
            value: codec.encode(topic, { givenId, content }),
            headers: {}
          }
        })
        const { status } = await writer.commit(batch)
        if (status !== 'committed') throw new Error(`producing ended ${status}`)
      }
      await writer.close()
    },
    start: async (topology, inference, limits = {}) => {
      const stages = new Map(topology.stages.map(stage => [stage.name, {}]))
      const started = await startPipeline({
        pipeline: name,
        topology,
        driver: log,
        inference,
        settings: stages,
        localDir: join(dir, 'local'),
        partitions,
        limits,
        notice: text => console.error(text)
      })
      void started.halted.then(halt => {
        throw halt
      })
      return started
    },
    async close() {
      await log.close()
      rmSync(dir, { recursive: true, force: true })
    }
  }
}

/** Waits until the condition holds, looking often enough for a measurement in seconds. */
export async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await condition())) await new Promise(resolve => setTimeout(resolve, 20))
}
