import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type AnyTopic, topicName } from '../../engine/declare/index.ts'
import { createCodec } from '../../engine/log/codec.ts'
import { rejections as rejectionsTopic } from '../../engine/runtime/ground/engine-topics.ts'
import type { Rejection } from '../../engine/schemas/types.ts'
import type { Document, IngestPosition } from '../../schemas/types.ts'
import { type IngestReport, ingest, ingestTopics } from '../../services/ingest/index.ts'
import { documents as documentsTopic, ingestPositions } from '../../services/topics.ts'
import { createMemoryLog, type MemoryLog } from '../support/simulated/memory-log.ts'

let folder: string
let log: MemoryLog
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fanno-ingest-'))
  log = createMemoryLog()
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const put = (name: string, content: string | Buffer): string => {
  writeFileSync(join(folder, name), content)
  return name
}
const lines = (...values: unknown[]): string => values.map(value => `${JSON.stringify(value)}\n`).join('')
const codec = () => createCodec(log.driver.registry)

interface Run extends IngestReport {
  readonly notices: readonly string[]
}

async function run(inputs: readonly string[], more: { stdin?: Readable; signal?: AbortSignal } = {}): Promise<Run> {
  const notices: string[] = []
  const prepared = codec()
  await log.driver.createTopics(
    ingestTopics.map(t => ({ topic: topicName('p', t), partitions: t.partitions === 'single' ? 1 : 2 }))
  )
  for (const topic of ingestTopics) await prepared.prepare(topicName('p', topic), topic.schema)
  const report = await ingest({
    inputs,
    cwd: folder,
    pipeline: 'p',
    driver: log.driver,
    codec: prepared,
    partitions: records => (records === 'ingest-positions' ? 1 : 2),
    stdin: more.stdin ?? Readable.from([]),
    notice: text => notices.push(text),
    ...(more.signal && { signal: more.signal })
  })
  return { ...report, notices }
}

async function values<Value>(topic: AnyTopic): Promise<Value[]> {
  const reader = codec()
  const records = log.records(topicName('p', topic))
  return Promise.all(records.map(async record => (await reader.decode(topic.schema, record.value)) as Value))
}
const ingested = () => values<Document>(documentsTopic)
const rejected = () => values<Rejection>(rejectionsTopic)
const positions = () => values<IngestPosition>(ingestPositions)
const texts = async () => (await ingested()).map(document => document.content.toString()).sort()

describe('what is read', () => {
  it('keeps the bytes of text, Markdown and HTML files as they are, and names them after their path', async () => {
    mkdirSync(join(folder, 'docs'))
    put('docs/a.txt', Buffer.from([0xff, 0xfe, 0x41, 0x00]))
    put('docs/b.md', '# B')
    put('docs/c.htm.gz', gzipSync('<p>C'))
    put('docs/d.pdf', 'not ours')
    const report = await run(['docs'])
    expect(report).toMatchObject({ documents: 3, sources: 3, unreadable: [] })
    const found = (await ingested()).sort((a, b) => (a.givenId < b.givenId ? -1 : 1))
    expect(found.map(({ givenId, mediaType, content }) => [givenId, mediaType, content])).toEqual([
      ['file:docs/a.txt', 'text/plain', Buffer.from([0xff, 0xfe, 0x41, 0x00])],
      ['file:docs/b.md', 'text/markdown', Buffer.from('# B')],
      ['file:docs/c.htm.gz', 'text/html', Buffer.from('<p>C')]
    ])
  })
  it('takes id, url, title, licence and text of a JSON line, and the rest as metadata in strings', async () => {
    put(
      'd.jsonl',
      lines(
        { id: 7, url: 'https://a.example', text: 'one', title: 'T', license: 'CC0', words: 3, tags: ['x'] },
        { url: 'https://b.example', html: '<p>two' },
        { content: 'three', mediaType: 'text/markdown' }
      )
    )
    await run(['d.jsonl'])
    const found = (await ingested()).sort((a, b) => (a.content.toString() < b.content.toString() ? -1 : 1))
    expect(found).toMatchObject([
      { givenId: 'https://b.example', mediaType: 'text/html' },
      { givenId: '7', title: 'T', licence: 'CC0', metadata: { words: '3', tags: '["x"]' } },
      { givenId: 'file:d.jsonl#3', mediaType: 'text/markdown', url: null }
    ])
  })
  it('keys every document by the id it was given, so that copies share a partition', async () => {
    put('d.jsonl', lines({ id: 'same', text: 'a' }, { id: 'same', text: 'b' }))
    await run(['d.jsonl'])
    const records = log.records('p.documents.v1')
    expect(records.map(record => record.key?.toString())).toEqual(['same', 'same'])
    expect(new Set(records.map(record => record.partition)).size).toBe(1)
  })
  it('survives keys called __proto__ and lone surrogates', async () => {
    put('d.jsonl', '{"id":"x","text":"a\\ud800b","__proto__":{"polluted":true},"constructor":"c"}\n')
    expect((await run(['d.jsonl'])).documents).toBe(1)
    expect(await texts()).toEqual(['a\uFFFDb'])
    expect((await ingested())[0]!.metadata).toEqual({ '(__proto__)': '{"polluted":true}', constructor: 'c' })
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })
  it('keeps an id beyond 2^53 to its last digit', async () => {
    put('d.jsonl', '{"id":12345678901234567891,"text":"a"}\n')
    await run(['d.jsonl'])
    expect((await ingested())[0]!.givenId).toBe('12345678901234567891')
  })
  it('reads JSON lines from standard input, or else one text', async () => {
    await run(['-'], { stdin: Readable.from([Buffer.from(' {"text":"o'), Buffer.from('ne"}\n{"text":"two"}')]) })
    expect(await texts()).toEqual(['one', 'two'])
    await run(['-'], { stdin: Readable.from([Buffer.from('plain '), Buffer.from('words')]) })
    expect(await texts()).toEqual(['one', 'plain words', 'two'])
  })
  it('follows a slow standard input: what came is committed before more comes', async () => {
    const stdin = new Readable({ read: () => {} })
    stdin.push('{"text":"one"}\n')
    const running = run(['-'], { stdin })
    await expect.poll(async () => ((await log.driver.topics()).size === 0 ? [] : texts())).toEqual(['one'])
    stdin.push('{"text":"two"}\n')
    await expect.poll(texts).toEqual(['one', 'two'])
    stdin.push(null)
    expect((await running).documents).toBe(2)
  })
  it('leaves a standard input that never ends when it is told to stop', async () => {
    const stdin = new Readable({ read: () => {} })
    stdin.push('{"text":"one"}\n')
    const stop = new AbortController()
    const running = run(['-'], { stdin, signal: stop.signal })
    await expect.poll(async () => ((await log.driver.topics()).size === 0 ? [] : texts())).toEqual(['one'])
    stop.abort()
    expect((await running).documents).toBe(1)
  })
  it('finds files by a pattern, and each file once', async () => {
    put('a.txt', 'a')
    put('b.txt', 'b')
    expect((await run(['*.txt', 'a.txt', '.'])).documents).toBe(2)
  })
  it('cuts lines of any length across chunks without holding more than one', async () => {
    const long = 'x'.repeat(150_000)
    put('d.jsonl.gz', gzipSync(lines({ text: long }, { text: 'short' })))
    await run(['d.jsonl.gz'])
    expect((await texts()).map(text => text.length)).toEqual([5, 150_000])
  })
})

describe('what can not be read', () => {
  it('is named and counted, and the others go on', async () => {
    put('a.txt', 'a')
    put('b.pdf', 'b')
    put('c.txt.gz', gzipSync('a long enough text').subarray(0, 20))
    const report = await run(['missing.txt', 'b.pdf', 'c.txt.gz', '*.none', 'a.txt'])
    expect(report.documents).toBe(1)
    expect(report.unreadable.map(({ source }) => source)).toEqual(['missing.txt', 'b.pdf', 'c.txt.gz', '*.none'])
    expect(report.notices[0]).toBe('cannot read missing.txt: there is no such file or folder')
  })
  it('includes a compression bomb, of which no more than a part is inflated', async () => {
    put('bomb.jsonl.gz', gzipSync(`{"text":"${'\\n'.repeat(0)}"}\n${'\n'.repeat(40_000_000)}`, { level: 9 }))
    const report = await run(['bomb.jsonl.gz'])
    expect(report.unreadable).toMatchObject([{ source: 'bomb.jsonl.gz' }])
    expect(report.unreadable[0]!.problem).toContain('compression bomb')
  })
  it('rejects bad lines with the reason, beside the good ones', async () => {
    put(
      'd.jsonl',
      `${lines({ text: 'good' })}{broken\n[1]\n{"text":5}\n\n${lines({ id: 'i'.repeat(2000), text: 'x' })}`
    )
    const report = await run(['d.jsonl'])
    expect(report).toMatchObject({ documents: 1, reasons: { 'bad-line': 3, 'no-text': 1 }, unreadable: [] })
    const found = await rejected()
    expect(found.every(rejection => rejection.stage === 'ingest')).toBe(true)
    expect(new Set(found.map(rejection => rejection.id)).size).toBe(4)
    expect(found.find(({ evidence }) => evidence?.includes('{broken'))?.evidence).toContain('d.jsonl#2')
  })
  it.each([
    ['a list in a field', (deep: number) => `{"text":"a","x":${'['.repeat(deep)}${']'.repeat(deep)}}`],
    ['an object in an id', (deep: number) => `{"text":"a","id":${'{"id":'.repeat(deep)}1${'}'.repeat(deep)}}`],
    [
      'beside an id that is read a second time',
      (deep: number) =>
        `{"id":12345678901234567890,"text":"a","x":${'[{"y":'.repeat(deep / 2)}0${'}]'.repeat(deep / 2)}}`
    ],
    ['the line itself', (deep: number) => `${'['.repeat(deep)}${']'.repeat(deep)}`]
  ])('a line that is nested deeper than the stack ends no run: %s', async (_where, line) => {
    put('d.jsonl', `${lines({ text: 'before' })}${line(20_000)}\n${lines({ text: 'behind' })}`)
    expect(await run(['d.jsonl'])).toMatchObject({ documents: 2, reasons: { 'bad-line': 1 }, unreadable: [] })
    expect(await texts()).toEqual(['before', 'behind'])
  })
  it('keeps metadata that is nested as people nest it', async () => {
    const deep = `${'['.repeat(98)}${']'.repeat(98)}`
    put('d.jsonl', `{"text":"a","x":${deep}}\n`)
    await run(['d.jsonl'])
    expect((await ingested())[0]?.metadata).toEqual({ x: deep })
  })
  it('rejects invalid UTF-8 in a JSON line', async () => {
    put('d.jsonl', Buffer.concat([Buffer.from('{"text":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}\n')]))
    expect((await run(['d.jsonl'])).reasons).toEqual({ 'bad-line': 1 })
  })
  it('rejects what is larger than the log takes, as a line and as a file', async () => {
    put('d.jsonl', lines({ text: 'y'.repeat(450_000) }, { text: 'z'.repeat(210_000) }, { text: 'fits' }))
    put('e.txt', 'x'.repeat(300_000))
    const report = await run(['d.jsonl', 'e.txt'])
    expect(report).toMatchObject({ documents: 1, reasons: { 'too-large': 3 } })
    expect(await texts()).toEqual(['fits'])
  })
  it('leaves a last line that is not complete for the next time', async () => {
    put('d.jsonl', `${lines({ text: 'one' })}{"text":"tw`)
    const report = await run(['d.jsonl'])
    expect(report.unreadable[0]?.problem).toContain('not complete')
    expect(await texts()).toEqual(['one'])
    appendFileSync(join(folder, 'd.jsonl'), 'o"}\n')
    expect(await run(['d.jsonl'])).toMatchObject({ documents: 1, unreadable: [] })
    expect(await texts()).toEqual(['one', 'two'])
    expect(await rejected()).toEqual([])
  })
})

describe('when it is run again', () => {
  it('adds nothing for sources without change', async () => {
    put('a.txt', 'a')
    put('empty.txt', '')
    put('d.jsonl', lines({ text: 'one' }, { text: 'two' }))
    expect((await run(['.'])).documents).toBe(4)
    const before = (await positions()).length
    expect(await run(['.'])).toMatchObject({ documents: 0, sources: 0, unchanged: 3 })
    expect((await positions()).length).toBe(before)
  })
  it('reads only the lines that were appended', async () => {
    put('d.jsonl', lines({ text: 'one' }).trimEnd())
    await run(['d.jsonl'])
    appendFileSync(join(folder, 'd.jsonl'), `\n${lines({ text: 'two' })}`)
    expect((await run(['d.jsonl'])).documents).toBe(1)
    appendFileSync(join(folder, 'd.jsonl'), lines({ text: 'three' }))
    expect((await run(['d.jsonl'])).documents).toBe(1)
    expect((await positions()).at(-1)).toMatchObject({ documents: 3 })
    expect((await ingested()).map(({ givenId }) => givenId).sort()).toEqual(
      [1, 2, 3].map(number => `file:d.jsonl#${number}`)
    )
  })
  it('reads a source with other content from its beginning', async () => {
    put('d.jsonl', lines({ id: 1, text: 'one' }, { id: 2, text: 'two' }))
    await run(['d.jsonl'])
    put('d.jsonl', lines({ id: 1, text: 'ONE' }, { id: 2, text: 'two' }))
    expect((await run(['d.jsonl'])).documents).toBe(2)
    put('d.jsonl', lines({ id: 1, text: 'ONE' }))
    expect((await run(['d.jsonl'])).documents).toBe(1)
  })
  it('gives the same bad line in new content another rejection, so that no id occurs twice', async () => {
    put('d.jsonl', '{bad\n{"text":"one"}\n')
    await run(['d.jsonl'])
    put('d.jsonl', '{bad\n{"text":"two"}\n')
    await run(['d.jsonl'])
    const ids = (await rejected()).map(({ id }) => id)
    expect(new Set(ids).size).toBe(2)
  })
  it('reads a whole file again when its bytes have changed', async () => {
    put('a.txt', 'old')
    await run(['a.txt'])
    put('a.txt', 'new')
    expect((await run(['a.txt'])).documents).toBe(1)
    expect(await texts()).toEqual(['new', 'old'])
  })
})

describe('when the log', () => {
  const many = lines(...Array.from({ length: 2_500 }, (_, index) => ({ text: `document ${index}` })))

  it('does not say whether it committed, nothing is lost and nothing doubled', async () => {
    put('d.jsonl', many)
    const fates = ['unknown-written', { status: 'unknown', cause: new Error('no answer') }] as const
    let commit = 0
    log.onCommit = () => fates[commit++]
    expect((await run(['d.jsonl'])).documents).toBe(2_500)
    expect(new Set(await texts()).size).toBe(2_500)
    expect(await ingested()).toHaveLength(2_500)
  })
  it('aborts a commit, it is tried again', async () => {
    put('d.jsonl', many)
    let commit = 0
    log.onCommit = () => (commit++ === 1 ? { status: 'aborted', cause: new Error('busy') } : undefined)
    expect((await run(['d.jsonl'])).documents).toBe(2_500)
    expect(await ingested()).toHaveLength(2_500)
  })
  it('keeps failing, the ingest ends, and the next goes on where it ended', async () => {
    put('d.jsonl', many)
    let commit = 0
    log.onCommit = () => {
      if (commit++ > 0) throw new Error('the process died')
      return undefined
    }
    await expect(run(['d.jsonl'])).rejects.toThrow('the process died')
    log.onCommit = undefined
    const left = 2_500 - (await ingested()).length
    expect(left).toBeLessThan(2_500)
    expect((await run(['d.jsonl'])).documents).toBe(left)
    expect(new Set(await texts()).size).toBe(2_500)
  })
  it('fences the writer, the input is left to the other process', async () => {
    put('d.jsonl', many)
    let commit = 0
    log.onCommit = () => (commit++ === 1 ? { status: 'fenced' } : undefined)
    const report = await run(['d.jsonl'])
    expect(report.unreadable).toMatchObject([{ source: 'd.jsonl' }])
    expect((await ingested()).length).toBe(report.documents)
  })
  it('is not written to after the signal, beyond what was read', async () => {
    put('d.jsonl', many)
    const stop = new AbortController()
    log.onCommit = () => {
      stop.abort()
      return undefined
    }
    const { documents } = await run(['d.jsonl'], { signal: stop.signal })
    expect(documents).toBeLessThan(2_500)
    log.onCommit = undefined
    expect((await run(['d.jsonl'])).documents).toBe(2_500 - documents)
  })
})
