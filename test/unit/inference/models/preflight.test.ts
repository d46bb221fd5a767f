import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { InferenceOptions, InferenceService } from '../../../../engine/inference/inference.ts'
import {
  aPassage,
  askContext,
  embed,
  everyAsk,
  inferenceAt,
  isGood,
  pipelineSecret,
  retell
} from '../../../support/records/questions.ts'
import { modelLists, refusals, transformersWithout } from '../../../support/records/recorded-replies.ts'
import {
  completion,
  goodModel,
  oneModel,
  type Script,
  type ScriptedServer,
  startScriptedServer,
  vector
} from '../../../support/scripted-server.ts'

let server: ScriptedServer
const opened: InferenceService[] = []

beforeEach(async () => {
  server = await startScriptedServer()
})
afterEach(async () => {
  await Promise.all(opened.splice(0).map(inference => inference.close()))
  await server.close()
})

const open = (more?: Partial<InferenceOptions>, urls: string | string[] = server.url) => {
  const made = inferenceAt(urls, more)
  opened.push(made.inference)
  return made
}
/** Prepared and identified. */
const ready = async (asks = everyAsk, more?: Partial<InferenceOptions>) => {
  const made = open(more)
  made.inference.prepare(asks, pipelineSecret)
  await made.inference.identify()
  return made
}
const alias = (more: object = {}) => ({ baseUrls: [server.url], maxInFlight: 8, deadlineMs: 5_000, ...more })
const chats = () => server.asked('/chat/completions')
const list =
  (...models: object[]): Script =>
  request =>
    request.path === '/models' ? { body: { data: models } } : undefined

describe('a model is identified', () => {
  it('as the one the endpoint lists', async () => {
    const { inference } = await ready()
    expect(inference.model('teacher')).toEqual({ alias: 'teacher', model: 'tiny', rehearsal: false })
  })
  it.each(['vllm', 'llama'] as const)('in the list of %s', async name => {
    server.answer(request => (request.path === '/models' ? { body: modelLists[name] } : undefined))
    const { inference } = open()
    await inference.identify()
    expect(inference.model('teacher').model).toBe('tiny')
  })
  it('by its name: chat models answer, embedders embed', async () => {
    server.answer(list({ id: 'BAAI/bge-small-en' }, { id: 'Qwen/Qwen3-8B' }))
    const { inference } = open()
    await inference.identify()
    expect(inference.model('teacher').model).toBe('Qwen/Qwen3-8B')
    expect(inference.model('embedder').model).toBe('BAAI/bge-small-en')
  })
  it('by trying, where no name says that it embeds', async () => {
    server.answer(request => {
      if (request.path === '/models') return { body: { data: [{ id: 'one' }, { id: 'two' }] } }
      if (request.path === '/embeddings' && request.body.model === 'one') return refusals.vllmNoRoute
      return undefined
    })
    const { inference } = open()
    await inference.identify()
    expect(inference.model('embedder').model).toBe('two')
  })
  it('as the user named it, wherever it stands in the list', async () => {
    server.answer(list({ id: 'one' }, { id: 'two' }))
    const { inference } = open({ aliases: { teacher: alias({ model: 'two' }) } })
    await inference.identify()
    expect(inference.model('teacher').model).toBe('two')
  })
  it('as one for rehearsal, when its server says so', async () => {
    server.answer(list({ id: 'fanno-rehearsal-chat', fanno_rehearsal: true, owned_by: 'fanno-rehearsal' }))
    const { inference } = open({ aliases: { teacher: alias() } })
    await inference.identify()
    expect(inference.model('teacher').rehearsal).toBe(true)
  })
  it('as soon as its endpoint answers, which it says it waits for', async () => {
    let asked = 0
    server.answer(({ path }) => (path === '/models' && ++asked <= 6 ? { instead: 'reset' } : undefined))
    const { notices } = await ready()
    expect(notices[0]).toContain(`${server.url} cannot be reached`)
    expect(notices[0]).toContain('waiting for it')
  })
  it('no more once it is withdrawn', async () => {
    server.answer(() => ({ instead: 'reset' }))
    const { inference } = open()
    const withdrawal = new AbortController()
    const running = inference.identify(withdrawal.signal)
    setTimeout(() => withdrawal.abort(), 20)
    await expect(running).rejects.toMatchObject({ kind: 'shutdown' })
  })
})

describe('a configuration is refused', () => {
  const refusal = async (made = open()) => {
    made.inference.prepare(everyAsk, pipelineSecret)
    return made.inference.identify().then(
      () => expect.fail('accepted'),
      error => `${error.kind}: ${error.message} ${error.remedy}`
    )
  }
  it('for a wrong key, naming where to set it', async () => {
    server.answer(() => refusals.llamaWrongKey)
    expect(await refusal()).toMatch(/configuration: .*rejects the API key.*OPENAI_API_KEY/)
  })
  it('for a model that is not listed, naming those that are', async () => {
    expect(await refusal(open({ aliases: { teacher: alias({ model: 'nonesuch' }) } }))).toMatch(
      /no model nonesuch\. It lists: tiny\. Set FANNO_TEACHER_MODEL/
    )
  })
  it('for an empty list', async () => {
    server.answer(list())
    expect(await refusal()).toMatch(/lists no model/)
  })
  it.each([
    ['a web page', { body: '<!doctype html><p>It works!' }],
    ['something else', { body: { hello: 'world' } }],
    ['404', refusals.vllmNoRoute]
  ])('for %s in place of a list of models, pointing at the base URL', async (_, reply) => {
    server.answer(() => reply)
    expect(await refusal()).toMatch(/configuration: .*base URL.*\/v1/)
  })
  it.each([
    ['vLLM', refusals.vllmNoRoute],
    ['llama-server', refusals.llamaNoEmbeddings]
  ])('when %s gives no embeddings, naming the two ways out', async (_, reply) => {
    server.answer(({ path }) => (path === '/embeddings' ? reply : undefined))
    expect(await refusal()).toMatch(/FANNO_EMBEDDER_BASE_URL.*FANNO_EMBEDDER=builtin/)
  })
  it('when no chat is answered', async () => {
    server.answer(({ path }) => (path === '/chat/completions' ? refusals.vllmNoRoute : undefined))
    expect(await refusal()).toMatch(/configuration/)
  })
  it('when a prompt allows longer completions than the model takes', async () => {
    server.answer(list({ id: 'tiny', max_model_len: 150 }))
    expect(await refusal()).toMatch(/retell allows completions of 200 tokens; tiny takes 150 .*max_tokens/)
  })
  it('for an alias that nobody configured', async () => {
    expect(await refusal(open({ aliases: { embedder: alias({ embeds: true }) } }))).toMatch(
      /no model for the alias teacher/
    )
  })
  it('for a base URL that holds a password', () => {
    const aliases = { teacher: alias({ baseUrls: ['http://ann:secret@127.0.0.1/v1'] }) }
    expect(() => open({ aliases })).toThrow(/contains a user or a password/)
    expect(() => open({ aliases })).not.toThrow(/secret/)
  })
})

describe('the preflight', () => {
  it('is over before the first record, and carries none', async () => {
    await ready()
    expect(server.received.length).toBeGreaterThan(2)
    for (const { headers } of server.received) expect(headers['x-fanno-record']).toBeUndefined()
  })
  it('happens once, however many records come first', async () => {
    const { inference } = open()
    inference.prepare([isGood], pipelineSecret)
    await inference.identify()
    const before = server.received.length
    await Promise.all(
      Array.from({ length: 10 }, (_, i) => inference.answer(isGood, aPassage(), askContext({ record: `r${i}` })))
    )
    expect(server.received.length).toBe(before + 10)
  })
  it('happens before the first record where asks were prepared late', async () => {
    const { inference } = open()
    await inference.identify()
    inference.prepare([isGood], pipelineSecret)
    await Promise.all(
      Array.from({ length: 5 }, (_, i) => inference.answer(isGood, aPassage(), askContext({ record: `r${i}` })))
    )
    expect(chats()).toHaveLength(5)
    expect(server.received.findIndex(({ headers }) => headers['x-fanno-stage'] === 'preflight')).toBeLessThan(
      server.received.findIndex(({ headers }) => headers['x-fanno-record'] !== undefined)
    )
  })
  it('finds a chat template that refuses the system role: its text goes before the user’s', async () => {
    server.answer(({ body }) =>
      body?.messages?.some(({ role }: { role: string }) => role === 'system')
        ? { status: 400, body: { error: { message: 'System role not supported' } } }
        : undefined
    )
    const { inference, notices } = await ready()
    await inference.answer(isGood, aPassage(), askContext())
    expect(chats()[0]!.body.messages).toEqual([
      { role: 'user', content: expect.stringMatching(/^Answer with one digit\.\n\n<passage id=/) }
    ])
    expect(notices).toEqual([expect.stringContaining('does not support the system role')])
  })
  it('finds that log-probabilities are ignored with status 200, says so once, and asks for JSON instead', async () => {
    server.answer(request => {
      if (request.path !== '/chat/completions') return undefined
      return request.body.response_format ? goodModel(request) : { body: transformersWithout }
    })
    const { inference, notices } = await ready()
    const { answer } = await inference.answer(isGood, aPassage(), askContext())
    expect(answer).toEqual({ probability: 1, evidence: 'structured-answer' })
    expect(chats()).toHaveLength(1)
    expect(notices).toEqual([expect.stringMatching(/no log-probabilities.*structured answers/)])
  })
  it('finds that nothing but text is to be had, and rests on the bare digit', async () => {
    server.answer(({ path }) => (path === '/chat/completions' ? { body: completion('1') } : undefined))
    const { inference, notices } = await ready()
    const { answer } = await inference.answer(isGood, aPassage(), askContext())
    expect(answer).toEqual({ probability: 1, evidence: 'structured-answer' })
    expect(chats()[0]!.body).not.toHaveProperty('logprobs')
    expect(notices).toEqual([expect.stringContaining('bare digits')])
  })
  it('says what concerns several aliases of one server once', async () => {
    server.answer(({ body }) => (body?.messages ? { body: transformersWithout } : undefined))
    const aliases = { teacher: alias(), judge: alias({ apiKey: 'sk-own' }) }
    const { notices } = await ready([isGood, { ...isGood, model: 'judge' } as typeof isGood], { aliases })
    expect(notices).toEqual([expect.stringContaining('no log-probabilities')])
  })
  it('takes a list of one, the token itself, for no log-probabilities', async () => {
    server.answer(({ body }) => (body?.logprobs ? { body: completion('1', { tokens: { '1': -0.1 } }) } : undefined))
    const { inference } = await ready()
    const { answer } = await inference.answer(isGood, aPassage(), askContext())
    expect(answer).toMatchObject({ evidence: 'structured-answer' })
  })
  it('asks for fewer log-probabilities where 20 are refused', async () => {
    server.answer(({ body }) => (body?.top_logprobs > 5 ? refusals.vllmTooManyLogprobs : undefined))
    const { inference } = await ready()
    const { answer } = await inference.answer(isGood, aPassage(), askContext())
    expect(answer).toMatchObject({ evidence: 'log-probabilities' })
    expect(chats()[0]!.body.top_logprobs).toBe(5)
  })
  it('waits for a server that is busy, and takes that for no answer', async () => {
    let asked = 0
    server.answer(({ path }) =>
      path === '/chat/completions' && ++asked <= 3 ? { status: 503, body: { error: 'busy' } } : undefined
    )
    const { notices } = await ready()
    expect(notices).toEqual([])
  })
})

describe('what an ask is described by', () => {
  it('is all that shapes content', async () => {
    const { inference } = await ready()
    expect(inference.describe(retell)).toEqual({
      model: 'tiny',
      promptId: 'retell',
      promptHash: expect.stringMatching(/^[0-9a-f]{32}$/),
      temperature: 0.7,
      topP: 0.9,
      maxTokens: 200,
      extraBody: ''
    })
    expect(inference.describe(embed)).toEqual({ model: 'tiny', extraBody: '' })
  })
  it('holds the further fields in one order, and they are sent', async () => {
    const one = { top_k: 5, chat_template_kwargs: { b: 1, a: [{ d: 1, c: 2 }] } }
    const other = { chat_template_kwargs: { a: [{ c: 2, d: 1 }], b: 1 }, top_k: 5 }
    const described = []
    for (const extraBody of [one, other]) {
      const { inference } = await ready([isGood], { aliases: { teacher: alias({ extraBody }) } })
      described.push(inference.describe(isGood).extraBody)
    }
    expect(described[0]).toBe(described[1])
    const inference = opened.at(-1)!
    await inference.answer(isGood, aPassage(), askContext())
    expect(chats()[0]!.body).toMatchObject(other)
  })
})

describe('the built-in embedder', () => {
  it('needs no endpoint', async () => {
    const { inference } = await ready([isGood, embed], {
      aliases: { teacher: alias(), embedder: { builtin: 'lexical', model: 'fanno-lexical-v1' } }
    })
    const { answer } = await inference.answer(embed, { text: 'The tide comes in.' }, askContext())
    expect(answer).toMatchObject({ embedder: 'fanno-lexical-v1' })
    expect(inference.model('embedder')).toEqual({ alias: 'embedder', model: 'fanno-lexical-v1', rehearsal: false })
    expect(server.asked('/embeddings')).toEqual([])
  })
})

describe('aliases', () => {
  it('for one model at one endpoint share a budget; embeddings have their own', async () => {
    const { inference } = open({
      aliases: {
        teacher: alias({ maxInFlight: 1 }),
        judge: alias({ maxInFlight: 1 }),
        embedder: alias({ maxInFlight: 1, embeds: true })
      }
    })
    const ask = (demand: Record<string, number>) =>
      inference.admit(demand, { depth: 0, order: 0 }, AbortSignal.timeout(30)).then(
        () => 'admitted',
        () => 'waits'
      )
    expect(await ask({ teacher: 1 })).toBe('admitted')
    expect(await ask({ judge: 1 })).toBe('waits')
    expect(await ask({ embedder: 1 })).toBe('admitted')
    expect(await ask({ cpu: 1 })).toBe('admitted')
  })
  it('with keys of their own send their own', async () => {
    const aliases = { teacher: alias({ apiKey: 'sk-one' }), judge: alias({ apiKey: 'sk-two' }) }
    const { inference } = open({ aliases })
    await inference.identify()
    expect(server.received.map(({ headers }) => headers.authorization)).toEqual(['Bearer sk-one', 'Bearer sk-two'])
  })
})

describe('secrets', () => {
  it('are in no error and no notice, whatever a server repeats', async () => {
    const apiKey = 'sk-planted-canary'
    const said: string[] = []
    const replies = [401, 404, 400, 500].map(status => ({ status, body: { error: `your key is ${apiKey}` } }))
    for (const reply of replies) {
      let failures = 0
      server.answer(({ path, headers }) => {
        if (path === '/models' && failures === 0) return { body: oneModel }
        if (headers['x-fanno-record'] === undefined) return undefined
        return reply.status === 500 && ++failures > 4 ? { body: completion('1') } : reply
      })
      const { inference, notices } = await ready([isGood], { aliases: { teacher: alias({ apiKey }) } })
      const error = await inference.answer(isGood, aPassage(), askContext()).catch(thrown => thrown)
      said.push(
        ...notices,
        error.message,
        error.stack,
        error.remedy,
        error.evidence,
        String(error.cause),
        JSON.stringify(error)
      )
      expect(said.length).toBeGreaterThan(0)
    }
    expect(said.join('\n')).toContain('your key is …')
    expect(said.join('\n')).not.toContain(apiKey)
    expect(said.join('\n')).not.toContain('the secret of the pipeline')
  })
})

describe('a vector', () => {
  it('is fetched from whichever replica is there', async () => {
    const other = await startScriptedServer(({ path }) =>
      path === '/embeddings' ? { body: vector(3, 0, -4) } : undefined
    )
    const { inference } = open({}, [server.url, other.url])
    inference.prepare([embed], pipelineSecret)
    await inference.identify()
    await server.close()
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, i) => inference.answer(embed, { text: 'x' }, askContext({ record: `r${i}` })))
    )
    expect(answers).toHaveLength(6)
    expect(inference.paused()).toBeUndefined()
    await other.close()
  })

  it.each([
    ['a batch that is too small', refusals.llamaSmallBatch],
    ['a context that is too short', refusals.vllmOverflow]
  ])('of a text too long for its server (%s) is made from the beginning of the text', async (_, refusal) => {
    server.answer(({ path, body }) => (path === '/embeddings' && body.input[0].length > 900 ? refusal : undefined))
    const { inference, notices } = await ready([embed])
    const text = `${'word '.repeat(400)}end`
    for (const record of ['one', 'two']) {
      const { answer } = await inference.answer(embed, { text }, askContext({ record }))
      expect(answer).toMatchObject({ embedder: 'tiny' })
    }
    const inputs = server.asked('/embeddings').map(({ body }) => body.input[0] as string)
    expect(inputs.map(input => input.length)).toEqual([2_003, 1_001, 500, 2_003, 1_001, 500])
    expect(inputs.every(input => text.startsWith(input))).toBe(true)
    expect(notices.filter(notice => notice.includes('embedded by their beginning'))).toHaveLength(1)
  })

  it('of a short text that its server calls too long is not tried again', async () => {
    server.answer(({ path, headers }) =>
      path === '/embeddings' && headers['x-fanno-record'] !== undefined ? refusals.vllmOverflow : undefined
    )
    const { inference } = await ready([embed])
    const failed = inference.answer(embed, { text: 'a short text' }, askContext())
    await expect(failed).rejects.toMatchObject({ kind: 'record-terminal' })
    expect(server.asked('/embeddings')).toHaveLength(1)
  })
})
