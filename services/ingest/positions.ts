import { topicName } from '../../engine/declare/index.ts'
import type { Codec } from '../../engine/log/codec.ts'
import type { LogDriver } from '../../engine/log/port.ts'
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
export function positionsOf(driver: LogDriver, codec: Codec, pipeline: string): Positions {
  const topic = topicName(pipeline, ingestPositions)
  const known = new Map<string, KnownPosition>()
  let next = 0
  return {
    of: source => known.get(source),
    async catchUp() {
      const [end = 0] = await driver.ends(topic)
      for await (const record of driver.read(topic, 0, next, end)) {
        const position = (await codec.decode(ingestPositions.schema, record.value)) as IngestPosition
        known.set(position.source, { ...position, offset: record.offset })
      }
      next = end
    }
  }
}
