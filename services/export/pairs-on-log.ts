import { topicName } from '../../engine/declare/index.ts'
import type { Codec } from '../../engine/log/codec.ts'
import type { LogDriver, LogRecord } from '../../engine/log/port.ts'
import type { Pair } from '../../schemas/types.ts'
import { pairs } from '../topics.ts'

/** A pipeline on a log, and what reads its values. */
export interface PipelineLog {
  readonly driver: LogDriver
  readonly codec: Codec
  readonly pipeline: string
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
  { driver, codec, pipeline }: PipelineLog,
  ends: readonly number[]
): AsyncGenerator<PairRecord> {
  const topic = topicName(pipeline, pairs)
  for (const [partition, end] of ends.entries())
    for await (const record of driver.read(topic, partition, 0, end))
      yield { record, pair: (await codec.decode(pairs.schema, record.value)) as Pair }
}
