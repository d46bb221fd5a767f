/**
 * A process on an embedded log, for tests that need more than one. It is told by its arguments what to be, and answers
 * with one line of JSON at a time.
 */
import { openEmbeddedLog } from '../../../engine/log/embedded/open.ts'
import type { LogDriver, OutputRecord, PartitionOwner } from '../../../engine/log/port.ts'

const say = (line: unknown) => process.stdout.write(`${JSON.stringify(line)}\n`)
const errorOf = (error: unknown) => {
  const { code, message } = error as { code?: string; message: string }
  return { code, message }
}
const output = (topic: string, value: string): OutputRecord => ({
  topic,
  partition: 0,
  key: null,
  value: Buffer.from(value),
  headers: {}
})

/** Runs until standard input ends. */
async function run(dir: string): Promise<void> {
  const log = await openEmbeddedLog({ dir, role: 'run' })
  say('running')
  for await (const _ of process.stdin);
  await log.close()
}

async function append(dir: string, topic: string, ...values: string[]): Promise<void> {
  const log = await openEmbeddedLog({ dir, role: 'append' })
  const writer = await log.writer('appender')
  for (const value of values) say(await writer.commit([output(topic, value)]))
  await log.close()
}

const commitSizes = [1, 7, 40]

async function takeAll(log: LogDriver, topic: string): Promise<PartitionOwner[]> {
  const membership = await log.join('group', topic, { assigned: () => {}, revoked: () => {}, crashed: () => {} })
  return Promise.all(commitSizes.map((_, partition) => membership.take(partition)))
}

/**
 * Commits for all partitions at once until it is killed. Partition p writes to `out-p` the numbers from its offset on,
 * each once, and puts its offset into the metadata.
 */
async function commitLoop(dir: string): Promise<void> {
  const log = await openEmbeddedLog({ dir, role: 'run' })
  const topics = commitSizes.map((_, partition) => ({ topic: `out-${partition}`, partitions: 1 }))
  await log.createTopics([{ topic: 'in', partitions: commitSizes.length }, ...topics])
  const owners = await takeAll(log, 'in')
  const loops = owners.map(async (owner, partition) => {
    for (let offset = owner.commitAtTake?.offset ?? 0; ; ) {
      const size = commitSizes[partition]!
      const numbers = Array.from({ length: size }, (_, n) => output(`out-${partition}`, `${offset + n}`))
      offset += size
      const { status } = await owner.commit(numbers, { offset, metadata: `${offset}` })
      if (status !== 'committed') throw new Error(`a commit ended ${status}`)
      say({ partition, offset })
    }
  })
  await Promise.all(loops)
}

/** Commits until there is no room, twice; says how each ended, and what can be read then. */
async function fill(dir: string): Promise<void> {
  const log = await openEmbeddedLog({ dir, role: 'run' })
  await log.createTopics([
    { topic: 'in', partitions: commitSizes.length },
    { topic: 'out', partitions: 1 }
  ])
  const [owner] = await takeAll(log, 'in')
  let offset = 0
  for (let failures = 0; failures < 2; ) {
    const result = await owner!.commit([output('out', 'x'.repeat(50_000))], { offset: offset + 1, metadata: '' })
    if (result.status === 'committed') {
      offset++
      continue
    }
    failures++
    say({ status: result.status, ...('cause' in result ? errorOf(result.cause) : {}) })
  }
  let readable = 0
  for await (const _ of log.read('out', 0, 0, (await log.ends('out'))[0]!)) readable++
  say({ offset, readable, position: (await log.committed('group', 'in'))[0]?.offset })
  await log.close()
}

/** Opens a log as a user who may only read, and says how each role fails. */
async function onlyRead(dir: string): Promise<void> {
  // Nobody keeps the superuser from writing.
  if (process.geteuid!() === 0) process.setuid!(65_534)
  for (const role of ['read', 'append', 'run'] as const)
    await openEmbeddedLog({ dir, role }).then(
      () => say({ opened: role }),
      error => say(errorOf(error))
    )
}

const roles: Readonly<Record<string, (...parameters: string[]) => Promise<void>>> = {
  run,
  append,
  commitLoop,
  fill,
  onlyRead
}
const [role, ...parameters] = process.argv.slice(2)
await roles[role!]!(...parameters).catch(error => {
  say({ error: errorOf(error) })
  process.exitCode = 1
})
