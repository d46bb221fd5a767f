import { setTimeout as pause } from 'node:timers/promises'
import type {
  Commit,
  Fetched,
  LogDriver,
  LogRecord,
  Membership,
  OutputRecord,
  PartitionOwner,
  Writer
} from '../../engine/log/port.ts'

/** A driver under test, and what its log can do beyond the port. */
export interface DriverUnderTest {
  readonly driver: LogDriver
  /** Another driver on the same log, as another process would open it: it reads and has writers, but joins no group. */
  reopen(): Promise<LogDriver>
  /** Closes the driver, and removes the log. */
  cleanup(): Promise<void>
}

/** What the parts of the contract share: names that no other test uses, and owners that are given back. */
export interface ContractContext {
  readonly driver: LogDriver
  readonly make: () => Promise<DriverUnderTest>
  reopen(): Promise<LogDriver>
  /** A new topic. */
  topic(partitions?: number): Promise<string>
  /** A new group or writer id. */
  name(): string
  /** A group's membership that has been told of all the topic's partitions. */
  join(group: string, topic: string): Promise<Membership>
  owner(topic: string, partition?: number, group?: string): Promise<PartitionOwner>
  writer(id?: string): Promise<Writer>
}

export const output = (
  topic: string,
  value: string | Buffer | null,
  more: Partial<OutputRecord> = {}
): OutputRecord => ({
  topic,
  partition: 0,
  key: null,
  value: typeof value === 'string' ? Buffer.from(value) : value,
  headers: {},
  ...more
})

export const at = (offset: number, metadata = ''): Commit => ({ offset, metadata })

/** Everything visible in a partition, or the part of it that lies in the range. */
export async function recordsOf(
  driver: LogDriver,
  topic: string,
  partition = 0,
  from?: number,
  to?: number
): Promise<LogRecord[]> {
  const start = from ?? (await driver.starts(topic))[partition]!
  const end = to ?? (await driver.ends(topic))[partition]!
  const records: LogRecord[] = []
  for await (const record of driver.read(topic, partition, start, end)) records.push(record)
  return records
}

export const valuesOf = (records: readonly LogRecord[]): (string | undefined)[] =>
  records.map(({ value }) => value?.toString())

export const visible = async (driver: LogDriver, topic: string, partition = 0): Promise<(string | undefined)[]> =>
  valuesOf(await recordsOf(driver, topic, partition))

/** Fetches until `count` records are there. Every fetch must go forward. */
export async function fetchAll(
  owner: PartitionOwner,
  from: number,
  count: number,
  limits: { readonly maxRecords: number; readonly maxBytes: number }
): Promise<Fetched[]> {
  const fetches: Fetched[] = []
  let next = from
  for (let seen = 0; seen < count; ) {
    const fetched = await owner.next(next, { ...limits, waitMs: 5_000 }, new AbortController().signal)
    if (fetched.nextOffset < next) throw new Error(`a fetch from ${next} went back to ${fetched.nextOffset}`)
    fetches.push(fetched)
    seen += fetched.records.length
    next = fetched.nextOffset
  }
  return fetches
}

/** Polls until the condition holds; the test's own time limit ends a wait in vain. */
export async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await pause(10)
}
