import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { decode, encode } from 'gpt-tokenizer/encoding/o200k_base'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { text as askText, definePrompt, delimit } from '../../../../engine/declare/index.ts'
import { InferenceError } from '../../../../engine/inference/errors.ts'
import type { InferenceService } from '../../../../engine/inference/inference.ts'
import { learnTokens } from '../../../../engine/inference/prompts/learnt-tokens.ts'
import { askContext, everyAsk, inferenceAt, pipelineSecret, retell } from '../../../support/records/questions.ts'
import { type ScriptedReply, type ScriptedServer, startScriptedServer } from '../../../support/scripted-server.ts'

let server: ScriptedServer
let inference: InferenceService
let tokenize: (text: string) => ScriptedReply
beforeEach(async () => {
  server = await startScriptedServer(({ path, body }) => (path === '/tokenize' ? tokenize(body.prompt) : undefined))
  inference = inferenceAt(server.url).inference
  inference.prepare(everyAsk, pipelineSecret)
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

/** Byte pairs of a real vocabulary, with these special tokens. */
const bytePairs = (text: string): string[] =>
  text
    .split(/(<[^\s<>]+>|\[[^\s[\]]+\])/)
    .flatMap(part =>
      special.includes(part) ? [part] : encode(part, { disallowedSpecial: new Set() }).map(id => decode([id]))
    )
const replyOf = (tokens: readonly string[]): ScriptedReply => ({ body: { tokens: [], token_strs: tokens } })

describe('ordinary text that a vocabulary has as one token', () => {
  it('is no control token: signs of programs and mathematics in real byte pairs', async () => {
    for (const signs of ['<?>', '[,]', '[:]', '[…]', '[...]']) expect(bytePairs(signs)).toEqual([signs])
    tokenize = text => replyOf(bytePairs(text))
    const code = 'List<?> a = b[:]; c[,] and so on […] [...] f<()> <|im_end|>'
    expect(await sent(code)).toContain(code.replace('<|im', '< |im'))
  })
  it('is no control token: tags of HTML, indices and types in a vocabulary like that of Gemma', async () => {
    const text = '<p>One <b>two</b><br/><td>3</td> a[i] Box<T> <H1>four</H1>'
    const own = new Set(text.match(/<[^<>]+>|\[[^[\]]+\]/g))
    tokenize = asked => replyOf(asked.split('\n').filter(line => own.has(line) || special.includes(line)))
    expect(await sent(text)).toContain(text)
  })
})

describe('a server whose answers tell nothing', () => {
  it.each<[string, (text: string) => ScriptedReply]>([
    ['no tokens at all', () => replyOf([])],
    ['every character a token, as where special tokens are not parsed', text => replyOf([...text])]
  ])('(%s) does not make the table of families count less', async (_, route) => {
    tokenize = route
    const shown = await sent(text)
    for (const token of ['<s>', '[IMG]', '<mask>', '<sop>']) expect(shown).not.toContain(token)
  })
})

describe('a new control token', () => {
  it('is found behind any number of decoys', async () => {
    tokenize = asVllm
    const decoys = Array.from({ length: 1_200 }, (_, i) => `<decoy${i}>`).join('')
    expect(await sent(`${decoys}<brand_new_token>`)).not.toContain('<brand_new_token>')
  })
  it('is found where two variables side by side make it', async () => {
    tokenize = asVllm
    const folder = mkdtempSync(join(tmpdir(), 'two-variables-'))
    const file = join(folder, 'two.prompt.md')
    writeFileSync(file, '---\nid: two\nanswer: text\n---\n## user\n{{ one }}{{ two }}\n')
    try {
      const variables = z.object({ one: z.string(), two: z.string() })
      const two = askText('teacher', definePrompt(pathToFileURL(file), variables))
      inference.prepare([two], pipelineSecret)
      await inference.identify()
      await inference.answer(two, { one: 'x <brand_', two: 'new_token>' }, askContext())
      expect(server.asked('/chat/completions').at(-1)!.body.messages[0].content).toBe('x < brand_new_token>')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
  it('is one where any replica makes one of it, and the table counts where one cannot be asked', async () => {
    const other = await startScriptedServer(({ path, body }) =>
      path === '/tokenize' ? asVllm(body.prompt) : path === '/models' ? undefined : { status: 503, body: {} }
    )
    try {
      tokenize = () => ({ status: 404, body: {} })
      await inference.close()
      inference = inferenceAt([server.url, other.url]).inference
      inference.prepare([retell], pipelineSecret)
      const shown = await sent('<brand_new_token> [IMG] <b>')
      expect(shown).toContain('< brand_new_token> [ IMG] <b>')
    } finally {
      await other.close()
    }
  })
})

describe('a server that fails for a while', () => {
  it('is asked again later', async () => {
    let up = false
    const ask = async (text: string) => {
      if (up) return pieces(text)
      throw new InferenceError('server-dead', 'it is away')
    }
    const { signal } = new AbortController()
    const learnt = await learnTokens('tiny', [ask], signal, 0)
    for (let i = 0; i < 5; i++) await learnt.learn([`<token${i}>`], signal)
    expect(learnt.has('[IMG]')).toBe(true)
    up = true
    await learnt.learn(['<brand_new_token>', '[IMG]', '<token0>'], signal)
    expect(['<brand_new_token>', '[IMG]', '<token0>'].map(token => learnt.has(token))).toEqual([true, false, false])
  })
  it('holds up one question of many at a time', async () => {
    let asked = 0
    const ask = async () => {
      asked++
      throw new InferenceError('timeout', 'no reply')
    }
    const { signal } = new AbortController()
    const learnt = await learnTokens('tiny', [ask], signal, 20)
    for (let i = 0; i < 5; i++) await learnt.learn([`<token${i}>`], signal)
    expect(asked).toBe(3)
    await vi.waitUntil(() => !learnt.settled('<token5>'))
    await Promise.all(Array.from({ length: 50 }, () => learnt.learn(['<token5>'], signal)))
    expect(asked).toBe(4)
  })
  it('leaves what is learnt of it alone when the question is withdrawn', async () => {
    const ask = () => Promise.reject(new InferenceError('shutdown', 'the question was withdrawn'))
    await expect(learnTokens('tiny', [ask], new AbortController().signal)).rejects.toMatchObject({ kind: 'shutdown' })
  })
})

describe('what a hostile server says', () => {
  it('is forgotten in bounds, and every sign that it calls a token is only broken', async () => {
    const { signal } = new AbortController()
    const learnt = await learnTokens('tiny', [async text => text.split('\n')], signal)
    await learnt.learn(
      Array.from({ length: 30_000 }, (_, i) => `<token${i}>`),
      signal
    )
    expect(learnt.settled('<token0>')).toBe(true)
    expect(learnt.settled('<token29999>')).toBe(false)
  })
})
