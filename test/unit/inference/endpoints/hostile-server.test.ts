import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AnyAsk } from '../../../../engine/declare/index.ts'
import type { InferenceService } from '../../../../engine/inference/inference.ts'
import {
  aPassage,
  askContext,
  embed,
  everyAsk,
  inferenceAt,
  isGood,
  mark,
  pipelineSecret,
  retell
} from '../../../support/records/questions.ts'
import {
  completion,
  oneModel,
  type ReceivedRequest,
  type ScriptedReply,
  type ScriptedServer,
  startScriptedServer,
  vector
} from '../../../support/scripted-server.ts'

/** Every fault of a server that answers, for every kind of question: what becomes of the record. */

let server: ScriptedServer
let inference: InferenceService
beforeEach(async () => {
  server = await startScriptedServer()
  inference = inferenceAt(server.url).inference
  inference.prepare(everyAsk, pipelineSecret)
  await inference.identify()
})
afterEach(async () => {
  await inference.close()
  await server.close()
})

const questions = { isGood, mark, retell, embed } as const
type Question = keyof typeof questions
const every = Object.keys(questions) as Question[]

const ask = (question: Question, record = 'r1') =>
  inference.answer(
    questions[question] as AnyAsk,
    question === 'embed' ? { text: 'The tide.' } : aPassage(),
    askContext({ record, ask: question })
  )
type Ending = 'answer' | 'unusable' | 'refused' | 'terminal' | 'configuration'
const endingOf = (question: Question, record?: string): Promise<Ending | string> =>
  ask(question, record).then(
    () => 'answer',
    error => {
      if (error.name === 'UnusableAnswer') return 'unusable'
      if (error.name === 'RefusedByServer') return 'refused'
      return error.kind === 'record-terminal' ? 'terminal' : String(error.kind ?? error)
    }
  )

const isOurs = ({ headers }: ReceivedRequest) => headers['x-fanno-stage'] === 'preflight'
const toAll = (reply: ScriptedReply) => (request: ReceivedRequest) => (request.path === '/models' ? undefined : reply)
/** To requests with a record in them alone. */
const toRecords = (reply: ScriptedReply) => (request: ReceivedRequest) =>
  request.path === '/models' || isOurs(request) ? undefined : reply

const deep = (levels: number) => `${'{"a":['.repeat(levels)}${']}'.repeat(levels)}`

describe('a refusal', () => {
  const refusals = [400, 401, 402, 403, 404, 405, 406, 407, 409, 415, 422, 451]
  const cases = refusals.flatMap(status => every.map(question => [status, question] as const))
  it.each(cases)('%i of one record (%s) is its own: others pass, and nothing halts', async (status, question) => {
    server.answer(({ path, headers }) =>
      path !== '/models' && headers['x-fanno-record'] === 'filtered' ? { status, body: { error: 'no' } } : undefined
    )
    expect(await endingOf(question, 'filtered')).toBe('refused')
    expect(await endingOf(question, 'another')).toBe('answer')
  })
  it.each(cases)('%i of all (%s) is configuration, in the words of the server', async (status, question) => {
    server.answer(toAll({ status, body: { error: { message: 'gone to lunch' } } }))
    await expect(ask(question)).rejects.toMatchObject({
      kind: 'configuration',
      status,
      message: expect.stringContaining(status === 407 ? '407' : 'gone to lunch')
    })
  })
  it('of many records of one page is theirs, however many they are', async () => {
    server.answer(toRecords({ status: 403, body: { error: 'filtered' } }))
    for (let record = 0; record < 96; record++) expect(await endingOf('retell', `r${record}`)).toBe('refused')
  })
  it('of everything but our own words is configuration in the end', async () => {
    server.answer(toRecords({ status: 400, body: { error: 'no such parameter: top_p' } }))
    const endings = []
    for (let record = 0; record < 100; record++) endings.push(await endingOf('isGood', `r${record}`))
    expect(endings.at(-1)).toBe('configuration')
    expect(endings.slice(0, -1)).toEqual(Array(99).fill('refused'))
  })
  it('is judged by what the server says afterwards, once for all who wait', async () => {
    server.answer(toRecords({ status: 403, body: {} }))
    const before = server.received.filter(isOurs).length
    await Promise.all(Array.from({ length: 40 }, (_, record) => endingOf('isGood', `r${record}`)))
    expect(server.received.filter(isOurs).length - before).toBeLessThan(40)
  })
  it('is made again after an outage that begins in between', async () => {
    let refused = 0
    server.answer(request => {
      if (request.path === '/models') return undefined
      if (isOurs(request)) return refused++ === 0 ? { status: 500, body: {} } : undefined
      return refused === 0 ? { status: 401, body: {} } : undefined
    })
    expect(await endingOf('retell')).toBe('answer')
  })
})

describe('a prompt that is too long', () => {
  const overflow = { status: 400, body: { error: { message: 'too long', param: 'input_tokens', code: 400 } } }
  it('is the end of its record; twenty in a row with nothing passing are configuration', async () => {
    server.answer(toRecords(overflow))
    const endings = []
    for (let record = 0; record < 20; record++) endings.push(await endingOf('retell', `r${record}`))
    expect(endings).toEqual([...Array(19).fill('terminal'), 'configuration'])
  })
})

describe('a reply', () => {
  const nested: ScriptedReply = { body: `{"choices":[{"message":{"content":"1"}}],"x":${deep(20_000)}}` }
  it.each(every)('nested deeper than the stack (%s) is no usable answer', async question => {
    server.answer(toRecords(nested))
    expect(await endingOf(question)).toBe('unusable')
    server.answer(() => undefined)
    expect(await endingOf(question, 'another')).toBe('answer')
  })
  it.each(every)('that refuses, nested deeper than the stack (%s), is a refusal', async question => {
    server.answer(toRecords({ status: 400, body: deep(20_000) }))
    expect(await endingOf(question)).toBe('refused')
  })
  it.each(every)('that refuses without end (%s) is a refusal', async question => {
    server.answer(toRecords({ status: 403, instead: 'endless', body: {} }))
    expect(await endingOf(question)).toBe('refused')
  })
  it('whose content nests deeper than the stack is no usable answer', async () => {
    server.answer(toRecords({ body: completion(deep(20_000)) }))
    expect(await endingOf('isGood')).toBe('unusable')
    expect(await endingOf('mark')).toBe('unusable')
  })
  it('of more text than its tokens can spell is no usable answer', async () => {
    server.answer(toRecords({ body: completion('word '.repeat(1_000_000)) }))
    expect(await endingOf('retell')).toBe('unusable')
  })
  it.each([
    ['a number', 5],
    ['a list', ['1']],
    ['an object', { text: '1' }],
    ['nothing', null]
  ])('whose content is %s is no usable answer', async (_, content) => {
    server.answer(toRecords({ body: { choices: [{ message: { content } }] } }))
    for (const question of ['isGood', 'mark', 'retell'] as const) expect(await endingOf(question)).toBe('unusable')
  })
})

describe('usage', () => {
  const counts = [1.5, 0.5, -7, 1e300, 1e10, '12', null, true, [], {}]
  it.each(counts)('of %j is no record’s fate, and a whole number', async tokens => {
    const usage = { prompt_tokens: tokens, completion_tokens: tokens }
    server.answer(({ path }) => {
      if (path === '/models') return undefined
      return {
        body: path === '/embeddings' ? { ...vector(3, 0, -4), usage } : { ...completion('1', oneIsLikely), usage }
      }
    })
    for (const question of every) {
      const { calls } = await ask(question)
      for (const { promptTokens, completionTokens } of calls)
        for (const count of [promptTokens, completionTokens]) {
          expect(Number.isSafeInteger(count)).toBe(true)
          expect(count).toBeGreaterThanOrEqual(0)
          expect(count).toBeLessThanOrEqual(2 ** 31 - 1)
        }
    }
  })
  it.each(['all of it', 7, [1], null])('that is %j is none', async usage => {
    server.answer(toRecords({ body: { ...completion('1', oneIsLikely), usage } }))
    expect((await ask('retell')).calls).toMatchObject([{ promptTokens: 0, completionTokens: 0 }])
  })
})

const oneIsLikely = { tokens: { '1': -0.1, '0': -2.4 } }

describe('log-probabilities', () => {
  const withLogprobs = (one: unknown, zero: unknown): ScriptedReply => ({
    // As text, since not every number of JSON is one of JavaScript.
    body: JSON.stringify(completion('1', { tokens: { '1': -111, '0': -222 } }))
      .replaceAll('-111', String(one))
      .replaceAll('-222', String(zero))
  })
  it.each([
    ['1e300', '-1'],
    ['-1', '1e300'],
    ['1e999', '-1'],
    ['0.7', '-1'],
    ['"-1"', '-1']
  ])('of %s and %s are none: a structured answer is asked for', async (one, zero) => {
    server.answer(request =>
      request.path === '/models' || isOurs(request) || request.body.response_format
        ? undefined
        : withLogprobs(one, zero)
    )
    expect((await ask('isGood')).answer).toEqual({ probability: 1, evidence: 'structured-answer' })
  })
  it.each([
    ['-1e999', '-1', 0],
    ['null', '-1', 0],
    ['-0.0', '-800', 1],
    ['0.0000001', '-800', 1],
    ['-800', '-800', 0.5],
    ['-1e300', '-1', 0],
    ['-1e999', '-800', 0]
  ])('of %s and %s are what they say', async (one, zero, probability) => {
    server.answer(toRecords(withLogprobs(one, zero)))
    const { answer } = await ask('isGood')
    expect(answer).toMatchObject({ evidence: 'log-probabilities' })
    expect((answer as { probability: number }).probability).toBeCloseTo(probability)
  })
})

describe('a vector', () => {
  it('of another dimension, once, is an odd reply: asked again', async () => {
    let replies = 0
    server.answer(request =>
      request.path === '/embeddings' && !isOurs(request) && replies++ === 0 ? { body: vector(1, 2) } : undefined
    )
    expect(await endingOf('embed')).toBe('answer')
  })
  it('of another dimension for a record alone is no usable answer', async () => {
    server.answer(toRecords({ body: vector(1, 2) }))
    expect(await endingOf('embed')).toBe('unusable')
  })
  it('of another dimension for our own words too is another model: configuration', async () => {
    server.answer(({ path }) => (path === '/embeddings' ? { body: vector(1, 2) } : undefined))
    await expect(ask('embed')).rejects.toMatchObject({ kind: 'configuration' })
  })
  it.each([
    ['numbers beyond all', '[1e999,0,1]'],
    ['numbers whose squares are beyond all', '[1e300,0,1]'],
    ['texts', '["1","2","3"]'],
    ['base64', '"AACAPwAAAAAAAIA/"'],
    ['nothing', '[null,null,null]'],
    ['zeros', '[0,0,0]'],
    ['lists', `${'['.repeat(20_000)}${']'.repeat(20_000)}`]
  ])('of %s is no usable answer', async (_, embedding) => {
    server.answer(toRecords({ body: `{"data":[{"embedding":${embedding}}]}` }))
    expect(await endingOf('embed')).toBe('unusable')
  })
})

describe('a redirect', () => {
  let elsewhere: ScriptedServer
  beforeEach(async () => {
    elsewhere = await startScriptedServer()
  })
  afterEach(() => elsewhere.close())
  const cases = [301, 302, 303, 307, 308].flatMap(status => every.map(question => [status, question] as const))
  it.each(cases)('%i to another host (%s) is configuration, and nothing goes there', async (status, question) => {
    server.answer(({ path }) => ({ status, headers: { location: `${elsewhere.url}${path}` }, body: '' }))
    await expect(ask(question)).rejects.toMatchObject({
      kind: 'configuration',
      message: expect.stringContaining(new URL(elsewhere.url).host)
    })
    expect(elsewhere.received).toEqual([])
  })
  it('within the host is followed with its body', async () => {
    server.answer(({ path }) =>
      path.startsWith('/moved') || path === '/models'
        ? undefined
        : { status: 308, headers: { location: `/v1/moved${path}` }, body: '' }
    )
    expect(await endingOf('retell')).toBe('answer')
    expect(server.received.at(-1)).toMatchObject({
      path: '/moved/chat/completions',
      body: { messages: expect.any(Array) }
    })
  })
  it('in circles, or to nowhere, is configuration', async () => {
    for (const headers of [{ location: '/v1/chat/completions' }, { location: 'http://' }, {} as { location: string }]) {
      server.answer(toAll({ status: 307, headers, body: '' }))
      await expect(ask('retell')).rejects.toMatchObject({ kind: 'configuration' })
    }
  })
})

describe('a list of models', () => {
  const started = async (body: unknown): Promise<unknown> => {
    const odd = await startScriptedServer(({ path }) => (path === '/models' ? { body } : undefined))
    const { inference: fresh } = inferenceAt(odd.url)
    fresh.prepare(everyAsk, pipelineSecret)
    try {
      await fresh.identify()
      return 'started'
    } catch (error) {
      return (error as { kind?: string }).kind
    } finally {
      await fresh.close()
      await odd.close()
    }
  }
  it.each([-5, 0, 1.5, 1e300, '8192', null, [], {}])('with a context of %j says nothing of it', async length => {
    const [model] = oneModel.data
    expect(await started({ data: [{ ...model, max_model_len: length, meta: { n_ctx: length } }] })).toBe('started')
  })
  it('nested deeper than the stack is no list', async () => {
    expect(await started(`{"data":${deep(20_000)}}`)).toBe('configuration')
  })
})
