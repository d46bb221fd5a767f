import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { inspectEmbeddedLog, openEmbeddedLog } from '../../engine/log/embedded/open.ts'
import { output, recordsOf, valuesOf, visible } from '../support/log-driver-context.ts'
import { spawnScript } from '../support/spawned.ts'

const spawnOnLog = (...parameters: string[]) => spawnScript('embedded/embedded-process.ts', parameters)

let dir: string

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'embedded-log-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

describe('two processes on one embedded log', () => {
  it('cannot both run stages: the second is told who does, and what to do', async () => {
    const runner = spawnOnLog('run', dir)
    expect(await runner.line()).toBe('running')
    const refused = await openEmbeddedLog({ dir, role: 'run' }).catch(error => error)
    expect(refused).toMatchObject({ name: 'LogError', code: 'log-in-use' })
    expect(refused.message).toContain(`process ${runner.pid}`)
    expect(refused.message).toContain(dir)
    expect(refused.message).toContain('Stop it first')
    expect(await runner.end()).toBe(0)
    expect(runner.errors()).toBe('')
    await (await openEmbeddedLog({ dir, role: 'run' })).close()
  })

  it('may run one after the other, however the first one went', async () => {
    const runner = spawnOnLog('run', dir)
    expect(await runner.line()).toBe('running')
    await runner.kill()
    const next = spawnOnLog('run', dir)
    expect(await next.line()).toBe('running')
    expect(await next.end()).toBe(0)
  })

  it('may both write: what one appends wakes the other', async () => {
    const log = await openEmbeddedLog({ dir, role: 'run' })
    await log.createTopics([{ topic: 'documents', partitions: 1 }])
    const membership = await log.join('group', 'documents', { assigned() {}, revoked() {}, crashed() {} })
    const owner = await membership.take(0)
    const limits = { maxRecords: 10, maxBytes: 10_000, waitMs: 3_600_000 }
    const fetched = owner.next(0, limits, new AbortController().signal)
    const appender = spawnOnLog('append', dir, 'documents', 'a', 'b', 'c')
    expect(valuesOf((await fetched).records)[0]).toBe('a')
    const own = await log.writer('own')
    for (const value of ['x', 'y', 'z']) await own.commit([output('documents', value)])
    expect(await appender.rest()).toEqual([{ status: 'committed' }, { status: 'committed' }, { status: 'committed' }])
    expect((await visible(log, 'documents')).sort()).toEqual(['a', 'b', 'c', 'x', 'y', 'z'])
    await log.close()
  })
})

describe('kill -9 amidst commits', () => {
  it('leaves outputs, offset and metadata of each partition in step, every time', async () => {
    const kills = 10
    let before = [0, 0, 0]
    for (let kill = 1; kill <= kills; kill++) {
      const committer = spawnOnLog('commitLoop', dir)
      const told = [...before]
      // Not a round number of lines, so that the kill falls into another phase of a commit each time.
      for (let lines = 0; lines < 5 + kill * 7; lines++) {
        const { partition, offset } = (await committer.line()) as { partition: number; offset: number }
        told[partition] = offset
      }
      // Nothing that it is about to write counts as damage, nor what it had begun.
      expect((await inspectEmbeddedLog(dir)).listed).toEqual([])
      await committer.kill()
      expect((await inspectEmbeddedLog(dir)).listed).toEqual([])
      const log = await openEmbeddedLog({ dir, role: 'read' })
      const positions = await log.committed('group', 'in')
      for (const [partition, position] of positions.entries()) {
        const numbers = Array.from({ length: position!.offset }, (_, n) => `${n}`)
        expect(valuesOf(await recordsOf(log, `out-${partition}`))).toEqual(numbers)
        expect(position!.metadata).toBe(`${position!.offset}`)
        expect(position!.offset).toBeGreaterThanOrEqual(told[partition]!)
        expect(position!.offset).toBeGreaterThan(before[partition]!)
      }
      before = positions.map(position => position!.offset)
      await log.close()
    }
  })
})

describe('a full disk', () => {
  it('aborts the commit, and what was committed stays readable', async () => {
    const filler = spawnScript('embedded/embedded-process.ts', ['fill', dir], { fileBytes: 2_097_152 })
    const full = { status: 'aborted', code: 'log-full', message: expect.stringContaining('ulimit -f') }
    expect(await filler.line()).toEqual(full)
    expect(await filler.line()).toEqual(full)
    const { offset, readable, position } = (await filler.line()) as Record<string, number>
    expect(offset).toBeGreaterThan(10)
    expect(readable).toBe(offset)
    expect(position).toBe(offset)
    expect(await filler.end()).toBe(0)

    const log = await openEmbeddedLog({ dir, role: 'append' })
    expect(await recordsOf(log, 'out')).toHaveLength(offset!)
    const writer = await log.writer('after')
    expect(await writer.commit([output('out', 'room again')])).toEqual({ status: 'committed' })
    expect((await visible(log, 'out')).at(-1)).toBe('room again')
    await log.close()
  })
})

describe('a folder that may only be read', () => {
  it('is said to be read-only, whoever opens the log in it', async () => {
    await (await openEmbeddedLog({ dir, role: 'append' })).close()
    for (const name of await readdir(dir)) await chmod(join(dir, name), 0o444)
    await chmod(dir, 0o555)
    const reader = spawnOnLog('onlyRead', dir)
    const refused = { code: 'not-authorised', message: expect.stringContaining('read-only') }
    expect(await reader.rest()).toEqual([refused, refused, refused])
    expect(reader.errors()).toBe('')
    await chmod(dir, 0o755)
  })

  it('is said to be so too where the log would be made', async () => {
    await chmod(dir, 0o555)
    const reader = spawnOnLog('onlyRead', join(dir, 'new'))
    const refused = { code: 'not-authorised', message: expect.stringContaining('read-only') }
    expect(await reader.rest()).toEqual([expect.objectContaining({ code: 'no-log' }), refused, refused])
    await chmod(dir, 0o755)
  })
})

describe('a limit of file sizes', () => {
  it.each([512, 16_384, 65_536])('of %i bytes, in which no log can be made, is said to be one', async fileBytes => {
    const appender = spawnScript('embedded/embedded-process.ts', ['append', dir, 'out', 'x'], { fileBytes })
    const [refused] = (await appender.rest()) as { error: { code: string; message: string } }[]
    expect(refused).toMatchObject({ error: { code: 'log-full', message: expect.stringContaining('ulimit -f') } })
    const log = await openEmbeddedLog({ dir, role: 'append' })
    expect(await log.topics()).toEqual(new Map())
    await log.close()
  })
})
