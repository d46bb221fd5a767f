import { topicName } from '../../engine/declare/index.ts'
import { type PipelineLog, readDecoded } from '../../engine/log/read.ts'
import type { IngestPosition } from '../../schemas/types.ts'
import { ingestPositions } from '../topics.ts'

/** A position as it stands on the log. */
export interface KnownPosition extends IngestPosition {
  /** Where it was committed: tells one position of a source from an equal one before. */
  readonly offset: number
}

/** How far each source has been ingested: a fold of the positions on the log, by source. */
export interface Positions {
  of(source: string): KnownPosition | undefined
  /** Folds what others, or we with unknown outcome, have committed since. */
  catchUp(): Promise<void>
}

/** Nothing is known before `catchUp`. */
export function positionsOf(log: PipelineLog): Positions {
  const topic = topicName(log.pipeline, ingestPositions)
  const known = new Map<string, KnownPosition>()
  let next = 0
  return {
    of: source => known.get(source),
    async catchUp() {
      const [end = 0] = await log.driver.ends(topic)
      for await (const { record, value } of readDecoded(log, ingestPositions, { from: [next], to: [end] }))
        known.set(value.source, { ...value, offset: record.offset })
      next = end
    }
  }
}
