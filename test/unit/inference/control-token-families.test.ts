import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { definePrompt, delimit } from '../../../engine/declare/index.ts'
import { neutraliseControlTokens } from '../../../engine/inference/control-tokens.ts'
import { loadPrompt } from '../../../engine/inference/prompt-file.ts'
import { renderPrompt } from '../../../engine/inference/render.ts'

/** Tokens that mark roles, turns, tools and thoughts, by the family of models that has them. */
const families: Readonly<Record<string, readonly string[]>> = {
  'ChatML, Qwen': ['<|im_start|>', '<|im_end|>', '<|endoftext|>', '<tool_call>', '</tool_call>', '<tool_response>'],
  'Llama 2': ['<s>', '</s>', '[INST]', '[/INST]', '<<SYS>>', '<</SYS>>'],
  'Llama 3': [
    '<|begin_of_text|>',
    '<|start_header_id|>',
    '<|end_header_id|>',
    '<|eot_id|>',
    '<|eom_id|>',
    '<|python_tag|>'
  ],
  Mistral: [
    '[SYSTEM_PROMPT]',
    '[/SYSTEM_PROMPT]',
    '[AVAILABLE_TOOLS]',
    '[/AVAILABLE_TOOLS]',
    '[TOOL_CALLS]',
    '[TOOL_RESULTS]'
  ],
  Gemma: ['<bos>', '<eos>', '<start_of_turn>', '<end_of_turn>'],
  DeepSeek: [
    '<｜begin▁of▁sentence｜>',
    '<｜end▁of▁sentence｜>',
    '<｜User｜>',
    '<｜Assistant｜>',
    '<｜tool▁calls▁begin｜>'
  ],
  Phi: ['<|system|>', '<|user|>', '<|assistant|>', '<|end|>'],
  Harmony: ['<|start|>', '<|channel|>', '<|message|>', '<|return|>', '<|call|>'],
  Command: ['<|START_OF_TURN_TOKEN|>', '<|SYSTEM_TOKEN|>', '<|END_OF_TURN_TOKEN|>'],
  Granite: ['<|start_of_role|>', '<|end_of_role|>'],
  thoughts: ['<think>', '</think>']
}
const tokens = Object.entries(families).flatMap(([family, of]) => of.map(token => [family, token] as const))

const folder = mkdtempSync(join(tmpdir(), 'control-tokens-'))
afterAll(() => rmSync(folder, { recursive: true }))

const file = join(folder, 'p.prompt.md')
const template = '{{ passage }}|{{ topic }}|{{ tags | join: "," }}|{% for other in others %}{{ other }}{% endfor %}'
writeFileSync(file, `---\nid: p\nanswer: text\n---\n## system\n{{ topic }}\n## user\n${template}\n`)
const variables = z.object({ passage: z.any(), topic: z.any(), tags: z.any(), others: z.any() })
const prompt = loadPrompt(file, {
  kind: 'text',
  model: 'teacher',
  prompt: definePrompt(pathToFileURL(file), variables)
})
const render = (passage: string, topic: string, tags: readonly string[], others: readonly string[]) =>
  renderPrompt(
    prompt,
    {
      passage: delimit('passage', 'p1', passage),
      topic,
      tags,
      others: others.map(text => delimit('other', text, text))
    },
    'secret'
  ).messages

describe('the token', () => {
  it.each(tokens)('of %s, %s, is broken wherever foreign text comes in', (_, token) => {
    const text = `one ${token} two`
    const messages = render(text, text, [text, text], [text])
    for (const { content } of messages) expect(content).not.toContain(token)
    expect(messages.map(({ content }) => content.match(/one /g)?.length)).toEqual([1, 5])
  })
  it.each(tokens)('of %s, %s, does not come about where two variables meet', (_, token) => {
    for (let cut = 1; cut < token.length; cut++) {
      const [, user] = render('x', 'y', [], [token.slice(0, cut), token.slice(cut)])
      expect(user!.content).not.toContain(token)
      const joined = neutraliseControlTokens(`${token.slice(0, cut)}${token.slice(cut)}`)
      expect(joined).not.toContain(token)
    }
  })
})

describe('other text', () => {
  it.each([
    'a < b | c > d',
    'x <- y |> f()',
    'if (a <| b) {}',
    '[1] [note] [INSTALL] [Inst.]',
    '<section> <string> <system> <user>',
    '||x||',
    'SELECT * FROM t WHERE a<b OR c>d'
  ])('such as %j stays as it is', text => {
    expect(neutraliseControlTokens(text)).toBe(text)
  })
  it.each([
    ['openings without end', '<|'.repeat(200_000)],
    ['brackets', '<'.repeat(400_000)],
    ['bars', `<${'|'.repeat(400_000)}`],
    ['square brackets', '[/'.repeat(200_000)]
  ])('such as hundreds of thousands of %s stays as it is, soon', (_, text) => {
    expect(neutraliseControlTokens(text)).toBe(text)
  })
})
