import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createCallLog } from '../../../services/rehearsal-model/calls.ts'
import {
  type Call,
  rehearsalChatModel,
  rehearsalEmbeddingModel,
  startRehearsalModel
} from '../../../services/rehearsal-model/index.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { chat, send, until } from './client.ts'

const headers = { 'x-fanno-stage': 'vet-draft', 'x-fanno-record': 'r1', 'x-fanno-prompt': 'safe', 'x-fanno-ask': '2' }

describe('answered calls', () => {
  it('are listed as their headers name them, with tokens and status', async () => {
    const model = await startRehearsalModel({ mishaps: 0 })
    const { usage } = (await chat(model, {}, { headers })).body
    await chat(model, { max_tokens: 0 }, { headers })
    await send(model, '/embeddings', { model: rehearsalEmbeddingModel, input: 'bread rises' })
    await send(model, '/models')
    const caller = { stage: 'vet-draft', record: 'r1', prompt: 'safe', ask: 2, model: rehearsalChatModel }
    expect(model.calls().map(({ at, ...call }) => call)).toEqual([
      { ...caller, status: 200, promptTokens: usage.prompt_tokens, completionTokens: usage.completion_tokens },
      { ...caller, status: 400, promptTokens: 0, completionTokens: 0 },
      {
        stage: '',
        record: '',
        prompt: '',
        ask: 0,
        status: 200,
        promptTokens: 2,
        completionTokens: 0,
        model: rehearsalEmbeddingModel
      }
    ])
    const stats = model.stats()
    expect([stats.requests, stats.answered, stats.faults, stats.cancelled]).toEqual([4, 4, 0, 0])
    expect([stats.promptTokens, stats.completionTokens]).toEqual([usage.prompt_tokens + 2, usage.completion_tokens])
    await model.close()
  })
  it('name the fault that shaped them, and leave out what was never answered', async () => {
    const model = await startRehearsalModel({
      faults: [
        { when: { record: 'ill' }, do: 'length' },
        { when: { record: 'cut' }, do: 'reset' }
      ]
    })
    await chat(model, {}, { headers: { 'x-fanno-record': 'ill' } })
    await chat(model, {}, { headers: { 'x-fanno-record': 'cut' } }).catch(() => {})
    await chat(model, {}, { headers: { 'x-fanno-record': 'well' } })
    expect(model.calls().map(({ record, fault }) => [record, fault])).toEqual([
      ['ill', 'length'],
      ['well', undefined]
    ])
    await model.close()
  })
  it('leave out those whose client left', async () => {
    const clock = manualClock()
    const model = await startRehearsalModel({ decodeTokensPerSecond: 10, clock })
    const leaving = new AbortController()
    const asked = chat(model, {}, { signal: leaving.signal })
    await until(() => clock.sleepers === 1)
    leaving.abort()
    await expect(asked).rejects.toThrow()
    await until(() => model.stats().cancelled === 1)
    expect(model.calls()).toEqual([])
    expect(model.stats().running).toBe(0)
    await model.close()
  })
  it('are in the file before the client has its reply, and are added to by the next server', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'calls-'))
    const callsFile = join(folder, 'calls.jsonl')
    const lines = (): Call[] =>
      readFileSync(callsFile, 'utf8')
        .trimEnd()
        .split('\n')
        .map(line => JSON.parse(line))
    for (const round of [1, 2]) {
      const model = await startRehearsalModel({ callsFile })
      await chat(model, {}, { headers })
      expect(lines()).toHaveLength(round)
      expect(lines().at(-1)).toEqual(model.calls().at(-1))
      await model.close()
    }
    rmSync(folder, { recursive: true })
  })
  it('that are too many are forgotten, the oldest first, and the count is kept', () => {
    const log = createCallLog(undefined, 3)
    const call = {
      stage: '',
      record: '',
      prompt: '',
      status: 200,
      promptTokens: 1,
      completionTokens: 1,
      model: 'm',
      at: 0
    }
    for (let ask = 1; ask <= 20; ask++) log.add({ ...call, ask })
    expect(log.all().map(({ ask }) => ask)).toEqual([18, 19, 20])
    expect([log.added, log.forgotten]).toEqual([20, 17])
  })
})

describe('the model of a server', () => {
  it('serves as many as it has slots, in turn', async () => {
    const clock = manualClock()
    const model = await startRehearsalModel({ slots: 2, decodeTokensPerSecond: 1_000, clock, mishaps: 0 })
    const done: number[] = []
    const asked = [0, 1, 2, 3].map(i => chat(model, { max_tokens: 10 }).then(() => done.push(i)))
    await until(() => model.stats().running === 2 && model.stats().waiting === 2)
    expect(done).toEqual([])
    await clock.advance(10)
    await until(() => done.length === 2 && clock.sleepers === 2)
    await clock.advance(10)
    await Promise.all(asked)
    expect(model.stats()).toMatchObject({ running: 0, waiting: 0, mostRunning: 2, answered: 4 })
    await model.close()
  })
  it('answers 503 when its line is full, without saying when to come back', async () => {
    const clock = manualClock()
    const model = await startRehearsalModel({ slots: 1, maxQueued: 1, decodeTokensPerSecond: 1_000, clock })
    const asked = [chat(model), chat(model)]
    await until(() => model.stats().running === 1 && model.stats().waiting === 1)
    const { status, headers } = await chat(model)
    expect([status, headers.get('retry-after')]).toEqual([503, null])
    while (model.stats().answered < 3) {
      await clock.advance(1_000)
      await new Promise(resolve => setImmediate(resolve))
    }
    expect((await Promise.all(asked)).map(reply => reply.status)).toEqual([200, 200])
    await model.close()
  })
  it('reads a prompt whose prefix it holds in less time', async () => {
    const clock = manualClock()
    const model = await startRehearsalModel({ prefillTokensPerSecond: 1_000, clock })
    const messages = [{ role: 'user', content: 'Explain how bread rises in a cool room. '.repeat(20) }]
    const took = async () => {
      const startMs = clock.now()
      const reply = chat(model, { messages })
      await until(() => clock.sleepers === 1)
      while (clock.sleepers === 1) await clock.advance(1)
      await reply
      return clock.now() - startMs
    }
    const [cold, warm] = [await took(), await took()]
    expect(cold).toBeGreaterThan(150)
    expect(warm).toBeLessThanOrEqual(17)
    await model.close()
  })
  it('frees the slot of a client that leaves, at once', async () => {
    const clock = manualClock()
    const model = await startRehearsalModel({ slots: 1, decodeTokensPerSecond: 1, clock })
    const leaving = new AbortController()
    const first = chat(model, {}, { signal: leaving.signal })
    await until(() => clock.sleepers === 1)
    const second = chat(model)
    await until(() => model.stats().waiting === 1)
    leaving.abort()
    await expect(first).rejects.toThrow()
    await until(() => model.stats().waiting === 0 && clock.sleepers === 1)
    await clock.advance(1_000_000)
    expect((await second).status).toBe(200)
    await model.close()
  })
})
