import { defineStage, defineTopology, type Topology, topicName } from '../../../engine/declare/index.ts'
import type { AskContext, Inference } from '../../../engine/inference/port.ts'
import { type Codec, createCodec } from '../../../engine/log/codec.ts'
import { partitionOf } from '../../../engine/log/partitioner.ts'
import type { LogDriver } from '../../../engine/log/port.ts'
import type { Clock } from '../../../engine/runtime/ground/clock.ts'
import type { RuntimeLimits } from '../../../engine/runtime/ground/limits.ts'
import {
  type Pipeline,
  type PipelineOptions,
  type StageProgress,
  startPipeline
} from '../../../engine/runtime/process/pipeline.ts'
import type { Telemetry } from '../../../engine/telemetry/port.ts'
import { type FirstOffsets, firstOffsetsInMemory } from '../../../engine/views/first-offsets.ts'
import { schemaNamed } from '../schemas.ts'
import { simulatedInference } from './simulated-inference.ts'
import { SimulatedStore } from './simulated-log.ts'
import { SimulatedProcess, SimulatedWorld } from './simulated-world.ts'
import { smallSettings, smallTopology, source, sources } from './small-topology.ts'

export const pipeline = 'small'

export interface SmallRunOptions {
  readonly store?: SimulatedStore
  readonly topology?: Topology
  readonly settings?: ReadonlyMap<string, unknown>
  readonly limits?: Partial<RuntimeLimits>
  readonly acceptChange?: boolean
  readonly repeats?: FirstOffsets
  /** In place of the simulated model's answer; undefined leaves that as it is. */
  readonly answer?: (context: AskContext) => Promise<unknown> | undefined
  readonly describe?: Inference['describe']
  readonly telemetry?: Telemetry
  /** Sleeps of this many milliseconds or more end only when they are aborted. By default all may end at any time. */
  readonly endlessMs?: number
  /** Further options of the pipeline. */
  readonly more?: Partial<PipelineOptions>
}

/** A pipeline over the small topology in a simulated world, for tests that look at one behaviour. */
export interface SmallRun {
  readonly world: SimulatedWorld
  readonly store: SimulatedStore
  readonly process: SimulatedProcess
  readonly codec: Codec
  readonly pipeline: Pipeline
  readonly notices: readonly string[]
  /** Runs until the condition holds. */
  until(condition: () => boolean | Promise<boolean>): Promise<void>
  /** Values on a topic, decoded, in order of partition and offset. */
  values<Value>(records: string, schema: string): Promise<Value[]>
}

const yes = { probability: 0.5, evidence: 'log-probabilities' }

/** An answer that every stage of the small topology is content with. */
export const contentAnswer = (context: AskContext): Promise<unknown> =>
  Promise.resolve(
    context.ask === 'vector' ? { values: Int8Array.of(context.record.length), scale: 1, embedder: 'simulated' } : yes
  )

export async function startSmall(options: SmallRunOptions = {}): Promise<SmallRun> {
  const store = options.store ?? new SimulatedStore(new SimulatedWorld('small'))
  const { world } = store
  const process = new SimulatedProcess(world)
  const model = simulatedInference(process, [])
  const notices: string[] = []
  const driver = store.driver(process)
  let outcome: { pipeline: Pipeline } | { error: unknown } | undefined
  startPipeline({
    pipeline,
    topology: options.topology ?? smallTopology,
    driver,
    inference: {
      ...model,
      ...(options.describe ? { describe: options.describe } : {}),
      answer: async (ask, variables, context) => {
        const given = options.answer?.(context)
        return given ? { answer: await given, calls: [] } : model.answer(ask, variables, context)
      }
    },
    settings: options.settings ?? smallSettings,
    localDir: '',
    partitions: 2,
    ...(options.acceptChange === undefined ? {} : { acceptChange: options.acceptChange }),
    limits: options.limits ?? {},
    notice: text => notices.push(text),
    ...(options.telemetry ? { telemetry: options.telemetry } : {}),
    clock: clockOf(process, options.endlessMs),
    repeats: options.repeats ?? firstOffsetsInMemory(),
    ...options.more
  }).then(
    started => {
      outcome = { pipeline: started }
    },
    error => {
      outcome = { error }
    }
  )
  await world.run(() => outcome !== undefined)
  if (outcome && 'error' in outcome) throw outcome.error
  const codec = createCodec(driver.registry)
  return {
    world,
    store,
    process,
    codec,
    pipeline: (outcome as { pipeline: Pipeline }).pipeline,
    notices,
    until: condition => world.run(condition),
    values: async <Value>(records: string, schema: string) => {
      const topic = `${pipeline}.${records}.v1`
      const found: Value[] = []
      for (let partition = 0; partition < store.topics.get(topic)!.partitions; partition++)
        for (const record of store.records(topic, partition))
          found.push((await codec.decode(schemaNamed(schema), record.value)) as Value)
      return found
    }
  }
}

function clockOf({ clock }: SimulatedProcess, endlessMs = Number.POSITIVE_INFINITY): Clock {
  return {
    now: clock.now,
    sleep: (ms, signal) =>
      ms < endlessMs
        ? clock.sleep(ms, signal)
        : new Promise(resolve => signal?.addEventListener('abort', () => resolve(), { once: true }))
  }
}

/** Appends sources with these texts; equal texts are copies. */
export async function produceSources(store: SimulatedStore, texts: readonly string[]): Promise<void> {
  const codec = createCodec(store.driver(new SimulatedProcess(store.world)).registry)
  const topic = topicName(pipeline, sources)
  await codec.prepare(topic, sources.schema)
  for (const text of texts) {
    const key = Buffer.from(text)
    store.append([
      { topic, partition: partitionOf(text, 2), key, value: codec.encode(topic, source(text)), headers: {} }
    ])
  }
}

export const texts = (count: number): string[] => Array.from({ length: count }, (_, index) => `text-${index}`)

/** A store whose drivers are changed in some of their functions. */
export function storeWith(change: (driver: LogDriver) => Partial<LogDriver>, seed = 'small'): SimulatedStore {
  const store = new SimulatedStore(new SimulatedWorld(seed))
  const original = store.driver.bind(store)
  store.driver = process => {
    const driver = original(process)
    return { ...driver, ...change(driver) }
  }
  return store
}

/** `text` becomes "code: message" when the pipeline halts. */
export function haltOf(run: SmallRun): { text: string } {
  const found = { text: '' }
  void run.pipeline.halted.then(halt => {
    found.text = `${halt.code}: ${halt.message}`
  })
  return found
}

export const progressOf = async (run: SmallRun, stage: string): Promise<StageProgress> =>
  (await run.pipeline.progress()).find(progress => progress.stage === stage)!

/** Stops the pipeline and runs until it has. */
export async function stopped(run: SmallRun): Promise<void> {
  let done = false
  void run.pipeline.stop().then(() => {
    done = true
  })
  await run.until(() => done)
}

/** Lets that many turns of the world go by, for things that must not happen. */
export async function turns(run: SmallRun, count: number): Promise<void> {
  const until = run.world.turns + count
  await run.until(() => run.world.turns >= until)
}

/** Something to await, and the function that lets it go on. */
export function gate(): { readonly passed: Promise<void>; readonly open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { passed: promise, open: resolve }
}

/** The small topology with a first stage that is changed in some of its declarations. */
export const beginningWith = (change: object): Topology => {
  const [first, ...rest] = smallTopology.stages
  return defineTopology(sources, smallTopology.sink, [defineStage({ ...first, ...change } as never) as never, ...rest])
}
