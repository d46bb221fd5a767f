import { setTimeout as sleep } from 'node:timers/promises'
import { hashOf } from '../../engine/declare/index.ts'
import { isLogError, LogError } from '../../engine/log/errors.ts'
import type { LogDriver, Writer } from '../../engine/log/port.ts'
import { type Batch, recordsOf, type Target } from './batch.ts'
import type { Positions } from './positions.ts'

/** Another process ingests the same input, and has fenced this one. */
export class IngestFenced extends Error {
  override readonly name = 'IngestFenced'
}

export interface Committer {
  /** Appends a batch exactly once. @throws IngestFenced; the log's error when it stays unable to take it. */
  commit(batch: Batch): Promise<void>
  close(): Promise<void>
}

const tries = 6
const firstPauseMs = 50

/** Puts a question to the log until it answers. */
export type Outlast = <T>(question: () => Promise<T>) => Promise<T>

/** The writer of one input: a second ingest of the same input fences the first. */
export async function openCommitter(
  driver: LogDriver,
  target: Target,
  positions: Positions,
  input: string,
  outlast: Outlast
): Promise<Committer> {
  const id = `${target.pipeline}.ingest-${hashOf(input)}`
  let writer: Writer = await outlast(() => driver.writer(id))
  // Whoever wrote before is fenced now: what they committed is what counts.
  await outlast(positions.catchUp)

  /**
   * After an unknown outcome: a position of the batch that is on the log now, and was not before, came with all of it.
   */
  async function wasCommitted(batch: Batch, before: ReadonlyMap<string, number | undefined>): Promise<boolean> {
    await writer.close().catch(() => {})
    writer = await driver.writer(id)
    await positions.catchUp()
    for (const [source, attempted] of batch.positions) {
      const found = positions.of(source)
      if (found === undefined || found.offset === before.get(source)) return false
      if (found.position !== attempted.position || found.fingerprint !== attempted.fingerprint)
        throw new IngestFenced(`${source} was ingested by another process at the same time`)
    }
    return true
  }

  return {
    async commit(batch) {
      const records = recordsOf(batch, target)
      const before = new Map([...batch.positions.keys()].map(source => [source, positions.of(source)?.offset]))
      for (let attempt = 1; ; attempt++) {
        const result = await writer.commit(records)
        if (result.status === 'committed') break
        if (result.status === 'fenced') throw new IngestFenced('another process is ingesting the same input')
        if (result.status === 'unknown' && (await outlast(() => wasCommitted(batch, before)))) break
        if (isLogError(result.cause) && result.cause.code !== 'unavailable') throw result.cause
        if (attempt === tries)
          throw new LogError('unavailable', `the log does not accept documents: ${result.cause.message}`)
        await sleep(firstPauseMs * 2 ** attempt)
      }
      await outlast(positions.catchUp)
    },
    close: () => writer.close()
  }
}
