import type { LogDriver } from '../log/port.ts'
import { parseMetadata } from './commit-metadata.ts'

/** What a group has before it in a topic. */
export interface Lag {
  /** Offsets neither below the committed position nor settled beyond it. */
  readonly records: number
  /** Every position equals its end: nothing waits, nothing is deferred. */
  readonly drained: boolean
}

/** Reads the ends first, so that what is appended meanwhile is not counted. */
export async function lagOf(driver: LogDriver, group: string, topic: string): Promise<Lag> {
  const ends = await driver.ends(topic)
  const commits = await driver.committed(group, topic)
  let records = 0
  let drained = true
  ends.forEach((end, partition) => {
    const commit = commits[partition]
    if (commit === undefined || commit.offset < end) drained = false
    if (commit === undefined) records += end
    else {
      const settled = parseMetadata(commit.metadata, commit.offset).settled.offsets().length
      records += Math.max(0, end - commit.offset - settled)
    }
  })
  return { records, drained }
}
