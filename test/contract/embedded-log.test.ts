import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { headerFile } from '../../engine/log/embedded/format/log-header.ts'
import { type EmbeddedLog, type EmbeddedRole, openEmbeddedLog } from '../../engine/log/embedded/open.ts'
import { openWriteQueue } from '../../engine/log/embedded/write-queue.ts'
import { at, output, visible } from '../support/log-driver-context.ts'

let dir: string
let logs: EmbeddedLog[] = []

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'embedded-log-'))
})
afterEach(async () => {
  await Promise.all(logs.map(log => log.close()))
  logs = []
  await rm(dir, { recursive: true, force: true })
})

async function open(role: EmbeddedRole, where = dir): Promise<EmbeddedLog> {
  const log = await openEmbeddedLog({ dir: where, role })
  logs.push(log)
  return log
}
const quiet = { assigned() {}, revoked() {}, crashed() {} }
const limits = { maxRecords: 10, maxBytes: 10_000, waitMs: 3_600_000 }
const never = new AbortController().signal

describe('an embedded log', () => {
  it('is the same when it is opened again', async () => {
    const log = await open('run')
    await log.createTopics([{ topic: 'in', partitions: 2 }])
    const id = await log.registry.idOf('in-value', '"string"')
    const owner = await (await log.join('group', 'in', quiet)).take(1)
    await owner.commit([output('in', 'a')], at(5, 'kept'))
    const secret = log.secret()
    await log.close()

    const again = await open('run')
    expect(again.secret()).toBe(secret)
    expect([...(await again.topics()).values()]).toEqual([{ topic: 'in', partitions: 2 }])
    expect(await again.registry.schemaOf(id)).toBe('"string"')
    expect(await visible(again, 'in')).toEqual(['a'])
    expect((await (await again.join('group', 'in', quiet)).take(1)).commitAtTake).toEqual(at(5, 'kept'))
    expect(await owner.commit([], at(6))).toMatchObject({ status: 'aborted', cause: { code: 'log-closed' } })
  })

  it('has a secret of 32 random bytes of its own', async () => {
    const [one, other] = [await open('append', join(dir, 'one')), await open('append', join(dir, 'other'))]
    expect(one.secret()).toMatch(/^[0-9a-f]{64}$/)
    expect(other.secret()).not.toBe(one.secret())
    expect((await open('read', join(dir, 'one'))).secret()).toBe(one.secret())
  })

  it('grows by what is appended', async () => {
    const log = await open('append')
    await log.createTopics([{ topic: 'in', partitions: 1 }])
    const before = await log.size()
    await (await log.writer('w')).commit([output('in', 'x'.repeat(500_000))])
    expect((await log.size()).bytes).toBeGreaterThanOrEqual(before.bytes + 400_000)
  })

  it('is refused to a second runner of the same process', async () => {
    await open('run')
    await expect(open('run')).rejects.toMatchObject({ code: 'log-in-use' })
    const log = await open('append')
    expect(await log.topics()).toEqual(new Map())
  })

  it('of a later format is not touched', async () => {
    await (await open('append')).close()
    const later = { format: 3, id: '0'.repeat(32), ready: true }
    const checksum = crc32(JSON.stringify(Object.values(later)))
      .toString(16)
      .padStart(8, '0')
    await writeFile(headerFile(dir), JSON.stringify({ ...later, checksum }))
    const refused = { code: 'log-version', message: expect.stringMatching(/has format 3, this version reads format 2/) }
    await expect(open('run')).rejects.toMatchObject(refused)
    await expect(open('read')).rejects.toMatchObject(refused)
  })

  it('answers whoever waits when it is closed', async () => {
    const log = await open('run')
    await log.createTopics([{ topic: 'in', partitions: 1 }])
    const membership = await log.join('group', 'in', quiet)
    const owner = await membership.take(0)
    const fetched = expect(owner.next(0, limits, never)).rejects.toMatchObject({ code: 'log-closed' })
    await log.close()
    await fetched
    await expect(membership.take(0)).rejects.toMatchObject({ code: 'log-closed' })
    await expect(log.topics()).rejects.toMatchObject({ code: 'log-closed' })
    await expect(log.registry.idOf('s', '"string"')).rejects.toMatchObject({ code: 'log-closed' })
    expect(() => log.secret()).toThrow('was closed')
  })

  it('refuses names that Kafka would not take', async () => {
    const log = await open('append')
    await expect(log.createTopics([{ topic: 'a/b', partitions: 1 }])).rejects.toThrow('a/b cannot name a topic')
    await expect(log.createTopics([{ topic: 'a', partitions: 0 }])).rejects.toThrow('cannot have 0 partitions')
    expect(await log.topics()).toEqual(new Map())
  })

  it('creates none of several topics when one does not match', async () => {
    const log = await open('append')
    await log.createTopics([{ topic: 'old', partitions: 1 }])
    const created = log.createTopics([
      { topic: 'new', partitions: 1 },
      { topic: 'old', partitions: 2 }
    ])
    await expect(created).rejects.toMatchObject({ code: 'topic-mismatch' })
    expect([...(await log.topics()).keys()]).toEqual(['old'])
  })
})

describe('the role', () => {
  it('read finds no log where none was made, and makes none', async () => {
    const missing = join(dir, 'missing')
    await expect(open('read', missing)).rejects.toThrow('there is no log')
    expect(existsSync(missing)).toBe(false)
  })

  it('read sees what others append, and writes nothing', async () => {
    const writing = await open('append')
    await writing.createTopics([{ topic: 'in', partitions: 1 }])
    const id = await writing.registry.idOf('in-value', '"string"')
    const reading = await open('read')
    await (await writing.writer('w')).commit([output('in', 'a')])
    expect(await visible(reading, 'in')).toEqual(['a'])
    expect(await reading.registry.idOf('in-value', '"string"')).toBe(id)
    await expect(reading.registry.idOf('in-value', '"bytes"')).rejects.toThrow('read only')
    await expect(reading.writer('w')).rejects.toThrow('read only')
    await expect(reading.createTopics([{ topic: 'other', partitions: 1 }])).rejects.toThrow('read only')
    await expect(reading.join('group', 'in', quiet)).rejects.toThrow('only the role run joins groups')
  })

  it('append joins no group', async () => {
    const log = await open('append')
    await log.createTopics([{ topic: 'in', partitions: 1 }])
    await expect(log.join('group', 'in', quiet)).rejects.toThrow('only the role run joins groups')
  })
})

describe('a membership', () => {
  it('is told of all partitions before its promise resolves', async () => {
    const log = await open('run')
    await log.createTopics([{ topic: 'in', partitions: 3 }])
    const told: (readonly number[])[] = []
    await log.join('group', 'in', { ...quiet, assigned: partitions => told.push(partitions) })
    expect(told).toEqual([[0, 1, 2]])
  })

  it('is revoked by a later one of the same group', async () => {
    const log = await open('run')
    await log.createTopics([{ topic: 'in', partitions: 2 }])
    const revoked: (readonly number[])[] = []
    const early = await log.join('group', 'in', { ...quiet, revoked: partitions => revoked.push(partitions) })
    const owner = await early.take(0)
    const late = await log.join('group', 'in', quiet)
    expect(revoked).toEqual([[0, 1]])
    await expect(early.take(0)).rejects.toMatchObject({ code: 'partition-lost' })
    await early.leave()
    await late.take(0)
    expect(await owner.commit([], at(1))).toEqual({ status: 'fenced' })
    await expect(owner.next(0, limits, never)).rejects.toMatchObject({ code: 'partition-lost' })
  })

  it('of another group goes on beside it', async () => {
    const log = await open('run')
    await log.createTopics([{ topic: 'in', partitions: 1 }])
    const one = await (await log.join('one', 'in', quiet)).take(0)
    const other = await (await log.join('other', 'in', quiet)).take(0)
    expect(await one.commit([], at(1))).toEqual({ status: 'committed' })
    expect(await other.commit([], at(2))).toEqual({ status: 'committed' })
    expect([await log.committed('one', 'in'), await log.committed('other', 'in')]).toEqual([[at(1)], [at(2)]])
  })

  it('has partitions of its topic only', async () => {
    const log = await open('run')
    await log.createTopics([{ topic: 'in', partitions: 1 }])
    const membership = await log.join('group', 'in', quiet)
    await expect(membership.take(1)).rejects.toMatchObject({ code: 'unknown-topic' })
    await expect(log.join('group', 'missing', quiet)).rejects.toMatchObject({ code: 'unknown-topic' })
  })
})

describe('the writer thread', () => {
  it('that cannot open its log says so to whoever asks', async () => {
    const queue = openWriteQueue('/dev/null')
    const reply = queue.request({ kind: 'take', owner: ['writer', 'w'] })
    await expect(reply).rejects.toThrow("the log's writer thread died")
    await expect(queue.request({ kind: 'take', owner: ['writer', 'w'] })).rejects.toThrow('died')
  })
})
