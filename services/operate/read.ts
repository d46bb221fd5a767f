import { type AnyStage, type AnyTopic, type Topic, topicName } from '../../engine/declare/index.ts'
import type { Commit } from '../../engine/log/port.ts'
import { type PipelineLog, type ReadRange, readRecords, readValues } from '../../engine/log/read.ts'
import { type SettledBits, settledBeyond } from '../../engine/runtime/commit/commit-metadata.ts'
import { groupOf } from '../../engine/runtime/ground/stage-context.ts'

type Named = Pick<PipelineLog, 'driver' | 'pipeline'>

const exists = async ({ driver, pipeline }: Named, topic: AnyTopic): Promise<boolean> =>
  (await driver.topics()).has(topicName(pipeline, topic))

/** The values of a topic, partition after partition; none when the topic does not exist. */
export async function* valuesOf<Value>(
  log: PipelineLog,
  topic: Topic<Value>,
  range?: ReadRange
): AsyncGenerator<Value> {
  if (await exists(log, topic)) yield* readValues(log, topic, range)
}

/**
 * Counts the records of a topic as it is now; 0 when the topic does not exist. Offsets have holes on Kafka, so that the
 * records have to be read: each once, however often the count is asked for.
 */
export function recordCounter(log: Named, topic: AnyTopic): () => Promise<number> {
  let from: number[] = []
  let count = 0
  return async () => {
    if (from.length === 0 && !(await exists(log, topic))) return 0
    const to = await log.driver.ends(topicName(log.pipeline, topic))
    for await (const { partition, offset } of readRecords(log, topic, { from, to })) {
      // An unfinished count goes on from here.
      from[partition] = offset + 1
      count++
    }
    from = [...to]
    return count
  }
}

export const countRecords = (log: Named, topic: AnyTopic): Promise<number> => recordCounter(log, topic)()

/** What a stage has settled of one partition of its input. */
export interface Settled {
  /** One past the last offset of the partition. */
  readonly end: number
  /** Every record below this offset is settled. */
  readonly base: number
  /** Whether the record at this offset is settled, below `base` or beyond it. */
  has(offset: number): boolean
}

/**
 * What a stage has settled, by partition of its input. Positions are read before ends.
 * @param beyond reads what is settled beyond a position. By default nothing is, where another program wrote the position.
 */
export async function settledOf(
  { driver, pipeline }: Named,
  stage: AnyStage,
  beyond: (commit: Commit) => SettledBits = settledBeyond
): Promise<readonly Settled[]> {
  const topic = topicName(pipeline, stage.reads)
  const commits = await driver.committed(groupOf(pipeline, stage), topic)
  const ends = await driver.ends(topic)
  return ends.map((end, partition): Settled => {
    const commit = commits[partition]
    if (!commit) return { end, base: 0, has: () => false }
    const settled = beyond(commit)
    return { end, base: commit.offset, has: offset => offset < commit.offset || settled.has(offset) }
  })
}
