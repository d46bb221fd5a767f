import type { HeldBack, LogDriver } from '../../log/port.ts'
import { settledBeyond } from './commit-metadata.ts'

/** What a group has before it in a topic. */
export interface Lag {
  /** Offsets neither below the committed position nor settled beyond it. */
  readonly records: number
  /** Every position equals its end: nothing waits, nothing is deferred. */
  readonly drained: boolean
  /** Partitions of which more cannot be read yet: somebody's transaction is open there. */
  readonly heldBack: readonly HeldBack[]
}

/** Reads the ends first, so that what is appended meanwhile is not counted. */
export async function lagOf(driver: LogDriver, group: string, topic: string): Promise<Lag> {
  const ends = await driver.ends(topic)
  const heldBack = driver.heldBack(topic)
  const commits = await driver.committed(group, topic)
  // What retention has deleted waits for nobody.
  const starts = ends.some((_, partition) => commits[partition] === undefined) ? await driver.starts(topic) : []
  let records = 0
  // Behind an end that is held back there is more, committed or not.
  let drained = heldBack.length === 0
  ends.forEach((end, partition) => {
    const commit = commits[partition]
    if (commit === undefined || commit.offset < end) drained = false
    if (commit === undefined) records += end - starts[partition]!
    else {
      const settled = settledBeyond(commit).offsets().length
      records += Math.max(0, end - commit.offset - settled)
    }
  })
  return { records, drained, heldBack }
}
