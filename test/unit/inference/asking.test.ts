import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AnyAsk, Embedding, Grade, YesNo } from '../../../engine/declare/index.ts'
import { UnusableAnswer } from '../../../engine/inference/errors.ts'
import type { InferenceService } from '../../../engine/inference/inference.ts'
import type { Answered, AskContext } from '../../../engine/inference/port.ts'
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
} from '../../support/records/questions.ts'
import { refusals } from '../../support/records/recorded-replies.ts'
import {
  completion,
  type ReceivedRequest,
  type ScriptedReply,
  type ScriptedServer,
  startScriptedServer,
  vector
} from '../../support/scripted-server.ts'

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

/** Scripts what records see; preflight and proofs see a good model. */
const script = (reply: (request: ReceivedRequest, ask: number) => ScriptedReply | undefined) =>
  server.answer(request => {
    const ask = Number(request.headers['x-fanno-ask'])
    return ask > 0 ? reply(request, ask) : undefined
  })
const ask = (question: AnyAsk, more?: Partial<AskContext>): Promise<Answered> =>
  inference.answer(question, question === embed ? { text: 'The tide.' } : aPassage(), askContext(more))
const unusable = async (question: AnyAsk): Promise<UnusableAnswer> => {
  const error = await ask(question).then(
    () => expect.fail('answered'),
    (thrown: unknown) => thrown
  )
  expect(error).toBeInstanceOf(UnusableAnswer)
  return error as UnusableAnswer
}
const chats = () => server.asked('/chat/completions')

describe('a request', () => {
  it('says where it comes from', async () => {
    await ask(isGood)
    expect(chats()[0]!.headers).toMatchObject({
      'x-fanno-stage': 'screen-passage',
      'x-fanno-record': 'r1',
      'x-fanno-prompt': 'is-good',
      'x-fanno-ask': '1',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    })
  })
  it('always names temperature, nucleus and length, as the prompt file has them', async () => {
    await ask(retell)
    await ask(isGood)
    expect(chats().map(({ body }) => [body.temperature, body.top_p, body.max_tokens])).toEqual([
      [0.7, 0.9, 200],
      [0, 1, expect.any(Number)]
    ])
  })
  it('puts the same question about the same record with the same seed, and about another with another', async () => {
    await ask(isGood)
    await ask(isGood)
    await ask(isGood, { record: 'r2' })
    const [one, again, other] = chats().map(({ body }) => body.seed)
    expect(again).toBe(one)
    expect(other).not.toBe(one)
  })
  it('shows the same delimiters in two questions about one passage', async () => {
    await ask(isGood)
    await ask(retell)
    const [one, other] = chats().map(({ body }) => /<passage id="[0-9a-f]+">/.exec(body.messages.at(-1).content)![0])
    expect(one).toBe(other)
  })
  it('for an embedding asks for floats', async () => {
    await ask(embed)
    expect(server.asked('/embeddings')[0]!.body).toMatchObject({ encoding_format: 'float', input: ['The tide.'] })
  })
})

describe('a yes-no question', () => {
  it('is answered from log-probabilities', async () => {
    script(() => ({ body: completion('1', { tokens: { '1': Math.log(0.6), '0': Math.log(0.2), Yes: -4 } }) }))
    const { answer, calls } = await ask(isGood)
    expect((answer as YesNo).probability).toBeCloseTo(0.75)
    expect((answer as YesNo).evidence).toBe('log-probabilities')
    expect(calls).toEqual([
      expect.objectContaining({
        ask: 'quality',
        model: 'tiny',
        promptId: 'is-good',
        promptTokens: 11,
        completionTokens: 3,
        asks: 1
      })
    ])
  })
  it('without a digit is asked once more with another seed, then in JSON', async () => {
    script(({ body }) => ({
      body: body.response_format ? completion('{"answer":0}') : completion('Well', { tokens: { Well: -0.1, So: -3 } })
    }))
    const { answer, calls } = await ask(isGood)
    expect(answer).toEqual({ probability: 0, evidence: 'structured-answer' })
    expect(calls[0]).toMatchObject({ asks: 3, promptTokens: 33, completionTokens: 9 })
    expect(chats().map(({ headers }) => headers['x-fanno-ask'])).toEqual(['1', '2', '3'])
    expect(new Set(chats().map(({ body }) => body.seed)).size).toBe(3)
    expect(chats().map(({ body }) => body.response_format !== undefined)).toEqual([false, false, true])
  })
  it.each([
    ['prose', { body: completion('I would rather not.') }],
    ['JSON of another shape', { body: completion('{"unexpected":["shape"]}') }],
    ['white space', { body: completion('\n  '.repeat(64), { finishReason: 'length' }) }],
    ['no choice at all', { body: { choices: [] } }]
  ])('that is met with %s every time has no usable answer, with evidence and cost', async (_, reply) => {
    script(() => reply)
    const { calls, message } = await unusable(isGood)
    expect(message).toContain('0 or 1')
    expect(calls).toEqual([expect.objectContaining({ asks: 3 })])
    expect(chats()).toHaveLength(3)
  })
  it('keeps what the model said as evidence', async () => {
    script(() => ({ body: completion('I would rather not.') }))
    expect((await unusable(isGood)).evidence).toBe('I would rather not.')
  })
})

describe('a grade', () => {
  it('is the expectation over five digits', async () => {
    script(() => ({
      body: completion('5', { tokens: { '5': Math.log(0.5), '4': Math.log(0.5), '1': -99, '2': -99, '3': -99 } })
    }))
    const { expectation, probabilities } = (await ask(mark)).answer as Grade
    expect(expectation).toBeCloseTo(4.5)
    expect(probabilities).toHaveLength(5)
  })
  it('falls back on the digit', async () => {
    script(({ body }) => ({ body: body.response_format ? completion('{"answer": 3}') : completion('three') }))
    expect((await ask(mark)).answer).toEqual({
      expectation: 3,
      probabilities: [0, 0, 1, 0, 0],
      evidence: 'structured-answer'
    })
  })
})

describe('a text', () => {
  it('comes with tokens and finish reason, for the stage to judge', async () => {
    script(() => ({ body: completion('Twice a day', { finishReason: 'length' }) }))
    expect((await ask(retell)).answer).toMatchObject({ text: 'Twice a day', finishReason: 'length' })
  })
  it('that is empty is asked for once more, with another seed', async () => {
    script((_, number) => ({ body: completion(number === 1 ? '  \n' : 'Twice a day') }))
    const { answer, calls } = await ask(retell)
    expect(answer).toMatchObject({ text: 'Twice a day' })
    expect(calls[0]).toMatchObject({ asks: 2, completionTokens: 6 })
    expect(chats()[0]!.body.seed).not.toBe(chats()[1]!.body.seed)
  })
  it('that stays empty is unusable', async () => {
    script(() => ({ body: completion('') }))
    expect((await unusable(retell)).calls[0]).toMatchObject({ asks: 2 })
  })
  it('that the server breaks off (abort) is fetched again: a retry, not a re-ask', async () => {
    let replies = 0
    script(() => ({ body: completion('Twice', { finishReason: ++replies === 1 ? 'abort' : 'stop' }) }))
    expect((await ask(retell)).calls[0]).toMatchObject({ asks: 1 })
    expect(chats().map(({ headers }) => headers['x-fanno-ask'])).toEqual(['1', '1'])
  })
})

describe('an embedding', () => {
  it('is of unit length, and names its embedder', async () => {
    const { answer, calls } = await ask(embed)
    const { values, scale, embedder } = answer as Embedding
    expect(embedder).toBe('tiny')
    expect([...values].map(value => value * scale)).toEqual([expect.closeTo(0.6, 2), 0, expect.closeTo(-0.8, 2)])
    expect(calls).toEqual([expect.objectContaining({ promptId: '', promptTokens: 5, completionTokens: 0, asks: 1 })])
  })
  it.each([
    ['no vector', { data: [] }],
    ['base64', { data: [{ embedding: 'AACAPwAAAAAAAIC/' }] }],
    ['zeros', vector(0, 0, 0)]
  ])('that is %s is asked for once more, then unusable', async (_, body) => {
    script(() => ({ body }))
    expect((await unusable(embed)).calls[0]).toMatchObject({ asks: 2 })
  })
  it('of another dimension than before is another model: configuration', async () => {
    server.answer(({ path }) => (path === '/embeddings' ? { body: vector(1, 2) } : undefined))
    await expect(ask(embed)).rejects.toMatchObject({
      kind: 'configuration',
      message: expect.stringContaining('2 comp')
    })
  })
})

describe('a failure', () => {
  it('of the context is the end of the record, at once', async () => {
    script(() => refusals.vllmOverflow)
    await expect(ask(isGood)).rejects.toMatchObject({ kind: 'record-terminal' })
    expect(chats()).toHaveLength(1)
  })
  it('of the key halts', async () => {
    server.answer(({ path }) => (path === '/models' ? undefined : refusals.vllmWrongKey))
    await expect(ask(isGood)).rejects.toMatchObject({ kind: 'configuration', status: 401 })
  })
  it.each([
    ['503', { status: 503, body: {} }],
    ['429 with Retry-After', { status: 429, headers: { 'retry-after': '0' }, body: {} }],
    ['500', { status: 500, body: {} }],
    ['a reset', { instead: 'reset' as const }],
    ['a cut body', { instead: 'cut' as const, body: completion('1') }],
    ['a web page', { body: '<html>' }]
  ])('such as %s is not seen above: the call is made again', async (_, reply) => {
    let replies = 0
    script(() => (++replies <= 2 ? reply : undefined))
    expect((await ask(isGood)).calls[0]).toMatchObject({ asks: 1 })
    expect(chats()).toHaveLength(3)
  })
  it('of one wedged request does not stop the others', async () => {
    script(({ headers }) => (headers['x-fanno-record'] === 'wedged' ? { instead: 'hang' } : undefined))
    const withdrawal = new AbortController()
    const wedged = ask(isGood, { record: 'wedged', signal: withdrawal.signal })
    wedged.catch(() => {})
    await Promise.all(Array.from({ length: 50 }, (_, i) => ask(isGood, { record: `r${i}` })))
    withdrawal.abort()
    await expect(wedged).rejects.toMatchObject({ kind: 'shutdown' })
  })
})

describe('usage', () => {
  it('is counted by stage, unusable answers included', async () => {
    await ask(isGood)
    await ask(embed, { stage: 'diversify-passage' })
    script(() => ({ body: completion('') }))
    await unusable(retell)
    expect(inference.usage('screen-passage')).toEqual({ calls: 3, promptTokens: 33, completionTokens: 9 })
    expect(inference.usage('diversify-passage')).toEqual({ calls: 1, promptTokens: 5, completionTokens: 0 })
    expect(inference.usage('judge-response')).toEqual({ calls: 0, promptTokens: 0, completionTokens: 0 })
  })
})
