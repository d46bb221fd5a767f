import { cpSync, openSync, readFileSync, statSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { damageText } from '../../engine/log/embedded/damage/damage.ts'
import { dataFile } from '../../engine/log/embedded/format/lmdb-files.ts'
import { inspectEmbeddedLog, openEmbeddedLog } from '../../engine/log/embedded/open.ts'
import { openDamagedLog } from '../../engine/log/embedded/salvage.ts'
import { recordKeyBytes } from '../../engine/log/embedded/tables.ts'
import type { LogDriver } from '../../engine/log/port.ts'
import { damages } from '../support/embedded/damage.ts'
import { makeLog } from '../support/embedded/damaged-log.ts'
import { valuesOf } from '../support/log-driver-context.ts'
import { spawnScript } from '../support/spawned.ts'

let dir: string
let good: string
let copies = 0

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'damaged-log-'))
  good = join(dir, 'good')
  await makeLog(good)
})
afterAll(() => rm(dir, { recursive: true, force: true }))

function copy(): string {
  const made = join(dir, `copy-${++copies}`)
  cpSync(good, made, { recursive: true })
  return made
}
const pageBytes = 4_096
const writeAt = (folder: string, position: number, bytes: Uint8Array) =>
  void writeSync(openSync(dataFile(folder), 'r+'), bytes, 0, bytes.length, position)
const foundIn = async (folder: string) => (await inspectEmbeddedLog(folder)).listed.map(damageText)
const readAll = async (folder: string) => {
  const { driver } = await openDamagedLog(folder)
  const values: string[] = []
  const told: string[] = []
  for (const [topic, { partitions }] of await driver.topics())
    for (let partition = 0; partition < partitions; partition++)
      for await (const record of driver.read(topic, partition, 0, 9_999, ({ message }) => told.push(message)))
        values.push(valuesOf([record])[0]!)
  await driver.close()
  return { values, told }
}

interface Outcome {
  readonly seed: number
  readonly way: string
  readonly inspected: number | string
  readonly read: string
  readonly append: string
  readonly run: string
  readonly told: number
  readonly lost?: number
  readonly altered: number
  readonly salvaged?: number | string
  readonly wanted: number
  readonly ms: number
}

describe('a damaged log, whatever is damaged,', () => {
  const seeds = 156
  let outcomes: readonly Outcome[]
  beforeAll(async () => {
    await mkdir(join(dir, 'copies'))
    const damaging = spawnScript('embedded/damage-process.ts', [good, join(dir, 'copies'), '0', `${seeds}`])
    outcomes = (await damaging.rest()) as Outcome[]
    expect(damaging.errors()).toBe('')
  }, 240_000)

  it('ends no process that opens, reads or inspects it, and holds none up', () => {
    expect(outcomes).toHaveLength(seeds)
    expect(outcomes.filter(({ ms }) => ms > 20_000)).toEqual([])
  })

  it('gives no record that was not written so, nor leaves one out without a word', () => {
    expect(outcomes.filter(({ altered }) => altered > 0)).toEqual([])
    expect(outcomes.filter(({ read, lost, told }) => read === 'read' && lost !== told)).toEqual([])
    const quiet = ({ inspected, told }: Outcome) => inspected === 0 && told === 0
    expect(outcomes.filter(one => quiet(one) && one.lost !== 0)).toEqual([])
    expect(outcomes.filter(one => one.inspected === 0 && !quiet(one))).toEqual([])
  })

  it('is opened by every role or by none, as its pages say', () => {
    const refused = { read: 'log-damaged', append: 'log-damaged', run: 'log-damaged' }
    const opened = { read: 'read', append: 'opened', run: 'opened' }
    for (const outcome of outcomes) expect(outcome).toMatchObject(outcome.read === 'read' ? opened : refused)
    expect(outcomes.filter(({ read, inspected }) => read !== 'read' && inspected === 0)).toEqual([])
  })

  it('gives what is whole of it, and names what is not', () => {
    const refused = outcomes.filter(({ read }) => read !== 'read')
    expect(refused.length).toBeGreaterThan(seeds / 3)
    // With the newest meta page goes the last commit, of which nobody knows.
    const counted = refused.filter(({ way }) => !way.includes('meta page'))
    expect(counted.filter(({ salvaged, told, wanted }) => Number(salvaged) + told < wanted)).toEqual([])
    expect(refused.filter(({ salvaged, wanted }) => Number(salvaged) < wanted / 2)).toEqual([])
  })

  it('was damaged in all the ways there are, most of which showed', () => {
    const showed = new Set(outcomes.filter(({ inspected }) => inspected !== 0).map(({ way }) => way))
    expect([...showed].sort()).toEqual(Object.keys(damages).sort())
  })
})

describe('an altered word of a value', () => {
  it('is named by topic, partition and offset, and its record is left out', async () => {
    const folder = copy()
    const at = readFileSync(dataFile(folder)).indexOf('7/4 7/4 7/4 7/4 ')
    writeAt(folder, at + 100, Buffer.from('x'))
    const [named, ...more] = await foundIn(folder)
    expect(named).toMatch(/^record long\/2\/\d+: its checksum differs/)
    expect(more).toEqual([])
    const log = await openEmbeddedLog({ dir: folder, role: 'read' })
    const reading = async () => {
      for await (const _ of log.read('long', 2, 0, 9_999));
    }
    await expect(reading()).rejects.toMatchObject({ code: 'log-damaged' })
    await log.close()
  })

  it('stops whoever works on it', async () => {
    const folder = copy()
    writeAt(folder, readFileSync(dataFile(folder)).indexOf('1/1 1/1 '), Buffer.from('x'))
    const log = await openEmbeddedLog({ dir: folder, role: 'run' })
    const owner = await (await log.join('other', 'short', { assigned() {}, revoked() {}, crashed() {} })).take(1)
    const next = owner.next(0, { maxRecords: 10, maxBytes: 10_000, waitMs: 0 }, new AbortController().signal)
    await expect(next).rejects.toMatchObject({ code: 'log-damaged', message: expect.stringContaining('short/1/0') })
    await log.close()
  })
})

describe('a file cut off', () => {
  it('by one byte is refused, and says which page is gone', async () => {
    const folder = copy()
    truncateSync(dataFile(folder), statSync(dataFile(folder)).size - 1)
    expect((await foundIn(folder))[0]).toMatch(/^page \d+ of data.mdb: the file ends before it/)
  })

  it('in the middle is refused; the records of the first half can be read', async () => {
    const folder = copy()
    const pages = Math.floor(statSync(dataFile(folder)).size / pageBytes / 2)
    truncateSync(dataFile(folder), pages * pageBytes)
    await expect(openEmbeddedLog({ dir: folder, role: 'run' })).rejects.toMatchObject({ code: 'log-damaged' })
    const { values, told } = await readAll(folder)
    expect(values.length).toBeGreaterThan(100)
    expect(told.length).toBeGreaterThan(0)
  })

  it('to less than its first two pages is refused', async () => {
    for (const bytes of [1, 100, pageBytes, 2 * pageBytes - 1]) {
      const folder = copy()
      truncateSync(dataFile(folder), bytes)
      for (const role of ['read', 'append', 'run'] as const)
        await expect(openEmbeddedLog({ dir: folder, role })).rejects.toMatchObject({ code: 'log-damaged' })
      await expect(openDamagedLog(folder)).rejects.toMatchObject({ code: 'log-damaged' })
      expect(await foundIn(folder)).not.toEqual([])
    }
  })
})

it('records are found though the whole tree above them is gone', async () => {
  const folder = copy()
  const before = await readAll(good)
  // Both meta pages: nothing says where a tree begins.
  writeAt(folder, 0, Buffer.alloc(2 * pageBytes))
  await expect(openEmbeddedLog({ dir: folder, role: 'read' })).rejects.toMatchObject({ code: 'log-damaged' })
  const { values } = await readAll(folder)
  expect(values.sort()).toEqual(before.values.sort())
})

it('a file that never was a log is refused', async () => {
  const folder = copy()
  writeFileSync(dataFile(folder), 'It was a dark and stormy night.\n'.repeat(10_000))
  expect(await foundIn(folder)).toContain('data.mdb: it is not the file of a log')
  for (const role of ['read', 'append', 'run'] as const)
    await expect(openEmbeddedLog({ dir: folder, role })).rejects.toMatchObject({ code: 'log-damaged' })
})

it('a good copy put back is as good as before', async () => {
  const folder = copy()
  writeAt(folder, 0, Buffer.alloc(20 * pageBytes))
  await expect(openEmbeddedLog({ dir: folder, role: 'run' })).rejects.toMatchObject({ code: 'log-damaged' })
  cpSync(dataFile(good), dataFile(folder))
  expect(await foundIn(folder)).toEqual([])
  await (await openEmbeddedLog({ dir: folder, role: 'run' })).close()
})

it('a lock file of lmdb that is lost or overwritten does no harm', async () => {
  for (const content of [undefined, '', 'x'.repeat(100_000)]) {
    const folder = copy()
    await rm(join(folder, 'lock.mdb'))
    if (content !== undefined) writeFileSync(join(folder, 'lock.mdb'), content)
    await (await openEmbeddedLog({ dir: folder, role: 'run' })).close()
    expect(await foundIn(folder)).toEqual([])
  }
})

it('an entry of a kind that lmdb would follow into nothing is found before', async () => {
  const folder = copy()
  const file = readFileSync(dataFile(folder))
  for (let page = 2; page < file.length / pageBytes; page++) {
    const at = page * pageBytes
    if (file.readUInt32LE(at) !== page || file.readUInt16LE(at + 18) !== 2) continue
    const entry = at + 24 + file.readUInt16LE(at + 24)
    const duplicates = 4
    writeAt(folder, entry + 4, Buffer.from([file.readUInt16LE(entry + 4) | duplicates]))
  }
  await expect(openEmbeddedLog({ dir: folder, role: 'run' })).rejects.toMatchObject({ code: 'log-damaged' })
  expect((await foundIn(folder)).join()).toContain('an entry is of a kind that we do not write')
})

it('long records are found though every leaf page that leads to one is gone', async () => {
  const folder = copy()
  const file = readFileSync(dataFile(folder))
  let leaves = 0
  for (let page = 2; page < file.length / pageBytes; page++) {
    const at = page * pageBytes
    if (file.readUInt32LE(at) !== page || file.readUInt16LE(at + 18) !== 2) continue
    const entry = at + 24 + file.readUInt16LE(at + 24)
    if (file.readUInt16LE(entry + 6) !== recordKeyBytes) continue
    writeAt(folder, at, Buffer.alloc(pageBytes))
    leaves++
  }
  expect(leaves).toBeGreaterThan(10)
  const { driver, damage } = await openDamagedLog(folder)
  expect(damage.listed.length).toBeGreaterThan(10)
  for (let partition = 0; partition < 3; partition++) {
    const wanted = await openEmbeddedLog({ dir: good, role: 'read' })
    const before = await recordsIn(wanted, partition)
    await wanted.close()
    const found = await recordsIn(driver, partition)
    expect(found).toEqual(before)
  }
  await driver.close()
})

async function recordsIn(log: LogDriver, partition: number): Promise<readonly (string | undefined)[]> {
  const found: (string | undefined)[] = []
  for await (const record of log.read('long', partition, 0, 9_999)) found.push(valuesOf([record])[0])
  return found
}
