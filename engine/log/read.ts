import { type AnyTopic, type Topic, topicName } from '../declare/index.ts'
import type { Codec } from './codec.ts'
import { isLogError, LogError } from './errors.ts'
import type { LogDriver, LogRecord } from './port.ts'

/** A log, and the pipeline on it that is meant. */
export interface PipelineLog {
  readonly driver: LogDriver
  readonly codec: Codec
  /** First part of the name of each of its topics. */
  readonly pipeline: string
}

/** Which records of a topic to read, by partition. */
export interface ReadRange {
  /** First offset to read of each partition. By default the first one that the log still holds. */
  readonly from?: readonly number[]
  /** One past the last offset to read of each partition. By default the ends as they are now. */
  readonly to?: readonly number[]
  /**
   * Told of each record, or stretch of records, that is damaged or cannot be decoded; it is then left out. Without it
   * the first one ends the reading.
   */
  readonly onDamage?: ((damage: LogError) => void) | undefined
}

/** A record with its value decoded. */
export interface Decoded<Value> {
  readonly record: LogRecord
  readonly value: Value
}

/**
 * The records of a topic, partition after partition, in offset order within each.
 * @throws LogError `unknown-topic`, `unavailable`; `log-damaged` unless `onDamage` is given.
 */
export async function* readRecords(
  { driver, pipeline }: Pick<PipelineLog, 'driver' | 'pipeline'>,
  topic: AnyTopic,
  { from, to, onDamage }: ReadRange = {}
): AsyncGenerator<LogRecord> {
  const name = topicName(pipeline, topic)
  const starts = from ?? (await driver.starts(name))
  for (const [partition, end] of (to ?? (await driver.ends(name))).entries())
    yield* driver.read(name, partition, starts[partition] ?? 0, end, onDamage)
}

/**
 * As `readRecords`, with the value of each record.
 * @throws LogError also `bad-frame` or `unknown-schema` where a record is not one of the topic's, unless `onDamage` is given.
 */
export async function* readDecoded<Value>(
  log: PipelineLog,
  topic: Topic<Value>,
  range: ReadRange = {}
): AsyncGenerator<Decoded<Value>> {
  for await (const record of readRecords(log, topic, range)) {
    const value = await decoded(log.codec, topic, record, range.onDamage)
    if (value !== undefined) yield { record, value }
  }
}

/** As `readDecoded`, of each record the value alone. */
export async function* readValues<Value>(
  log: PipelineLog,
  topic: Topic<Value>,
  range?: ReadRange
): AsyncGenerator<Value> {
  for await (const { value } of readDecoded(log, topic, range)) yield value
}

async function decoded<Value>(
  codec: Codec,
  { schema }: Topic<Value>,
  record: LogRecord,
  onDamage: ReadRange['onDamage']
): Promise<Value | undefined> {
  try {
    return (await codec.decode(schema, record.value)) as Value
  } catch (error) {
    if (!onDamage || !(isLogError(error, 'bad-frame') || isLogError(error, 'unknown-schema'))) throw error
    const { topic, partition, offset } = record
    onDamage(new LogError(error.code, `record ${topic}/${partition}/${offset}: ${error.message}`))
    return undefined
  }
}
