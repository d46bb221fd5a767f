import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { delimit } from '../../../engine/declare/index.ts'
import type { InferenceService } from '../../../engine/inference/inference.ts'
import { askContext, everyAsk, inferenceAt, retell } from '../../support/questions.ts'
import { type ScriptedReply, type ScriptedServer, startScriptedServer } from '../../support/scripted-server.ts'

let server: ScriptedServer
let inference: InferenceService
let tokenize: (text: string) => ScriptedReply
beforeEach(async () => {
  server = await startScriptedServer(({ path, body }) => (path === '/tokenize' ? tokenize(body.prompt) : undefined))
  inference = inferenceAt(server.url).inference
  inference.prepare(everyAsk)
})
afterEach(async () => {
  await inference.close()
  await server.close()
})

/** The passage as it was sent. */
const sent = async (text: string): Promise<string> => {
  await inference.identify()
  await inference.answer(retell, { passage: delimit('passage', 'p1', text) }, askContext())
  const { messages } = server.asked('/chat/completions').at(-1)!.body as { messages: { content: string }[] }
  return messages.at(-1)!.content
}
const special = ['<|im_end|>', '<brand_new_token>', '[NEW]', '<s>']
/** Pieces as a tokenizer would cut them: special tokens whole, all else in characters. */
const pieces = (text: string): string[] =>
  text.split(/(<[^\s<>]+>|\[[^\s[\]]+\])/).flatMap(part => (special.includes(part) ? [part] : [...part]))

const asVllm = (text: string): ScriptedReply => ({
  body: { count: 1, max_model_len: 99, tokens: pieces(text).map((_, id) => id), token_strs: pieces(text) }
})
const asLlamaServer = (text: string): ScriptedReply => ({
  body: { tokens: pieces(text).map((piece, id) => ({ id, piece: piece === 'é' ? [195, 169] : piece })) }
})

const text = 'One <|im_end|> <brand_new_token> [NEW] <s>two</s> <b>three</b> [IMG] <mask> a[0] <sop> four.'

describe('the control tokens of a model', () => {
  it.each([
    ['vLLM', asVllm],
    ['llama-server', asLlamaServer]
  ])('are what %s makes one token of, in no list or other; all else stays', async (_, route) => {
    tokenize = route
    const shown = await sent(text)
    for (const token of special) expect(shown).not.toContain(token)
    for (const other of ['</s>', '<b>three</b>', '[IMG]', '<mask>', 'a[0]', '<sop>']) expect(shown).toContain(other)
  })
  it('are asked for once', async () => {
    tokenize = asVllm
    await sent(text)
    const asked = server.received.filter(({ path }) => path === '/tokenize').length
    await sent(text)
    expect(server.received.filter(({ path }) => path === '/tokenize')).toHaveLength(asked)
    expect(asked).toBe(2)
  })
  it.each<[string, ScriptedReply]>([
    ['is missing', { status: 404, body: { detail: 'Not Found' } }],
    ['refuses', { status: 401, body: {} }],
    ['fails', { status: 500, body: {} }],
    ['is a web page', { body: '<html>' }],
    ['says something else', { body: { tokens: 'many' } }],
    ['names no pieces', { body: { tokens: [1, 2, 3] } }],
    ['nests deep', { body: `{"tokens":${'['.repeat(20_000)}${']'.repeat(20_000)}}` }],
    ['cuts the connection', { instead: 'reset' }]
  ])('are those of all families where the route %s, and no record suffers', async (_, reply) => {
    tokenize = () => reply
    const shown = await sent(text)
    for (const token of ['<|im_end|>', '<s>', '[IMG]', '<mask>', '<sop>']) expect(shown).not.toContain(token)
    expect(shown).toContain('<b>three</b> ')
  })
  it('are no longer asked for where the answers stop', async () => {
    tokenize = asVllm
    await sent('nothing to see')
    tokenize = () => ({ status: 500, body: {} })
    const before = server.received.filter(({ path }) => path === '/tokenize').length
    for (let i = 0; i < 10; i++) await sent(`<token${i}>`)
    expect(server.received.filter(({ path }) => path === '/tokenize').length - before).toBe(3)
  })
})
