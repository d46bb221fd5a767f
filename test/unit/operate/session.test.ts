import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { LogBackend } from '../../../services/operate/backend/backend.ts'
import type { PipelineConfiguration } from '../../../services/operate/configuration.ts'
import { backendOf, choosePipeline, openToRead, openToWrite } from '../../../services/operate/open.ts'
import { countRecords, valuesOf } from '../../../services/operate/read.ts'
import type { Session, SessionOptions } from '../../../services/operate/session.ts'
import { type RehearsalModel, startRehearsalModel } from '../../../services/rehearsal-model/index.ts'
import { documents, pairs } from '../../../services/topics.ts'
import { aliasesAt, configurationIn, openSession, settingsOf, workThrough } from '../../support/operated.ts'

let model: RehearsalModel
let dir: string

beforeAll(async () => {
  model = await startRehearsalModel({})
})
afterAll(() => model.close())
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'fanno-operate-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const configured = (more: Partial<PipelineConfiguration> = {}) => configurationIn(dir, model.url, more)
const open = <T>(use: (session: Session) => Promise<T>, more: Partial<SessionOptions> = {}): Promise<T> =>
  openSession(more.configuration ?? configured(), use, more)
const target = () => configured().log

describe('a session', () => {
  it('runs a pipeline from documents to pairs, and another one reads them, without the command', async () => {
    const ending = await open(async session => (await workThrough(session, 3)).ending)
    expect(ending).toBe('drained')
    const log = await openToRead(target(), 'news')
    expect(log.pipeline).toBe('news-rehearsal')
    expect(await countRecords(log, documents)).toBe(3)
    const found = await Array.fromAsync(valuesOf(log, pairs))
    expect(found.length).toBeGreaterThan(0)
    expect(found.length).toBe(await countRecords(log, pairs))
    await log.driver.close()
  })
  it('names the pipeline before its log is opened, and leaves nothing behind where that is refused', async () => {
    const refused = open(async () => 'used', {
      beforeOpening: async pipeline => {
        throw new Error(`not ${pipeline}`)
      }
    })
    await expect(refused).rejects.toThrow('not news-rehearsal')
    expect(await (await backendOf(target())).pipelines()).toEqual([])
  })
  it('gives the log back, however it ends: the next one finds it free', async () => {
    await expect(open(async () => Promise.reject(new Error('in use')))).rejects.toThrow('in use')
    expect(await open(async ({ open: { pipeline } }) => pipeline)).toBe('news-rehearsal')
  })
  it('closes all, though one of them cannot be closed, and tells what the work threw', async () => {
    const broken = open(async ({ inference, telemetry }) => {
      const { close } = inference
      Object.assign(inference, { close: () => close().then(() => Promise.reject(new Error('it does not close'))) })
      expect(telemetry).toBeDefined()
      throw new Error('the work failed')
    })
    await expect(broken).rejects.toThrow('the work failed')
    expect(await open(async ({ open: { pipeline } }) => pipeline)).toBe('news-rehearsal')
  })
  it('tells that something could not be closed where the work did not fail', async () => {
    const broken = open(async ({ inference }) => {
      Object.assign(inference, { close: () => Promise.reject(new Error('it does not close')) })
    })
    await expect(broken).rejects.toThrow('it does not close')
    expect(await open(async ({ open: { pipeline } }) => pipeline)).toBe('news-rehearsal')
  })
  it('keeps its derived files apart from those of a log that was deleted and created again', async () => {
    const first = await open(async session => session.open.localDir)
    expect(await open(async session => session.open.localDir)).toBe(first)
    await (await backendOf(target())).remove('news-rehearsal')
    expect(await open(async session => session.open.localDir)).not.toBe(first)
  })
  it('judges the configuration before it is used, and takes another one where that is accepted', async () => {
    await open(session => workThrough(session, 1))
    const configuration = configured({ settings: settingsOf({ minScore: 1.5 }) })
    let used = 0
    const use = async () => used++
    await expect(open(use, { configuration })).rejects.toThrow(/judge-response: settings\.minScore was .*, is 1\.5/)
    expect(used).toBe(0)
    await open(use, { configuration, acceptChange: true })
    await open(use)
    expect(used).toBe(2)
  })
  it('ends its wait for a model when it is told to stop', async () => {
    const stop = new AbortController()
    const aliases = aliasesAt('http://127.0.0.1:9/v1')
    const waiting = open(async () => 'used', { configuration: configured({ aliases }), signal: stop.signal })
    stop.abort()
    await expect(waiting).rejects.toMatchObject({ kind: 'shutdown' })
  })
})

describe('opening a log to write', () => {
  it('takes the partitions that the topics have, unless another number was asked for', async () => {
    const opened = await openToWrite(configured(), 'append', () => {})
    await opened.driver.close()
    const more = await openToWrite(configured({ partitions: 5 }), 'append', () => {})
    expect([more.partitions('documents'), more.partitions('vetted-drafts'), more.partitions('nothing')]).toEqual([
      2, 1, 0
    ])
    await more.driver.close()
    const asked = openToWrite(configured({ partitions: 5, partitionsGiven: true }), 'run', () => {})
    await expect(asked).rejects.toMatchObject({ code: 'partitions-differ', message: expect.stringContaining('have 2') })
    await (await openToWrite(configured(), 'run', () => {})).driver.close()
  })
})

describe('the pipeline that is meant', () => {
  const backend = (...names: string[]): LogBackend =>
    ({ label: 'here', pipelines: async () => names }) as Partial<LogBackend> as LogBackend

  it.each([
    [['a'], undefined, 'a'],
    [['a', 'b'], 'b', 'b'],
    [['a-rehearsal', 'b'], 'a', 'a-rehearsal'],
    [['a', 'a-rehearsal'], 'a', 'a']
  ])('of %j, named %s, is %s', async (names, named, chosen) => {
    expect(await choosePipeline(backend(...names), named)).toBe(chosen)
  })
  it.each([
    [[], undefined, 'no-pipeline', 'There is no pipeline in here.'],
    [[], 'a', 'no-pipeline', 'There is no pipeline in here.'],
    [['b', 'c'], 'a', 'unknown-pipeline', 'There is no pipeline a in here. There are: b, c.'],
    [['b', 'c'], undefined, 'several-pipelines', 'here holds several pipelines. There are: b, c.']
  ])('of %j, named %s, is none: %s', async (names, named, code, message) => {
    await expect(choosePipeline(backend(...names), named)).rejects.toMatchObject({ code, message })
  })
})
