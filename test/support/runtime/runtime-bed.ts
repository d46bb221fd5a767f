import { type AnyStage, type AnyTopic, headerNamesOf, topicName } from '../../../engine/declare/index.ts'
import { type Codec, createCodec } from '../../../engine/log/codec.ts'
import type { LogRecord, OutputRecord } from '../../../engine/log/port.ts'
import { CommitPace } from '../../../engine/runtime/ground/commit-pace.ts'
import { StageCounters } from '../../../engine/runtime/ground/counters.ts'
import { engineTopics } from '../../../engine/runtime/ground/engine-topics.ts'
import { IntakeGate } from '../../../engine/runtime/ground/intake-gate.ts'
import { defaultLimits, type RuntimeLimits } from '../../../engine/runtime/ground/limits.ts'
import { LogOutage } from '../../../engine/runtime/ground/outage.ts'
import type { StageContext } from '../../../engine/runtime/ground/stage-context.ts'
import type { Input } from '../../../engine/runtime/record/verdict.ts'
import { noTelemetry } from '../../../engine/telemetry/port.ts'
import { firstOffsetsInMemory } from '../../../engine/views/first-offsets.ts'
import { type ManualClock, manualClock } from '../manual-clock.ts'
import { createMemoryLog, type MemoryLog } from '../simulated/memory-log.ts'
import { type HeldInference, heldInference } from './held-inference.ts'
import { type Text, textSettings, texts, textTopics } from './text-stages.ts'

export interface BedOptions {
  readonly limits?: Partial<RuntimeLimits>
  readonly maxRecordBytes?: number
  /** In place of what the bed makes. */
  readonly context?: Partial<StageContext>
}

/** A stage's context over a log in memory, a clock that stands still and a model that waits to be told. */
export interface RuntimeBed {
  readonly context: StageContext
  readonly log: MemoryLog
  readonly codec: Codec
  readonly clock: ManualClock
  readonly inference: HeldInference
  readonly notices: string[]
  /** What withholds the stage. */
  readonly withheld: { is: boolean }
  /** Appends these texts to the input, and gives them back as the log holds them. */
  produce(...values: readonly Text[]): LogRecord[]
  /** The value of an output, decoded. */
  decoded(output: OutputRecord): Record<string, unknown>
}

export async function runtimeBed(stage: AnyStage, options: BedOptions = {}): Promise<RuntimeBed> {
  const log = createMemoryLog(options.maxRecordBytes)
  const { driver } = log
  const codec = createCodec(driver.registry)
  const topics: readonly AnyTopic[] = [...textTopics, ...engineTopics]
  await driver.createTopics(topics.map(topic => ({ topic: topicName('p', topic), partitions: 1 })))
  for (const topic of topics) await codec.prepare(topicName('p', topic), topic.schema)
  const notices: string[] = []
  const notice = (text: string) => void notices.push(text)
  const clock = manualClock()
  const inference = heldInference()
  const withheld = { is: false }
  const limits = { ...defaultLimits, ...options.limits }
  const context: StageContext = {
    stage,
    group: `p.${stage.name}`,
    input: topicName('p', stage.reads),
    settings: textSettings,
    headers: headerNamesOf(),
    configuration: { hash: 'c0ffee', canonical: '{"stage":"as it is"}' },
    acceptChange: false,
    depth: 3,
    driver,
    codec,
    inference,
    clock,
    limits,
    counters: new StageCounters(),
    pace: new CommitPace(limits, driver.limits),
    outage: new LogOutage(notice),
    telemetry: noTelemetry,
    repeats: firstOffsetsInMemory(),
    view: undefined,
    place: topic => ({ topic: topicName('p', topic), partitions: 1 }),
    intake: new IntakeGate(() => withheld.is),
    notice,
    ...options.context
  }
  const topicOf = new Map(topics.map(topic => [topicName('p', topic), topic]))
  return {
    context,
    log,
    codec,
    clock,
    inference,
    notices,
    withheld,
    produce(...values) {
      const before = log.records(context.input).length
      log.append(values.map(value => encoded(codec, value)))
      return log.records(context.input).slice(before)
    },
    decoded: ({ topic, value }) => codec.decode(topicOf.get(topic)!.schema, value) as Record<string, unknown>
  }
}

const encoded = (codec: Codec, value: Text): OutputRecord => {
  const topic = topicName('p', texts)
  return { topic, partition: 0, key: Buffer.from(texts.key(value)), value: codec.encode(topic, value), headers: {} }
}

/** An input as the runtime makes it of a record that it could decode. */
export const inputOfText = (value: Text, offset = 0, headers: LogRecord['headers'] = {}): Input => ({
  record: { topic: 'p.texts.v1', partition: 0, offset, timestamp: 0, key: Buffer.from(value.id), value: null, headers },
  value: { ...value },
  id: value.id
})

/** Looks again and again, after whatever is due has run, until the condition holds. @throws Error when it never does. */
export async function until(condition: () => boolean | Promise<boolean>, tries = 2_000): Promise<void> {
  for (let left = tries; left > 0; left--) {
    if (await condition()) return
    await new Promise(resolve => setImmediate(resolve))
  }
  throw new Error(`it did not come about: ${condition}`)
}

/** Lets everything run that is due, for things that must not happen. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise(resolve => setImmediate(resolve))
}
