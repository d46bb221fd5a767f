import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  type CutRule,
  endsOfPairs,
  everything,
  exportTo,
  exportToFolder,
  findCut,
  pairsBelow,
  recordCut,
  type Selection,
  select,
  textSink
} from '../../services/export/index.ts'
import { aPair, logWithPairs } from '../support/records/pairs.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fanno-export-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

type Log = Awaited<ReturnType<typeof logWithPairs>>

const toFolder = async (
  log: Log,
  more: { selection?: Selection; rehearsal?: boolean; ends?: readonly number[]; place?: string; pipeline?: string } = {}
) =>
  exportToFolder(
    { selection: everything, rehearsal: false, ends: await endsOfPairs(log), place: 'here', ...log, ...more },
    folder
  )
const read = (name: string) => readFileSync(join(folder, 'p', name), 'utf8')
const jsonLines = (name: string): Record<string, never>[] =>
  read(name)
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))

describe('an export', () => {
  it('writes Alpaca as one array of instruction, input and output', async () => {
    await toFolder(await logWithPairs(5))
    const found = JSON.parse(read('alpaca.json')) as Record<string, string>[]
    expect(found).toHaveLength(5)
    expect(Object.keys(found[0]!)).toEqual(['instruction', 'input', 'output'])
    const first = found.find(({ instruction }) => instruction === 'Explain thing 0.')
    expect(first).toEqual({ instruction: 'Explain thing 0.', input: '', output: 'Thing 0 is "so".\nAnd more.' })
  })
  it('writes messages as one conversation a line', async () => {
    await toFolder(await logWithPairs(2))
    const found = jsonLines('messages.jsonl').find(line => JSON.stringify(line).includes('thing 1'))
    expect(found).toEqual({
      messages: [
        { role: 'user', content: 'Explain thing 1.' },
        { role: 'assistant', content: 'Thing 1 is "so".\nAnd more.' }
      ]
    })
  })
  it('writes where each pair comes from beside it, in the same order', async () => {
    const exported = await toFolder(await logWithPairs(6))
    expect(exported).toMatchObject({ pairs: 6, documents: 3 })
    const lineage = jsonLines('lineage.jsonl')
    const alpaca = JSON.parse(read('alpaca.json')) as { instruction: string }[]
    expect(lineage.map(({ id }) => id)).toEqual(alpaca.map(({ instruction }) => `pair-${/\d/.exec(instruction)}`))
    expect(lineage[0]).toMatchObject({
      rehearsal: false,
      topic: 'p.pairs.v1',
      document: { url: 'https://a.example' },
      passage: { text: 'A.' }
    })
  })
  it('of a rehearsal says so in each file name and line', async () => {
    const { files } = await toFolder(await logWithPairs(2), { rehearsal: true })
    expect(files.map(file => file.slice(folder.length + 3))).toEqual([
      'rehearsal-alpaca.json',
      'rehearsal-messages.jsonl',
      'rehearsal-lineage.jsonl'
    ])
    expect(jsonLines('rehearsal-lineage.jsonl').every(({ rehearsal }) => rehearsal === true)).toBe(true)
  })
  it('of no pairs writes nothing, and leaves what was written before', async () => {
    expect(await toFolder(await logWithPairs(0))).toMatchObject({ pairs: 0, files: [] })
    expect(existsSync(join(folder, 'p', 'alpaca.json'))).toBe(false)
    await toFolder(await logWithPairs(2))
    await toFolder(await logWithPairs(0))
    expect(JSON.parse(read('alpaca.json'))).toHaveLength(2)
    expect(readdirSync(join(folder, 'p')).filter(name => name.includes('unfinished'))).toEqual([])
  })
  it('has a folder for each pipeline, and refuses one that another log wrote under the same name', async () => {
    const log = await logWithPairs(2)
    await toFolder(log)
    const before = read('alpaca.json')
    await expect(toFolder(log, { place: 'elsewhere' })).rejects.toThrow(
      /pairs of pipeline p in here, not those of p in elsewhere/
    )
    expect(read('alpaca.json')).toBe(before)
    await toFolder(log)
  })
  it('has a card that says which file is which configuration', async () => {
    await toFolder(await logWithPairs(2), { rehearsal: true })
    expect(read('README.md')).toContain('config_name: default\n  data_files: rehearsal-alpaca.json')
    expect(read('README.md')).toContain('not for training')
  })
  it('leaves out what was appended behind the ends it was given', async () => {
    const log = await logWithPairs(3)
    const ends = await endsOfPairs(log)
    log.add(aPair(99))
    expect((await toFolder(log, { ends })).pairs).toBe(3)
  })
  it('that fails leaves the files of the one before as they were, and nothing unfinished', async () => {
    const log = await logWithPairs(3)
    await toFolder(log)
    const before = read('alpaca.json')
    const selection: Selection = ({ value: pair }) => {
      if (pair.id === 'pair-2') throw new Error('disk full')
      return true
    }
    await expect(toFolder(log, { selection })).rejects.toThrow('disk full')
    expect(read('alpaca.json')).toBe(before)
    expect(readdirSync(join(folder, 'p')).sort()).toEqual([
      '.fanno.json',
      'README.md',
      'alpaca.json',
      'lineage.jsonl',
      'messages.jsonl'
    ])
  })
  it('into a place where nothing can be written says so', async () => {
    mkdirSync(join(folder, 'p', 'alpaca.json', 'in-the-way'), { recursive: true })
    await expect(toFolder(await logWithPairs(1))).rejects.toThrow(/EISDIR|ENOTEMPTY|directory/)
    expect(existsSync(join(folder, 'p', 'messages.jsonl'))).toBe(false)
  })
  it('to a stream waits for a slow reader', async () => {
    const log = await logWithPairs(40)
    const pieces: string[] = []
    const slow = new Writable({
      highWaterMark: 1,
      write: (chunk, _encoding, done) => {
        pieces.push(String(chunk))
        setImmediate(done)
      }
    })
    const ends = await endsOfPairs(log)
    await exportTo({ ...log, ends, selection: everything, rehearsal: false }, textSink(slow), 'alpaca')
    slow.end()
    expect(JSON.parse(pieces.join(''))).toHaveLength(40)
  })
})

describe('a selection', () => {
  const chosen = async (log: Log, count: number, rule: CutRule, ends?: readonly number[]) => {
    const upTo = ends ?? (await endsOfPairs(log))
    const selection = await select(log, upTo, count, rule)
    const ids: string[] = []
    for await (const found of pairsBelow(log, upTo)) if (selection(found)) ids.push(found.value.id)
    return ids.sort()
  }
  it('has exactly the number asked for, whatever the order in which pairs came', async () => {
    const log = await logWithPairs(2_500)
    for (const count of [1, 7, 2_499, 2_500]) expect(await chosen(log, count, 'hash')).toHaveLength(count)
  })
  it('is the same for the same ends, though more was appended since', async () => {
    const log = await logWithPairs(50)
    const ends = await endsOfPairs(log)
    const before = await chosen(log, 10, 'hash', ends)
    for (let number = 50; number < 100; number++) log.add(aPair(number))
    expect(await chosen(log, 10, 'hash', ends)).toEqual(before)
  })
  it('by hash does not favour the first', async () => {
    const ids = await chosen(await logWithPairs(1_000), 100, 'hash')
    const early = ids.filter(id => Number(id.slice('pair-'.length)) < 500).length
    expect(early).toBeGreaterThan(25)
    expect(early).toBeLessThan(75)
  })
  it('of the fastest is the first on the log', async () => {
    expect(await chosen(await logWithPairs(20), 3, 'fastest')).toEqual(['pair-0', 'pair-1', 'pair-2'])
  })
  it('is everything where there is not more', async () => {
    expect(await chosen(await logWithPairs(4), 10, 'hash')).toHaveLength(4)
    expect(await chosen(await logWithPairs(0), 10, 'hash')).toEqual([])
  })
})

describe('a cut', () => {
  it('is found again by number and rule', async () => {
    const log = await logWithPairs(3)
    expect(await findCut(log, 2, 'hash')).toBeUndefined()
    await recordCut(log, 2, 'hash', [1, 1])
    expect(await findCut(log, 2, 'hash')).toMatchObject({ pairs: 2, ends: [1, 1] })
    expect(await findCut(log, 3, 'hash')).toBeUndefined()
    expect(await findCut(log, 2, 'fastest')).toBeUndefined()
  })
  it('that the log did not take is an error', async () => {
    const log = await logWithPairs(3)
    log.log.onCommit = () => ({ status: 'aborted', cause: new Error('the disk is full') })
    await expect(recordCut(log, 2, 'hash', [1, 1])).rejects.toThrow('the disk is full')
  })
})
