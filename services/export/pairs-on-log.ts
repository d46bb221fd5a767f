import { topicName } from '../../engine/declare/index.ts'
import type { Codec } from '../../engine/log/codec.ts'
import { isLogError, LogError } from '../../engine/log/errors.ts'
import type { LogDriver, LogRecord } from '../../engine/log/port.ts'
import type { Pair } from '../../schemas/types.ts'
import { pairs } from '../topics.ts'

/** A pipeline on a log, and what reads its values. */
export interface PipelineLog {
  readonly driver: LogDriver
  readonly codec: Codec
  readonly pipeline: string
  /** Told of pairs that are damaged, which are then left out. Without it the first ends the reading. */
  readonly onDamage?: (damage: LogError) => void
}

export interface PairRecord {
  readonly record: LogRecord
  readonly pair: Pair
}

/** End offset of each partition of pairs, as they are now. */
export const endsOfPairs = ({ driver, pipeline }: PipelineLog): Promise<readonly number[]> =>
  driver.ends(topicName(pipeline, pairs))

/** The pairs below the given ends, in the order of the log, one partition after the other. */
export async function* pairsBelow(
  { driver, codec, pipeline, onDamage }: PipelineLog,
  ends: readonly number[]
): AsyncGenerator<PairRecord> {
  const topic = topicName(pipeline, pairs)
  for (const [partition, end] of ends.entries())
    for await (const record of driver.read(topic, partition, 0, end, onDamage)) {
      const pair = await decoded(codec, record, onDamage)
      if (pair) yield { record, pair }
    }
}

async function decoded(codec: Codec, record: LogRecord, onDamage: PipelineLog['onDamage']): Promise<Pair | undefined> {
  try {
    return (await codec.decode(pairs.schema, record.value)) as Pair
  } catch (error) {
    if (!onDamage || !(isLogError(error, 'bad-frame') || isLogError(error, 'unknown-schema'))) throw error
    const { topic, partition, offset } = record
    onDamage(new LogError(error.code, `record ${topic}/${partition}/${offset}: ${error.message}`))
    return undefined
  }
}
