import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cat } from '../../../services/cli/commands/cat.ts'
import { exportPairs } from '../../../services/cli/commands/export.ts'
import { status } from '../../../services/cli/commands/status.ts'
import { verifyLog } from '../../../services/cli/commands/verify.ts'
import { startRehearsalModel } from '../../../services/rehearsal-model/index.ts'
import { topology } from '../../../services/topology.ts'
import { configurationIn, openSession, workThrough } from '../../support/operated.ts'

/** Commands that read a log, on one that a pipeline has worked through. */
const dir = mkdtempSync(join(tmpdir(), 'fanno-commands-'))
const log = { kind: 'embedded', dataDir: join(dir, 'data') } as const

beforeAll(async () => {
  const model = await startRehearsalModel({})
  await openSession(configurationIn(log.dataDir, model.url), session => workThrough(session, 3))
  await model.close()
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const printed = async (command: (write: (text: string) => void) => Promise<unknown>) => {
  let text = ''
  const result = await command(more => {
    text += more
  })
  return { text, result }
}

async function catted(records: string, more: Partial<Parameters<typeof cat>[0]> = {}) {
  const notices: string[] = []
  const { text, result } = await printed(write =>
    cat({
      log,
      named: 'news',
      records,
      json: true,
      partition: undefined,
      from: 0,
      limit: Number.POSITIVE_INFINITY,
      write: async line => write(line),
      notice: notice => void notices.push(notice),
      ...more
    })
  )
  const lines = text.split('\n').filter(Boolean)
  return { lines, code: result, notices }
}

describe('fanno cat', () => {
  it('prints each record as one line of JSON, with where it lies, its key, headers and value', async () => {
    const { lines, code } = await catted('passages')
    const found = lines.map(line => JSON.parse(line) as Record<string, unknown>)
    expect(code).toBe(0)
    expect(found.length).toBeGreaterThan(3)
    expect(Object.keys(found[0]!).sort()).toEqual(
      ['headers', 'key', 'offset', 'partition', 'timestamp', 'topic', 'value'].sort()
    )
    expect(new Set(found.map(({ partition, offset }) => `${partition}/${offset}`)).size).toBe(found.length)
  })
  it('prints the records of all partitions by the time they were appended', async () => {
    const { lines } = await catted('passages')
    const times = lines.map(line => (JSON.parse(line) as { timestamp: number }).timestamp)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
  })
  it('prints one partition, from an offset, and as many as were asked for', async () => {
    const { lines } = await catted('passages', { partition: 1, from: 1, limit: 2 })
    const found = lines.map(line => JSON.parse(line) as { partition: number; offset: number })
    expect(found.every(({ partition }) => partition === 1)).toBe(true)
    expect(found.map(({ offset }) => offset)).toEqual([1, 2].slice(0, found.length))
    expect((await catted('passages', { limit: 1 })).lines).toHaveLength(1)
  })
  it('prints for a person where a record lies, when it came, and what says most about it', async () => {
    const { lines } = await catted('pairs', { json: false, limit: 1 })
    expect(lines[0]).toMatch(/^0\/0 {2}\d{4}-\d\d-\d\dT[\d:.]+Z {2}score: [\d.]+ {2}document: \w+ {2}instruction: /)
  })
  it('names the records there are where it is asked for others, private ones not among them', async () => {
    const asked = catted('pears')
    await expect(asked).rejects.toMatchObject({ exitCode: 2 })
    await expect(asked).rejects.toThrow(/pears\. There are: documents, .*dead-letters/)
    await expect(asked).rejects.not.toThrow(/secrets|decisions/)
  })
  it('names the partitions there are where it is asked for another', async () => {
    await expect(catted('passages', { partition: 2 })).rejects.toThrow(/--partition 2: .* 0 to 1/)
  })
})

describe('fanno status', () => {
  const asJson = async () => JSON.parse((await printed(write => status(log, 'news', true, write))).text)

  it('counts what each stage has read, settled and written, which adds up', async () => {
    const found = await asJson()
    expect([found.pipeline, found.drained, found.heldBack]).toEqual(['news-rehearsal', true, []])
    expect(found.stages.map(({ stage }: { stage: string }) => stage)).toEqual(topology.stages.map(({ name }) => name))
    for (const { input, settled, emitted, rejected, deadLettered, waiting } of found.stages)
      expect([settled + waiting, emitted + rejected + deadLettered]).toEqual([input, settled])
    expect(found.topics['news-rehearsal.documents.v1']).toBe(3)
  })
  it('says the same to a person, in a table', async () => {
    const found = await asJson()
    const { text } = await printed(write => status(log, 'news', false, write))
    expect(text).toContain('Pipeline news-rehearsal: all settled')
    for (const { name } of topology.stages) expect(text).toMatch(new RegExp(`^${name} `, 'm'))
    expect(text).toContain(`${found.pairs} pairs`)
  })
})

describe('fanno verify', () => {
  it('finds every record with exactly one outcome, and says so', async () => {
    const { text, result } = await printed(write => verifyLog(log, 'news', false, write))
    expect([result, text]).toEqual([0, expect.stringContaining('exactly one outcome')])
  })
  it('gives its counts as JSON', async () => {
    const { text } = await printed(write => verifyLog(log, 'news', true, write))
    const found = JSON.parse(text)
    expect(found).toMatchObject({ pipeline: 'news-rehearsal', violations: [], more: 0, foreign: 0 })
    expect(found.records).toBeGreaterThan(100)
  })
})

describe('fanno export', () => {
  const exported = async (out: string, limit?: number) => {
    const notices: string[] = []
    const notice = (text: string) => void notices.push(text)
    const code = await exportPairs({ log, named: 'news', format: undefined, limit, out: join(dir, out), notice })
    return { code, notices, folder: join(dir, out, 'news-rehearsal') }
  }
  it('writes all formats into the folder of the pipeline, and warns of pairs that are no training data', async () => {
    const { code, notices, folder } = await exported('all')
    const pairs = JSON.parse(readFileSync(join(folder, 'rehearsal-alpaca.json'), 'utf8')) as object[]
    expect(code).toBe(0)
    expect(notices.join('\n')).toMatch(/not for training[\s\S]*pairs in .*alpaca\.json/)
    expect(readFileSync(join(folder, 'rehearsal-messages.jsonl'), 'utf8').trim().split('\n')).toHaveLength(pairs.length)
  })
  it('chooses the same pairs again where it is asked for some', async () => {
    const read = (folder: string) => readFileSync(join(folder, 'rehearsal-alpaca.json'), 'utf8')
    const first = read((await exported('some', 3)).folder)
    expect(JSON.parse(first)).toHaveLength(3)
    expect(read((await exported('again', 3)).folder)).toBe(first)
  })
})
