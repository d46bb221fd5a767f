import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fanno } from '../support/fanno.ts'
import { paragraph } from '../support/records/texts.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fanno-first-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const put = (name: string, content: string | Buffer) => writeFileSync(join(folder, name), content)
const lines = (field: string, count = 6) =>
  Array.from({ length: count }, (_, n) => `${JSON.stringify({ id: n, [field]: paragraph(n, 8) })}\n`).join('')
const run = (...parameters: string[]) =>
  fanno(folder, ['run', '--set', 'seedPassages=2', '--set', 'cellsPerSeed=6', ...parameters])
const pipelines = () => (existsSync(join(folder, '.fanno')) ? readdirSync(join(folder, '.fanno')) : [])

describe('a run', () => {
  it('says before what it is about to do, and shows whole pairs and the next command at its end', async () => {
    mkdirSync(join(folder, 'docs'))
    put('docs/a.jsonl', lines('page_content', 12))
    for (const name of ['docs/b.pdf', 'docs/c.pdf', 'docs/d']) put(name, 'x')
    const { code, stderr } = await run('docs')
    expect(code).toBe(0)
    const [before, after] = stderr.split('Pipeline fanno-rehearsal')
    expect(before).toMatch(/1 source, .*skipped, unknown file extension: 2 \.pdf, 1 \(none\)/)
    expect(before).toContain('from "page_content"')
    const [, least, most] =
      /estimate from a sample: ([\d,]+) to ([\d,]+) passages/.exec(before!) ??
      /from a sample: (\d+)() passages/.exec(before!)!
    expect(Number(least)).toBeLessThanOrEqual(12)
    if (most) expect(Number(most)).toBeGreaterThanOrEqual(12)
    expect(after!.match(/^ {2}instruction /gm)!.length).toBeGreaterThanOrEqual(2)
    expect(after).toMatch(/^ {2}response .*\n(?:.*\n)* {2}mark .* of 5\n {2}source /m)
    expect(after).toContain('fanno cat pairs')
    for (const line of after!.split('\n')) expect(line.length).toBeLessThanOrEqual(81)
  })
  it('keeps the pairs of each pipeline in a folder of its own', async () => {
    put('a.jsonl', lines('text'))
    put('b.jsonl', lines('content', 4))
    await run('a.jsonl', '--pipeline', 'aa')
    const file = join(folder, 'out', 'aa-rehearsal', 'rehearsal-alpaca.json')
    const before = readFileSync(file, 'utf8')
    await run('b.jsonl', '--pipeline', 'bb')
    expect(readdirSync(join(folder, 'out')).sort()).toEqual(['aa-rehearsal', 'bb-rehearsal'])
    expect((await run('missing.jsonl', '--pipeline', 'cc')).code).toBe(1)
    expect((await run('missing.jsonl', '--pipeline', 'aa')).code).toBe(1)
    expect(readFileSync(file, 'utf8')).toBe(before)
    const elsewhere = await run('b.jsonl', '--pipeline', 'aa', '--data-dir', 'other')
    expect(elsewhere).toMatchObject({ code: 2, stderr: expect.stringContaining('Nothing was overwritten') })
    expect(readFileSync(file, 'utf8')).toBe(before)
  })
})

describe('input that cannot be used', () => {
  it.each([
    ['plain', (text: string) => Buffer.from(text), 'd.jsonl'],
    ['compressed', (text: string) => gzipSync(text), 'd.jsonl.gz']
  ])('ends with 65 where no line has text, and the fields are named (%s)', async (_, packed, name) => {
    put(name, packed(lines('words')))
    for (const command of ['run', 'ingest']) {
      const { code, stderr } = await fanno(folder, [command, name, '--pipeline', command])
      expect(code).toBe(65)
      expect((await fanno(folder, [command, name, '--pipeline', command])).code).toBe(65)
      expect(stderr).toContain('"id", "words"')
      expect(stderr).toContain('--text-field')
    }
    const named = await fanno(folder, ['ingest', name, '--text-field', 'words', '--pipeline', 'named'])
    expect(named).toMatchObject({ code: 0, stderr: expect.stringContaining('6 documents') })
  })
  it.each(['content', 'body', 'raw_content', 'page_content', 'markdown', 'article'])(
    'is none where the text is called %s',
    async field => {
      put('d.jsonl', lines(field))
      expect(await fanno(folder, ['ingest', 'd.jsonl'])).toMatchObject({ code: 0 })
    }
  )
  it('ends with 65 where a folder holds other files alone, and leaves no pipeline behind', async () => {
    mkdirSync(join(folder, 'docs'))
    put('docs/a.pdf', 'x')
    for (const command of ['run', 'ingest'])
      expect(await fanno(folder, [command, 'docs'])).toMatchObject({
        code: 65,
        stderr: expect.stringContaining('1 .pdf')
      })
    expect(await fanno(folder, ['ingest', 'missing.jsonl'])).toMatchObject({ code: 1 })
    expect(pipelines()).toEqual([])
    expect(existsSync(join(folder, 'out'))).toBe(false)
  })
})

describe('the command', () => {
  it('tells its version', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
    expect(await fanno(folder, ['--version'])).toMatchObject({ code: 0, stdout: `${version}\n` })
  })
  it('names a bad flag as the flag, and a bad variable as the variable', async () => {
    put('d.jsonl', lines('text'))
    expect((await run('d.jsonl', '--pipeline', 'Bad Name')).stderr).toContain('--pipeline: must be')
    expect((await fanno(folder, ['run', 'd.jsonl'], { environment: { FANNO_PIPELINE: 'Bad Name' } })).stderr).toContain(
      'FANNO_PIPELINE: must be'
    )
  })
  it('shows of a rejection its document, its record and its evidence; names no private topic; exports all formats', async () => {
    put('d.jsonl', `${lines('text')}${JSON.stringify({ text: 'Too short.' })}\n`)
    await run('d.jsonl')
    const { stdout } = await fanno(folder, ['cat', 'rejections'])
    expect(stdout).toMatch(/stage: segment-document .*document: [0-9a-f]{16,}.* evidence: /)
    expect((await fanno(folder, ['cat', 'nonsense'])).stderr).not.toMatch(/secrets|decisions|ingest-positions/)
    rmSync(join(folder, 'out'), { recursive: true })
    expect(await fanno(folder, ['export'])).toMatchObject({ code: 0 })
    expect(readdirSync(join(folder, 'out', 'fanno-rehearsal')).sort()).toEqual([
      '.fanno.json',
      'README.md',
      'rehearsal-alpaca.json',
      'rehearsal-lineage.jsonl',
      'rehearsal-messages.jsonl'
    ])
  })
})
