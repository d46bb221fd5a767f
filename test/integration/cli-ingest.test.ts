import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openEmbeddedLog } from '../../engine/log/embedded/open.ts'
import { fanno, startFanno } from '../support/fanno.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fanno-cli-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const jsonLines = (text: string): Record<string, never>[] =>
  text
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))

/** Counts the documents on the log from this process, while another one ingests. */
async function openCounter(): Promise<{ count(): Promise<number>; close(): Promise<void> }> {
  const log = await openEmbeddedLog({ dir: join(folder, '.fanno', 'fanno-rehearsal'), role: 'append' })
  const topic = 'fanno-rehearsal.documents.v1'
  return {
    count: async () =>
      (await log.topics()).has(topic) ? (await log.ends(topic)).reduce((sum, end) => sum + end, 0) : 0,
    close: log.close
  }
}

describe('fanno ingest', () => {
  it('loses and doubles no document when it is killed in the middle, again and again', async () => {
    const documents = 30_000
    const lines = Array.from({ length: documents }, (_, id) =>
      JSON.stringify({ id, text: `Document ${id}. `.repeat(20) })
    )
    writeFileSync(join(folder, 'd.jsonl'), `${lines.join('\n')}\n`)
    const documentsOnLog = await openCounter()
    let kills = 0
    for (let killed = 0; killed < 3; killed++) {
      const before = await documentsOnLog.count()
      const running = startFanno(folder, ['ingest', 'd.jsonl'])
      const ended = running.ended.then(() => true)
      while ((await documentsOnLog.count()) <= before && !(await Promise.race([ended, sleep(5)]))) {
        // Until it has committed something more.
      }
      running.process.kill('SIGKILL')
      if ((await running.ended).signal === 'SIGKILL') kills += 1
    }
    expect(kills).toBeGreaterThan(0)
    expect(await documentsOnLog.count()).toBeLessThan(documents)
    await documentsOnLog.close()
    expect((await fanno(folder, ['ingest', 'd.jsonl'])).code).toBe(0)
    const found = await fanno(folder, ['cat', 'documents', '--json'])
    const ids = jsonLines(found.stdout).map(({ key }) => key)
    expect(ids).toHaveLength(documents)
    expect(new Set(ids).size).toBe(documents)
  })

  it('names what it cannot read, goes on, and says so in its exit code', async () => {
    writeFileSync(join(folder, 'a.txt'), 'a text')
    const { code, stdout, stderr } = await fanno(folder, ['ingest', 'missing.jsonl', 'a.txt', '--json'])
    expect(code).toBe(1)
    expect(stderr).toContain('cannot read missing.jsonl: there is no such file or folder')
    expect(JSON.parse(stdout)).toMatchObject({ pipeline: 'fanno-rehearsal', documents: 1 })
  })

  it('reads standard input', async () => {
    const ended = await fanno(folder, ['ingest', '-'], { stdin: '{"id":"x","text":"from a pipe"}\n' })
    expect(ended).toMatchObject({ code: 0, stderr: 'fanno-rehearsal: 1 document from 1 source\n' })
  })
})

describe('what reads the log', () => {
  it('prints records, status and verification as JSON on standard output, and nothing else', async () => {
    writeFileSync(join(folder, 'd.jsonl'), '{"id":"x","text":"one \\u001b[31m"}\n{bad\n')
    await fanno(folder, ['ingest', 'd.jsonl'])
    const cat = await fanno(folder, ['cat', 'documents', '--json'])
    expect(jsonLines(cat.stdout)).toMatchObject([
      { topic: 'fanno-rehearsal.documents.v1', offset: 0, key: 'x', value: { givenId: 'x', content: 'one \u001b[31m' } }
    ])
    expect(cat.stdout).not.toContain('\u001b')
    const rejections = await fanno(folder, ['cat', 'rejections'])
    expect(rejections.stdout).toContain('stage: ingest  reason: bad-line')
    const status = await fanno(folder, ['status', '--json'])
    expect(JSON.parse(status.stdout)).toMatchObject({
      pipeline: 'fanno-rehearsal',
      drained: false,
      rejected: { ingest: { 'bad-line': 1 } }
    })
    const verify = await fanno(folder, ['verify', '--json'])
    expect(verify.code).toBe(0)
    expect(JSON.parse(verify.stdout)).toMatchObject({ violations: [], records: 2, foreign: 0 })
  })

  it('wants to be told which pipeline, where there are several or none', async () => {
    expect(await fanno(folder, ['status'])).toMatchObject({ code: 2, stdout: '' })
    writeFileSync(join(folder, 'a.txt'), 'a text')
    for (const pipeline of ['one', 'two']) await fanno(folder, ['ingest', 'a.txt', '--pipeline', pipeline])
    const unclear = await fanno(folder, ['status'])
    expect(unclear.code).toBe(2)
    expect(unclear.stderr).toContain('There are: one-rehearsal, two-rehearsal.')
    expect((await fanno(folder, ['status', '--pipeline', 'two'])).stdout).toContain('Pipeline two-rehearsal')
  })
})

describe('the command', () => {
  it('works through a link, and says what is wrong with how it was called', async () => {
    const link = join(folder, 'linked')
    symlinkSync(new URL('../../bin/fanno', import.meta.url).pathname, link)
    expect((await fanno(folder, ['topology'], { command: link })).stdout).toContain('judge-response')
    expect(await fanno(folder, ['nonsense'])).toMatchObject({ code: 2, stdout: '' })
    expect(await fanno(folder, ['cat', 'nonsense'])).toMatchObject({ code: 2 })
  })

  it('names all that is wrong with its configuration at once', async () => {
    const environment = { FANNO_PARTITIONS: 'x', FANNO_NONSENSE: '1' }
    const { code, stderr } = await fanno(folder, ['run', '--set', 'nonsense=1'], { environment })
    expect(code).toBe(78)
    for (const name of ['FANNO_PARTITIONS', 'FANNO_NONSENSE', '--set nonsense=1']) expect(stderr).toContain(name)
  })
})
