import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { completionOf, vectorOf } from '../../../../engine/inference/endpoints/completion.ts'
import { createEndpoint, type Endpoint, placeOf } from '../../../../engine/inference/endpoints/endpoint.ts'
import { InferenceError } from '../../../../engine/inference/errors.ts'
import {
  llamaBiased,
  type RecordedReply,
  refusals,
  transformersWithout,
  vllmSampled
} from '../../../support/records/recorded-replies.ts'
import { completion, type ScriptedServer, startScriptedServer } from '../../../support/scripted-server.ts'

const key = 'sk-a-very-secret-key'
let server: ScriptedServer
let endpoint: Endpoint

beforeEach(async () => {
  server = await startScriptedServer()
  endpoint = createEndpoint({ baseUrl: server.url, apiKey: key, connections: 4 })
})
afterEach(async () => {
  await endpoint.close()
  await server.close()
})

const ask = (deadlineMs = 5_000, signal = new AbortController().signal) =>
  endpoint.post('/chat/completions', { model: 'tiny' }, { headers: { 'x-fanno-record': 'r1' }, deadlineMs, signal })
const failure = async (asked: Promise<unknown> = ask()): Promise<InferenceError> => {
  const error = await asked.then(
    value => expect.fail(`answered ${JSON.stringify(value)}`),
    (thrown: unknown) => thrown
  )
  expect(error).toBeInstanceOf(InferenceError)
  return error as InferenceError
}

describe('a refusal, as recorded from real servers', () => {
  const cases: [keyof typeof refusals, string][] = [
    ['vllmWrongKey', 'configuration'],
    ['vllmUnknownModel', 'configuration'],
    ['vllmNoRoute', 'configuration'],
    ['vllmOverflow', 'record-terminal'],
    ['vllmTooManyTokens', 'record-terminal'],
    ['vllmTooManyLogprobs', 'record-terminal'],
    ['llamaWrongKey', 'configuration'],
    ['llamaNoRoute', 'configuration'],
    ['llamaOverflow', 'record-terminal'],
    ['transformersUnknownField', 'record-terminal'],
    ['transformersUnknownModel', 'record-terminal'],
    ['transformersCrash', 'server-dead'],
    ['llamaNoEmbeddings', 'server-dead']
  ]
  it.each(cases)('%s is of kind %s', async (name, kind) => {
    const { status, body }: RecordedReply = refusals[name]
    server.answer(() => ({ status, body }))
    expect(await failure()).toMatchObject({ kind, status })
  })
  it.each(['vllmOverflow', 'llamaOverflow'] as const)('%s is told as an overflow of the context', async name => {
    server.answer(() => refusals[name])
    expect((await failure()).message).toContain('input is longer than it takes')
  })
  it.each(['vllmTooManyTokens', 'transformersUnknownField'] as const)('%s is not', async name => {
    server.answer(() => refusals[name])
    expect((await failure()).message).not.toContain('input is longer than it takes')
  })
})

describe('a status', () => {
  const cases: [number, string][] = [
    [402, 'configuration'],
    [403, 'configuration'],
    [408, 'overload'],
    [413, 'record-terminal'],
    [429, 'overload'],
    [502, 'server-dead'],
    [503, 'overload'],
    [504, 'server-dead']
  ]
  it.each(cases)('%i is of kind %s', async (status, kind) => {
    server.answer(() => ({ status, body: {} }))
    expect(await failure()).toMatchObject({ kind, status })
  })
  it('that cannot be set right by waiting comes with a remedy', async () => {
    for (const status of [401, 402, 403, 404]) {
      server.answer(() => ({ status, body: {} }))
      expect((await failure()).remedy, String(status)).not.toBe('')
    }
  })
  it('of overload says how long to wait, in seconds or as a date', async () => {
    server.answer(() => ({ status: 429, headers: { 'retry-after': '7' }, body: {} }))
    expect((await failure()).retryAfterMs).toBe(7_000)
    server.answer(() => ({ status: 503, headers: { 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' }, body: {} }))
    expect((await failure()).retryAfterMs).toBe(0)
    server.answer(() => ({ status: 503, headers: { 'retry-after': 'soon' }, body: {} }))
    expect((await failure()).retryAfterMs).toBeUndefined()
  })
  it('is told once: the client does not try again by itself', async () => {
    server.answer(() => ({ status: 500, body: {} }))
    await failure()
    expect(server.received).toHaveLength(1)
  })
})

describe('a body', () => {
  it.each([
    ['that is a web page', '<!doctype html><title>Welcome</title>'],
    ['that is empty', ''],
    ['of truncated JSON', '{"choices":[{"mess']
  ])('%s is the failure of the server, whatever the status said', async (_, body) => {
    server.answer(() => ({ body, headers: { 'content-type': 'text/html' } }))
    expect(await failure()).toMatchObject({ kind: 'server-dead', status: 200, evidence: body })
  })
  it('that is cut off is the failure of the server', async () => {
    server.answer(() => ({ instead: 'cut', body: completion('A long enough answer.') }))
    expect((await failure()).kind).toBe('server-dead')
  })
  it('without end is given up', async () => {
    server.answer(() => ({ instead: 'endless', body: {} }))
    expect(await failure()).toMatchObject({ kind: 'semantic', message: expect.stringContaining('bytes') })
  })
})

describe('a connection', () => {
  it('that is reset, or refused, is a dead server', async () => {
    server.answer(() => ({ instead: 'reset' }))
    expect((await failure()).kind).toBe('server-dead')
    await server.close()
    expect(await failure()).toMatchObject({ kind: 'server-dead', message: expect.stringContaining('ECONNREFUSED') })
  })
  it('that stays silent runs into the deadline', async () => {
    server.answer(() => ({ instead: 'hang' }))
    expect(await failure(ask(20))).toMatchObject({ kind: 'timeout', message: expect.stringContaining('20 ms') })
  })
  it('whose body does not end runs into the same deadline', async () => {
    server.answer(() => ({ headers: { 'content-length': '1000' }, body: '{"choices"' }))
    expect((await failure(ask(50))).kind).toBe('timeout')
  })
  it('is given up when the question is withdrawn, before or during it', async () => {
    expect((await failure(ask(5_000, AbortSignal.abort()))).kind).toBe('shutdown')
    const withdrawal = new AbortController()
    server.answer(() => {
      queueMicrotask(() => withdrawal.abort())
      return { instead: 'hang' }
    })
    expect((await failure(ask(5_000, withdrawal.signal))).kind).toBe('shutdown')
  })
})

describe('a deadline', () => {
  it('does not count the time in which our own process stands still', async () => {
    server.answer(() => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400)
      return undefined
    })
    const asked = ask(100)
    await expect(asked).resolves.toBeDefined()
  })
  it('is forgotten with its request, so that no timer keeps the process', async () => {
    const timers = () => process.getActiveResourcesInfo().filter(name => name === 'Timeout').length
    const before = timers()
    await Promise.all(Array.from({ length: 20 }, () => ask(600_000)))
    expect(timers()).toBeLessThan(before + 20)
  })
})

describe('the key', () => {
  it('is sent, and only where there is one', async () => {
    await ask()
    expect(server.received[0]!.headers.authorization).toBe(`Bearer ${key}`)
    const open = createEndpoint({ baseUrl: server.url, apiKey: undefined, connections: 1 })
    await open.models(5_000)
    expect(server.received[1]!.headers.authorization).toBeUndefined()
    await open.close()
  })
  it.each([401, 400, 404, 402, 429, 500, 200])(
    'appears nowhere in the error when a server repeats it (%i)',
    async status => {
      const said = `Incorrect API key provided: ${key}`
      server.answer(() => ({ status, body: status === 200 ? said : { error: { message: said } } }))
      const error = await failure()
      const causes: unknown[] = []
      for (let cause: unknown = error; cause instanceof Error; cause = cause.cause)
        causes.push(cause.message, cause.stack, Object.values(cause))
      expect(JSON.stringify(causes)).not.toContain(key)
    }
  )
  it('may not stand in the base URL', () => {
    expect(() => placeOf('http://ann:pass@host/v1')).toThrow(/user or a password/)
    expect(() => placeOf('ftp://host')).toThrow(/not an http/)
    expect(() => placeOf('host:8000')).toThrow(InferenceError)
    expect(placeOf('http://host:8000/v1/')).toBe(placeOf('http://host:8000/v1'))
  })
})

describe('reading a completion', () => {
  it('keeps the order of vLLM, where the sampled token stands first', () => {
    const { places, text, finishReason, completionTokens } = completionOf(vllmSampled, 'x')
    expect(places[0]!.candidates.map(({ token }) => token)).toEqual(['bad', ' taken', ' current'])
    expect({ text, finishReason, completionTokens }).toEqual({
      text: 'bad',
      finishReason: 'length',
      completionTokens: 1
    })
  })
  it('adds the sampled token where llama-server leaves it out', () => {
    expect(completionOf(llamaBiased, 'x').places[0]!.candidates).toContainEqual({ token: 'ES', logprob: -12.078 })
  })
  it('finds no places where transformers serve ignored the wish', () => {
    expect(completionOf(transformersWithout, 'x').places).toEqual([])
  })
  it('bears missing usage, null content and null log-probabilities', () => {
    const bare = { choices: [{ message: { content: null }, logprobs: { content: [{ token: 'a', logprob: null }] } }] }
    expect(completionOf(bare, 'x')).toMatchObject({ text: '', promptTokens: 0, completionTokens: 0 })
    const odd = { choices: [{ message: { content: 'fine' }, logprobs: { content: 'odd' } }], usage: 7 }
    expect(completionOf(odd, 'x')).toMatchObject({ text: 'fine', places: [] })
  })
  it.each([{ choices: [] }, {}, null, [], { error: 'x' }])('calls %j an unusable reply', body => {
    expect(() => completionOf(body, 'x')).toThrow(expect.objectContaining({ kind: 'semantic' }))
  })
  it('calls an aborted one the failure of its server', () => {
    expect(() => completionOf(completion('half', { finishReason: 'abort' }), 'x')).toThrow(
      expect.objectContaining({ kind: 'server-dead' })
    )
  })
  it.each([
    { data: [] },
    { data: [{ embedding: [] }] },
    { data: [{ embedding: 'AACAPwAAAEA=' }] },
    { data: [{ embedding: [1, null] }] }
  ])('takes no vector from %j', body => {
    expect(() => vectorOf(body, 'x')).toThrow(expect.objectContaining({ kind: 'semantic' }))
  })
})
