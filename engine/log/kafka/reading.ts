import { LogError } from '../errors.ts'
import type { LogRecord } from '../port.ts'
import type { Fetcher } from './fetcher.ts'
import type { Offsets } from './group/offsets.ts'

const maxBytes = 1024 * 1024
const waitMs = 10_000

/** See `LogDriver.read`. What lies before the log's start or behind its end is left out. */
export async function* readRange(
  fetcher: Fetcher,
  offsets: Offsets,
  { topic, partition, from, to }: { topic: string; partition: number; from: number; to: number }
): AsyncIterable<LogRecord> {
  const start = (await offsets.starts(topic))[partition]
  const end = (await offsets.ends(topic))[partition]
  if (start === undefined || end === undefined)
    throw new LogError('unknown-topic', `there is no partition ${partition} of ${topic}`)
  const stop = Math.min(to, end)
  let next = Math.max(from, start)
  while (next < stop) {
    const range = await fetcher.fetch({ topic, partition, from: next, maxBytes, waitMs })
    for (const record of range.records) if (record.offset < stop) yield record
    if (range.nextOffset === next) {
      const message = `${topic}/${partition} gives no records from ${next}, though it ends at ${end}`
      throw new LogError('unavailable', message)
    }
    next = range.nextOffset
  }
}
