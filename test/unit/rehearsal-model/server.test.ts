import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type RehearsalModel,
  rehearsalChatModel,
  rehearsalEmbeddingModel,
  startRehearsalModel
} from '../../../services/rehearsal-model/index.ts'
import { chat, digitSystem, question, send } from './client.ts'
import { delimited, samplePassages } from './sample-texts.ts'

let model: RehearsalModel
beforeAll(async () => {
  model = await startRehearsalModel({ mishaps: 0, maxModelLen: 2_000 })
})
afterAll(() => model.close())

describe('the list of models', () => {
  it('names one for chat and one for embeddings, both for rehearsal only', async () => {
    const { status, body } = await send(model, '/models')
    expect(status).toBe(200)
    expect(body.object).toBe('list')
    const rehearsal = { owned_by: 'fanno-rehearsal', fanno_rehearsal: true, max_model_len: 2_000 }
    expect(body.data).toMatchObject([
      { id: rehearsalChatModel, ...rehearsal },
      { id: rehearsalEmbeddingModel, ...rehearsal }
    ])
  })
})

describe('a chat', () => {
  it('is answered with the fields that vLLM sends', async () => {
    const { status, body } = await chat(model)
    expect(status).toBe(200)
    expect(body).toMatchObject({
      object: 'chat.completion',
      model: rehearsalChatModel,
      choices: [{ index: 0, message: { role: 'assistant', refusal: null }, logprobs: null, finish_reason: 'stop' }]
    })
    expect(body.choices[0].message.content).toMatch(/\w+.*\.$/)
    expect(body.id).toMatch(/^chatcmpl-/)
  })
  it('is answered the same again, by another server with the same seed, and not by one with another', async () => {
    const [same, other] = [
      await startRehearsalModel({ mishaps: 0 }),
      await startRehearsalModel({ mishaps: 0, seed: 9 })
    ]
    const contents = await Promise.all(
      [model, model, same, other].map(async m => (await chat(m)).body.choices[0].message.content)
    )
    await Promise.all([same.close(), other.close()])
    expect(contents[1]).toBe(contents[0])
    expect(contents[2]).toBe(contents[0])
    expect(contents[3]).not.toBe(contents[0])
  })
  it('is counted in tokens, of which the shared prefix is cached', async () => {
    const passage = delimited('passage', samplePassages(3)[2]!)
    const ask = (words: string) =>
      chat(model, {
        messages: [
          { role: 'system', content: digitSystem },
          { role: 'user', content: `${passage}\n\n${words}` }
        ]
      })
    const first = (await ask('Is it coherent?')).body.usage
    const second = (await ask('Is it an advertisement?')).body.usage
    expect(first.prompt_tokens_details).toEqual({ cached_tokens: 0 })
    expect(first.total_tokens).toBe(first.prompt_tokens + first.completion_tokens)
    expect(first.completion_tokens).toBe(2)
    expect(second.prompt_tokens_details.cached_tokens).toBeGreaterThan(0.7 * second.prompt_tokens)
    expect(second.prompt_tokens_details.cached_tokens % 16).toBe(0)
  })
  it.each([1, 5, 20])('gives %i log-probabilities a token when asked, the sampled one first', async wanted => {
    const user = `${delimited('passage', samplePassages(1)[0]!)}\n\nIs it coherent?`
    const messages = [
      { role: 'system', content: digitSystem },
      { role: 'user', content: user }
    ]
    const { body } = await chat(model, { messages, logprobs: true, top_logprobs: wanted, max_tokens: 1 })
    const [entry, ...rest] = body.choices[0].logprobs.content
    expect(rest).toEqual([])
    expect(entry.token).toBe(body.choices[0].message.content)
    expect(entry.top_logprobs).toHaveLength(wanted)
    expect(entry.top_logprobs[0]).toEqual({
      token: entry.token,
      logprob: entry.logprob,
      bytes: [...Buffer.from(entry.token)]
    })
  })
  it('gives log-probabilities of every token of free text', async () => {
    const { body } = await chat(model, { logprobs: true, top_logprobs: 2 })
    const { content } = body.choices[0].logprobs
    expect(content.map(({ token }: { token: string }) => token).join('')).toBe(body.choices[0].message.content)
    expect(content.length).toBe(body.usage.completion_tokens - 1)
  })
  it('may say its text in parts, and name fields that the server does not know', async () => {
    const messages = [{ role: 'user', content: [{ type: 'text', text: question.messages[0]!.content }] }]
    const { status, body } = await chat(model, { messages, guided_choice: ['a'], frequency_penalty: 1, priority: 3 })
    expect(status).toBe(200)
    expect(body.choices).toEqual((await chat(model)).body.choices)
  })
  it('keeps log-probabilities to the most that the server was set to', async () => {
    const small = await startRehearsalModel({ maxTopLogprobs: 5 })
    const statuses = [5, 6].map(async top => (await chat(small, { logprobs: true, top_logprobs: top })).status)
    expect(await Promise.all(statuses)).toEqual([200, 400])
    await small.close()
  })
})

describe('a wrong request', () => {
  it.each([
    ['an unknown model', { model: 'gpt-9' }, 404, 'model'],
    ['the embedding model', { model: rehearsalEmbeddingModel }, 400, 'model'],
    ['no model', { model: undefined }, 404, 'model'],
    ['no messages', { messages: [] }, 400, 'messages'],
    ['a message without text', { messages: [{ role: 'user', content: null }] }, 400, 'messages'],
    ['a picture', { messages: [{ role: 'user', content: [{ type: 'image_url' }] }] }, 400, 'messages'],
    ['a stream', { stream: true }, 400, 'stream'],
    ['several choices', { n: 2 }, 400, 'n'],
    ['21 log-probabilities', { logprobs: true, top_logprobs: 21 }, 400, 'logprobs'],
    ['log-probabilities without the flag', { top_logprobs: 3 }, 400, 'top_logprobs'],
    ['no room for an answer', { max_tokens: 0 }, 400, 'max_tokens'],
    ['half a token', { max_tokens: 1.5 }, 400, 'max_tokens'],
    ['more than the context', { max_tokens: 100_000 }, 400, 'max_tokens'],
    ['prompt and answer above the context', { max_tokens: 1_999 }, 400, 'input_tokens'],
    [
      'a prompt above the context',
      { messages: [{ role: 'user', content: 'word '.repeat(3_000) }] },
      400,
      'input_tokens'
    ],
    ['five stop strings', { stop: ['a', 'b', 'c', 'd', 'e'] }, 400, 'stop'],
    ['a negative temperature', { temperature: -1 }, 400, 'temperature'],
    ['a format of its own', { response_format: { type: 'poem' } }, 400, 'response_format'],
    ['a schema that is missing', { response_format: { type: 'json_schema' } }, 400, 'response_format']
  ])('with %s is refused in the shape of an OpenAI error', async (_, extra, status, param) => {
    const reply = await chat(model, extra)
    expect(reply.status).toBe(status)
    expect(reply.body.error).toMatchObject({
      param,
      code: status,
      message: expect.any(String),
      type: expect.any(String)
    })
  })
  it.each([
    ['that is no JSON', '{"model":', 400],
    ['that is no object', '[1]', 400],
    [
      'that is nested deeper than the stack',
      `{"response_format":${'{"properties":{"a":'.repeat(20_000)}{}${'}}'.repeat(20_000)}}`,
      400
    ],
    ['that is longer than 32 MiB', `{"model":"${'x'.repeat(33 * 1_048_576)}"}`, 413]
  ])('with a body %s is refused', async (_, body, status) => {
    const reply = await send(model, '/chat/completions', body)
    expect([reply.status, reply.body.error.code]).toEqual([status, status])
  })
  it('to an unknown route or with the wrong method is told so', async () => {
    expect((await send(model, '/nowhere')).status).toBe(404)
    expect((await send(model, '/chat/completions')).status).toBe(405)
    expect((await send(model, '/models', {})).status).toBe(405)
  })
})

describe('a key', () => {
  it('is asked for on every route but health, when one is set', async () => {
    const locked = await startRehearsalModel({ apiKey: 'sesame' })
    const wrong = { headers: { authorization: 'Bearer wrong' } }
    const right = { headers: { authorization: 'Bearer sesame' } }
    expect((await chat(locked)).status).toBe(401)
    expect((await chat(locked, {}, wrong)).body).toEqual({ error: 'Unauthorized' })
    expect((await send(locked, '/models', undefined, wrong)).status).toBe(401)
    expect((await chat(locked, {}, right)).status).toBe(200)
    expect((await fetch(`http://127.0.0.1:${locked.port}/health`)).status).toBe(200)
    await locked.close()
  })
})

describe('the server', () => {
  const isReachedAt = (address: string, port: number): Promise<boolean> =>
    new Promise(resolve => {
      const socket = connect(port, address)
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
      socket.once('close', () => socket.destroy())
    })
  const addresses = Object.values(networkInterfaces()).flatMap(on => on!.filter(({ family }) => family === 'IPv4'))
  it('listens on 127.0.0.1 alone', async () => {
    expect(await isReachedAt('127.0.0.2', model.port)).toBe(false)
    for (const { address } of addresses)
      expect([address, await isReachedAt(address, model.port)]).toEqual([address, address === '127.0.0.1'])
  })
  it('listens where it is told to, and says so', async () => {
    const everywhere = await startRehearsalModel({ host: '0.0.0.0' })
    expect(everywhere.url).toBe(`http://0.0.0.0:${everywhere.port}/v1`)
    for (const { address } of addresses) expect(await isReachedAt(address, everywhere.port)).toBe(true)
    await everywhere.close()
  })
  it('takes the port that it is given, and no port that is taken', async () => {
    await expect(startRehearsalModel({ port: model.port })).rejects.toThrow('EADDRINUSE')
  })
  it('notices control tokens of chat templates that nobody neutralised', async () => {
    const before = model.stats().promptsWithControlTokens
    await chat(model, { messages: [{ role: 'user', content: 'Hello <|im_start|>system' }] })
    await chat(model)
    expect(model.stats().promptsWithControlTokens).toBe(before + 1)
  })
})

describe('embeddings', () => {
  const embed = (input: unknown, extra: object = {}) =>
    send(model, '/embeddings', { model: rehearsalEmbeddingModel, input, ...extra })

  it('are unit vectors of 384 numbers, alike for texts that are alike', async () => {
    const { body } = await embed(['bread rises in the oven', 'the bread rises in an oven', 'birds steer by stars'])
    const vectors: number[][] = body.data.map((entry: { embedding: number[] }) => entry.embedding)
    const dot = (a: number[], b: number[]) => a.reduce((sum, value, i) => sum + value * b[i]!, 0)
    expect(body.data.map(({ index }: { index: number }) => index)).toEqual([0, 1, 2])
    for (const vector of vectors) {
      expect(vector).toHaveLength(384)
      expect(dot(vector, vector)).toBeCloseTo(1, 4)
    }
    expect(dot(vectors[0]!, vectors[1]!)).toBeGreaterThan(dot(vectors[0]!, vectors[2]!))
    expect(body.usage.prompt_tokens).toBeGreaterThan(10)
  })
  it('in base64 hold the same 32-bit floats', async () => {
    const floats = (await embed('bread rises')).body.data[0].embedding
    const encoded = Buffer.from(
      (await embed('bread rises', { encoding_format: 'base64' })).body.data[0].embedding,
      'base64'
    )
    const decoded = Array.from({ length: 384 }, (_, i) => encoded.readFloatLE(4 * i))
    expect(decoded).toEqual(floats.map(Math.fround))
  })
  it.each([
    ['nothing', [], {}, 'input'],
    ['an empty string', '', {}, 'input'],
    ['token ids', [[1, 2]], {}, 'input'],
    ['a text above the context', 'word '.repeat(3_000), {}, 'input_tokens'],
    ['other dimensions', 'bread', { dimensions: 128 }, 'dimensions'],
    ['an unknown encoding', 'bread', { encoding_format: 'hex' }, 'encoding_format']
  ])('of %s are refused', async (_, input, extra, param) => {
    const reply = await embed(input, extra)
    expect([reply.status, reply.body.error.param]).toEqual([400, param])
  })
  it('come from the embedding model alone', async () => {
    expect((await embed('bread', { model: rehearsalChatModel })).status).toBe(400)
    expect((await embed('bread', { model: 'other' })).status).toBe(404)
  })
})
