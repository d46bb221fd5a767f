import { inspect } from 'node:util'
import { afterEach, expect, it } from 'vitest'
import { createInference, type InferenceService } from '../../../engine/inference/inference.ts'
import { requestNames } from '../../../services/topics.ts'
import { aPassage, askContext, embed, everyAsk, isGood, quickTiming, retell } from '../../support/records/questions.ts'
import { type ScriptedReply, type ScriptedServer, startScriptedServer } from '../../support/scripted-server.ts'

const key = 'sk-canary-4f1c9a7e20b8'
const secret = 'canary-secret-of-the-pipeline'

let server: ScriptedServer
let inference: InferenceService
const notices: string[] = []

afterEach(async () => {
  await inference.close()
  await server.close()
  notices.length = 0
})

async function start(apiKey = key): Promise<void> {
  server = await startScriptedServer()
  const alias = { baseUrls: [server.url], apiKey, maxInFlight: 4, deadlineMs: 300 }
  inference = createInference({
    ...requestNames,
    aliases: { teacher: alias, embedder: { ...alias, embeds: true } },
    promptFiles: new Map(),
    notice: text => notices.push(text),
    workerThreads: 1,
    timing: quickTiming
  })
}

/** All that could be printed of a value: own fields, causes, stacks, hidden ones too. */
const printed = (value: unknown): string => inspect(value, { depth: 12, showHidden: true, maxStringLength: null })

/** What a server may say that was given the key: it repeats the header that it did not like. */
const repeating = (more: ScriptedReply): ScriptedReply => ({
  body: {
    error: { message: `Incorrect API key provided: ${key}. Header was "Bearer ${key}".`, param: key, code: key }
  },
  ...more
})

const replies: [string, ScriptedReply][] = [
  ...[400, 401, 402, 403, 404, 413, 422].map((status): [string, ScriptedReply] => [
    `a ${status} that repeats it`,
    repeating({ status })
  ]),
  ['a 401 that is a page', { status: 401, body: `<p>${key}</p>` }],
  ['a header that repeats it', { status: 403, headers: { 'www-authenticate': `Bearer ${key}` }, body: {} }],
  ['a completion without a choice', { body: { choices: [], echo: key } }],
  ['a completion that repeats it', { body: { choices: [{ message: { content: `I know ${key}` } }] } }]
]

it.each(replies)('no error, evidence or notice holds the key after %s', async (_, reply) => {
  await start()
  inference.prepare(everyAsk, secret)
  await inference.identify()
  server.answer(({ headers }) => (headers['x-fanno-record'] ? reply : undefined))
  const asked = [
    inference.answer(isGood, aPassage(), askContext()),
    inference.answer(embed, { text: 'The tide.' }, askContext())
  ]
  for (const outcome of await Promise.allSettled(asked)) {
    const told = outcome.status === 'rejected' ? outcome.reason : outcome.value
    expect(printed(told)).not.toContain(key)
    expect(printed(told)).not.toContain(secret)
  }
  expect(server.received.some(({ headers }) => headers.authorization === `Bearer ${key}`)).toBe(true)
  expect(printed(server.received.map(({ body }) => body))).not.toContain(secret)
  expect(notices.join()).not.toContain(key)
})

it('no notice of an outage holds the key', async () => {
  await start()
  inference.prepare(everyAsk, secret)
  await inference.identify()
  server.answer(() => repeating({ status: 500 }))
  const withdrawal = new AbortController()
  const asked = inference.answer(isGood, aPassage(), askContext({ signal: withdrawal.signal }))
  asked.catch(() => {})
  while (notices.length === 0) await new Promise(resolve => setImmediate(resolve))
  const why = inference.paused()
  withdrawal.abort()
  await expect(asked).rejects.toMatchObject({ kind: 'shutdown' })
  expect(printed(await asked.catch((error: unknown) => error))).not.toContain(key)
  expect(notices[0]).toContain('waiting for it')
  expect([...notices, why].join()).not.toContain(key)
})

it('no refusal at the preflight holds the key', async () => {
  await start()
  inference.prepare(everyAsk, secret)
  server.answer(() => repeating({ status: 401 }))
  const error = await inference.identify().catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ kind: 'configuration', status: 401 })
  expect(printed(error)).not.toContain(key)
})

it('no list of models that is refused holds the key', async () => {
  await start()
  server.answer(() => ({ body: { error: key } }))
  const error = await inference.identify().catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ kind: 'configuration' })
  expect(printed(error)).not.toContain(key)
})

it('no description of an ask holds the key, nor does what is known of a model', async () => {
  await start()
  inference.prepare(everyAsk, secret)
  await inference.identify()
  expect(printed([...everyAsk.map(ask => inference.describe(ask)), inference.model('teacher')])).not.toContain(key)
})

it.each(['EMPTY', 'token', 'content', '1'])(
  'a key that is none, such as %s, takes nothing out of replies',
  async apiKey => {
    await start(apiKey)
    inference.prepare(everyAsk, secret)
    await inference.identify()
    const content = 'The token 1 has EMPTY content.'
    server.answer(({ body }) =>
      body?.logprobs ? undefined : { body: { choices: [{ message: { content }, finish_reason: 'stop' }] } }
    )
    const { answer } = await inference.answer(isGood, aPassage(), askContext())
    expect(answer).toMatchObject({ evidence: 'log-probabilities' })
    expect((await inference.answer(retell, aPassage(), askContext())).answer).toMatchObject({ text: content })
  }
)
