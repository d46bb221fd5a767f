import { existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { open } from 'lmdb'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { dataFile } from '../../engine/log/embedded/format/lmdb-files.ts'
import { beginHeader, headerFile, readHeader } from '../../engine/log/embedded/format/log-header.ts'
import { inspectEmbeddedLog, openEmbeddedLog, removeEmbeddedLog } from '../../engine/log/embedded/open.ts'
import { openDamagedLog } from '../../engine/log/embedded/salvage.ts'
import { output, visible } from '../support/log-driver-context.ts'
import { spawnScript } from '../support/spawned.ts'

let dir: string

beforeEach(async () => {
  dir = join(await mkdtemp(join(tmpdir(), 'log-header-')), 'log')
})
afterEach(() => rm(join(dir, '..'), { recursive: true, force: true }))

async function makeLog(where = dir): Promise<void> {
  const log = await openEmbeddedLog({ dir: where, role: 'append' })
  await log.createTopics([{ topic: 'in', partitions: 1 }])
  await (await log.writer('w')).commit([output('in', 'kept')])
  await log.close()
}
const roles = ['read', 'append', 'run'] as const
const damaged = { name: 'LogError', code: 'log-damaged' }

async function expectRefused(message: RegExp): Promise<void> {
  for (const role of roles)
    await expect(openEmbeddedLog({ dir, role })).rejects.toMatchObject({
      ...damaged,
      message: expect.stringMatching(message)
    })
  expect((await inspectEmbeddedLog(dir)).isEmpty).toBe(false)
}
async function expectWhole(): Promise<void> {
  for (const role of roles) {
    const log = await openEmbeddedLog({ dir, role })
    expect(await visible(log, 'in')).toEqual(['kept'])
    await log.close()
  }
  expect((await inspectEmbeddedLog(dir)).isEmpty).toBe(true)
}

describe('a log that lost its data', () => {
  it('is refused, not begun anew, when the file is empty', async () => {
    await makeLog()
    truncateSync(dataFile(dir), 0)
    await expectRefused(/data\.mdb: it is empty/)
    expect(readFileSync(dataFile(dir)).length).toBe(0)
  })

  it('is refused, not begun anew, when the file is gone', async () => {
    await makeLog()
    rmSync(dataFile(dir))
    await expectRefused(/data\.mdb: it is gone/)
    expect(existsSync(dataFile(dir))).toBe(false)
  })

  it('is refused when the file is of another log', async () => {
    await makeLog()
    await makeLog(join(dir, 'other'))
    await cp(dataFile(join(dir, 'other')), dataFile(dir))
    await expectRefused(/it is not of the log that log.json tells of/)
  })

  it('and its header is refused as long as a file is there', async () => {
    await makeLog()
    rmSync(headerFile(dir))
    truncateSync(dataFile(dir), 0)
    await expectRefused(/data\.mdb: it is empty/)
  })

  it('can be deleted, and begun anew', async () => {
    await makeLog()
    truncateSync(dataFile(dir), 0)
    await removeEmbeddedLog(dir)
    expect(existsSync(dir)).toBe(false)
    await makeLog()
    await expectWhole()
  })
})

describe('the header of a log', () => {
  it('that is lost is written anew from the data, by whoever may write', async () => {
    await makeLog()
    const before = readFileSync(headerFile(dir), 'utf8')
    rmSync(headerFile(dir))
    await (await openEmbeddedLog({ dir, role: 'read' })).close()
    expect(existsSync(headerFile(dir))).toBe(false)
    await expectWhole()
    expect(readFileSync(headerFile(dir), 'utf8')).toBe(before)
  })

  it('that is damaged is refused; the records can be read', async () => {
    for (const content of ['', '{', 'null', '{"format":2,"id":"0","ready":true}', '\0'.repeat(88)]) {
      await makeLog()
      writeFileSync(headerFile(dir), content)
      await expectRefused(/log\.json: its content is corrupt/)
      const { driver } = await openDamagedLog(dir)
      expect(await visible(driver, 'in')).toEqual(['kept'])
      await driver.close()
      await removeEmbeddedLog(dir)
    }
  })
})

describe('a log whose making was cut short', () => {
  it('before the file was made goes on', async () => {
    await mkdir(dir)
    expect(beginHeader(dir)).toMatchObject({ ready: false })
    await expect(openEmbeddedLog({ dir, role: 'read' })).rejects.toMatchObject({ code: 'no-log' })
    await makeLog()
    await expectWhole()
  })

  it('with an empty file goes on', async () => {
    await mkdir(dir)
    beginHeader(dir)
    writeFileSync(dataFile(dir), '')
    await makeLog()
    await expectWhole()
  })

  it('before its file bore the id goes on', async () => {
    await mkdir(dir)
    const { id } = beginHeader(dir)
    await open({ path: dir, overlappingSync: false, noSubdir: false }).close()
    await makeLog()
    expect(readHeader(dir)).toEqual({ format: 2, id, ready: true })
    await expectWhole()
  })

  it('by kill -9, at any moment, goes on, and leaves nothing else behind', async () => {
    for (let turn = 0; turn < 12; turn++) {
      const where = join(dir, `${turn}`)
      const maker = spawnScript('embedded/embedded-process.ts', ['run', where])
      // As soon as the nth thing is there.
      const begun = ['run.lock', 'log.json', 'data.mdb', 'lock.mdb'][turn % 4]!
      while (!existsSync(join(where, begun))) await new Promise(resolve => setImmediate(resolve))
      await maker.kill()
      await makeLog(where)
      const log = await openEmbeddedLog({ dir: where, role: 'read' })
      expect(await visible(log, 'in')).toEqual(['kept'])
      await log.close()
      expect((await inspectEmbeddedLog(where)).isEmpty).toBe(true)
      const expected = ['data.mdb', 'lock.mdb', 'log.json', 'run.lock', 'run.pid']
      const left = readdirSync(where).filter(
        name => !expected.includes(name) && !/^(trial\.|log\.json\.|run\.lock-)/.test(name)
      )
      expect(left).toEqual([])
    }
  })

  it('by another that makes it at the same time is one log', async () => {
    const makers = Array.from({ length: 4 }, () =>
      spawnScript('embedded/embedded-process.ts', ['append', dir, 'in', 'a'])
    )
    await openEmbeddedLog({ dir, role: 'append' }).then(async log => {
      await log.createTopics([{ topic: 'in', partitions: 1 }])
      await log.close()
    })
    for (const maker of makers) await maker.end()
    expect(makers.map(maker => maker.errors())).toEqual(['', '', '', ''])
    expect((await inspectEmbeddedLog(dir)).isEmpty).toBe(true)
  })
})

it('a log of format 1, without checksums, is refused and told so', async () => {
  await mkdir(dir)
  const root = open({ path: dir, overlappingSync: false, maxDbs: 16, noSubdir: false })
  const state = root.openDB({ name: 'state', encoding: 'json' })
  state.putSync('format', 1)
  state.putSync('secret', '0'.repeat(64))
  root.openDB({ name: 'topics', encoding: 'json' }).putSync('in', { topic: 'in', partitions: 1, id: 1 })
  await root.close()
  for (const role of roles) await expect(openEmbeddedLog({ dir, role })).rejects.toMatchObject({ code: 'log-version' })
  await expect(inspectEmbeddedLog(dir)).rejects.toMatchObject({ code: 'log-version' })
})
