import { topicName } from '../../engine/declare/index.ts'
import type { LogError } from '../../engine/log/errors.ts'
import { type Decoded, type PipelineLog, readDecoded } from '../../engine/log/read.ts'
import type { Pair } from '../../schemas/types.ts'
import { pairs } from '../topics.ts'

/** A pipeline whose pairs are read. */
export interface PairsLog extends PipelineLog {
  /** Told of pairs that are damaged, which are then left out. Without it the first ends the reading. */
  readonly onDamage?: (damage: LogError) => void
}

export type PairRecord = Decoded<Pair>

/** End offset of each partition of pairs, as they are now. */
export const endsOfPairs = ({ driver, pipeline }: PairsLog): Promise<readonly number[]> =>
  driver.ends(topicName(pipeline, pairs))

/** The pairs below the given ends, in the order of the log, one partition after the other. */
export const pairsBelow = (log: PairsLog, ends: readonly number[]): AsyncGenerator<PairRecord> =>
  readDecoded(log, pairs, { to: ends, onDamage: log.onDamage })
