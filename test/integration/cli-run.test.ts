import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Summary } from '../../services/cli/display/summary.ts'
import { type RehearsalModel, startRehearsalModel } from '../../services/rehearsal-model/index.ts'
import { fanno, startFanno } from '../support/fanno.ts'
import { paragraph } from '../support/records/texts.ts'

let folder: string
let model: RehearsalModel
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fanno-run-'))
  mkdirSync(join(folder, 'docs'))
  model = await startRehearsalModel({ mishaps: 0, apiKey: 'the-key' })
})
afterEach(async () => {
  await model.close()
  rmSync(folder, { recursive: true, force: true })
})

const put = (documents: number): void => {
  for (let n = 0; n < documents; n++) writeFileSync(join(folder, 'docs', `${n}.txt`), paragraph(n, 8))
}
const environment = (more: Record<string, string> = {}) => ({
  environment: { OPENAI_BASE_URL: model.url, OPENAI_API_KEY: 'the-key', ...more }
})
const run = (...more: string[]) =>
  fanno(folder, ['run', 'docs', '--set', 'seedPassages=2', '--set', 'cellsPerSeed=6', '--json', ...more], environment())
const summaryOf = ({ stdout }: { readonly stdout: string }): Summary => JSON.parse(stdout) as Summary
const callsOf = ({ usage }: Summary): number => Object.values(usage).reduce((sum, { calls }) => sum + calls, 0)
/** Calls that the endpoint answered for records: those that ask what it can do are none of them. */
const answeredCalls = (): number => model.calls().filter(({ stage }) => stage !== 'preflight').length
const alpaca = (): { readonly instruction: string; readonly input: string; readonly output: string }[] =>
  JSON.parse(readFileSync(join(folder, 'out', 'fanno-rehearsal', 'rehearsal-alpaca.json'), 'utf8'))

describe('fanno run', () => {
  it('turns documents into pairs, and does nothing when it is run again', async () => {
    put(12)
    const first = await run()
    expect(first.stderr).toContain('rehearsal')
    expect(first.code).toBe(0)
    const summary = summaryOf(first)
    expect(summary).toMatchObject({ pipeline: 'fanno-rehearsal', rehearsal: true, ingested: { documents: 12 } })
    expect(summary.exported?.pairs).toBeGreaterThan(0)
    expect(alpaca()).toHaveLength(summary.records.pairs!)
    expect(callsOf(summary)).toBe(answeredCalls())

    const answered = model.calls().length
    const second = summaryOf(await run())
    expect(callsOf(second)).toBe(0)
    expect(model.calls()).toHaveLength(answered)
    expect(second.records).toEqual(summary.records)
    const verified = await fanno(folder, ['verify', '--json'])
    expect(verified).toMatchObject({ code: 0 })
    const status = await fanno(folder, ['status', '--json'])
    expect(JSON.parse(status.stdout)).toMatchObject({ drained: true })
    const exported = await fanno(folder, ['export', '--format', 'messages', '--limit', '2'])
    expect(exported.stdout.trimEnd().split('\n')).toHaveLength(2)
    expect(exported.stderr).toContain('not for training')

    const changed = await run('--set', 'minScore=3')
    expect(changed.code).toBe(78)
    expect(changed.stderr).toContain('judge-response: settings.minScore was 4, is 3')
    const accepted = await run('--set', 'minScore=3', '--accept-change')
    expect(accepted).toMatchObject({ code: 0 })
    expect(callsOf(summaryOf(accepted))).toBe(0)
    // The change is on record now: the same command needs no flag, and the old one is the other.
    expect((await run('--set', 'minScore=3')).code).toBe(0)
    expect((await run()).stderr).toContain('judge-response: settings.minScore was 3, is 4')
  })

  it('ends with exactly as many pairs as were asked for, the same each time without a call, more on demand', async () => {
    put(12)
    const more = ['--set', 'cellsPerSeed=12', '--pairs']
    const first = await run(...more, '4')
    expect(first.code).toBe(0)
    const four = alpaca()
    expect(four).toHaveLength(4)
    const answered = model.calls().length
    expect(callsOf(summaryOf(await run(...more, '4')))).toBe(0)
    expect(alpaca()).toEqual(four)
    expect(model.calls()).toHaveLength(answered)
    expect((await run(...more, '8')).code).toBe(0)
    expect(alpaca()).toHaveLength(8)
    const tooMany = await run(...more, '100000')
    expect(tooMany.code).toBe(1)
    expect(tooMany.stderr).toContain('100,000 pairs were requested')
    expect(await fanno(folder, ['verify'])).toMatchObject({ code: 0 })
  })

  it('stops where the endpoint refuses the key, and begins anew only when that is confirmed', async () => {
    put(2)
    const refused = await fanno(folder, ['run', 'docs'], environment({ OPENAI_API_KEY: 'another' }))
    expect(refused.code).toBe(77)
    expect(refused.stderr).not.toContain('the-key')
    expect(existsSync(join(folder, 'out'))).toBe(false)
    const { code, stderr, stdout } = await run('missing.txt')
    expect(code).toBe(1)
    expect(stderr).toContain('cannot read missing.txt')
    expect(summaryOf({ stdout })).toMatchObject({ records: { documents: 2 }, deadLettered: {} })
    const unconfirmed = await run('--fresh')
    expect(unconfirmed.code).toBe(2)
    expect(unconfirmed.stderr).toContain('Nothing was deleted')
    expect(callsOf(summaryOf(await run('--fresh', '--yes')))).toBeGreaterThan(0)
  })
})

describe('fanno start', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143]
  ] as const)('ends on %s with %d while it waits for a model to say which pipeline is meant', async (signal, code) => {
    await model.outage()
    const waiting = startFanno(folder, ['acls'], environment())
    await waiting.says('waiting for it')
    waiting.process.kill(signal)
    expect(await waiting.ended).toMatchObject({ code, stdout: '' })
  })

  it('works on what others ingest, lets nobody else run stages, and ends in order on SIGTERM', async () => {
    put(1)
    const serving = startFanno(folder, ['start'], environment())
    await serving.says('is running')
    const second = await fanno(folder, ['start'], environment())
    expect(second.code).toBe(69)
    expect(second.stderr).toContain('already runs stages')
    expect((await fanno(folder, ['ingest', 'docs'], environment())).stderr).toContain('fanno-rehearsal: 1 document')
    await expect.poll(answeredCalls, { timeout: 20_000 }).toBeGreaterThan(0)
    serving.process.kill('SIGTERM')
    expect((await serving.ended).code).toBe(143)
    expect(await fanno(folder, ['verify'])).toMatchObject({ code: 0 })
  })

  it('waits for an endpoint that is away, says so, and goes on when it is back', async () => {
    put(1)
    await model.outage()
    const running = startFanno(folder, ['run', 'docs', '--json'], environment())
    await running.says('waiting for it')
    await model.recover()
    const ended = await running.ended
    expect(ended.code).toBe(0)
    expect(summaryOf(ended).deadLettered).toEqual({})
  })

  it('ends at once on Ctrl-C while it waits', async () => {
    await model.outage()
    const running = startFanno(folder, ['start'], environment())
    await running.says('waiting for it')
    running.process.kill('SIGINT')
    expect((await running.ended).code).toBe(130)
  })
})
