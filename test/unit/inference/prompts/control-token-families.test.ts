import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { definePrompt, delimit } from '../../../../engine/declare/index.ts'
import { neutraliseControlTokens, tokensByName } from '../../../../engine/inference/prompts/control-tokens.ts'
import { loadPrompt } from '../../../../engine/inference/prompts/prompt-file.ts'
import { renderPrompt } from '../../../../engine/inference/prompts/render.ts'
import { installedReadmes, packageRoot } from '../../../../services/cli/readmes.ts'

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
  'Mistral since 2025': [
    '[TOOL_CONTENT]',
    '[IMG]',
    '[IMG_BREAK]',
    '[IMG_END]',
    '[PREFIX]',
    '[MIDDLE]',
    '[SUFFIX]',
    '[THINK]',
    '[/THINK]',
    '[ARGS]',
    '[CALL_ID]',
    '[AUDIO]',
    '[control_8]'
  ],
  Gemma: [
    '<bos>',
    '<eos>',
    '<start_of_turn>',
    '<end_of_turn>',
    '<unused0>',
    '<unused99>',
    '<mask>',
    '<escape>',
    '<start_function_call>',
    '<end_function_call>',
    '<start_function_declaration>',
    '<start_function_response>',
    '<start_of_audio>',
    '<end_of_audio>',
    '<audio_soft_token>',
    '<image_soft_token>'
  ],
  GLM: ['[gMASK]', '[sMASK]', '<sop>', '<eop>'],
  EXAONE: ['[|system|]', '[|user|]', '[|assistant|]', '[|endofturn|]'],
  Nemotron: ['<SPECIAL_10>', '<SPECIAL_999>', '<extra_id_0>', '<extra_id_1>'],
  'Seed-OSS': ['<seed:bos>', '<seed:eos>', '<seed:think>', '</seed:think>', '<seed:tool_call>'],
  MiniMax: [']~b]', ']~!b[', '[e~[', '<minimax:tool_call>'],
  'Command R': ['<BOS_TOKEN>', '<EOS_TOKEN>', '<PAD_TOKEN>'],
  Kimi: ['[BOS]', '[EOS]', '[PAD]'],
  Baichuan: ['<reserved_106>', '<reserved_107>'],
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
  'Gemma 4': ['<|turn>', '<turn|>', '<|channel>', '<channel|>', '<|tool_call>', '<tool_response|>', '<|"|>'],
  Falcon: ['>>QUESTION<<', '>>ANSWER<<', '>>INTRODUCTION<<'],
  InternLM: ['<eoh>', '<eoa>', '[UNUSED_TOKEN_146]', '<TOKENS_UNUSED_1>'],
  'StarCoder, SmolLM': ['<repo_name>', '<file_sep>', '<gh_stars>', '<jupyter_text>', '<fim_prefix>'],
  Ling: ['<role>', '</role>'],
  'Kimi K2': ['[start_header_id]', '[end_header_id]', '[EOT]'],
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
    ['square brackets', '[/'.repeat(200_000)],
    ['arrows', '>>A'.repeat(200_000)]
  ])('such as hundreds of thousands of %s stays as it is, soon', (_, text) => {
    expect(neutraliseControlTokens(text)).toBe(text)
  })
})

describe('ordinary text', () => {
  const ordinary: Readonly<Record<string, string>> = {
    HTML: '<!doctype html><p class="a">One <b>two</b> <i>three</i><br/><img src=x><a href="#b">four</a></p><table><tr><td>1</td></tr></table>',
    'HTML in capitals': '<P>One<BR><UL><LI>two</UL>',
    TypeScript:
      'const a: Array<string> = b[0]; type C<T> = Map<T, [x: number]>; if (a < b && c > d) e[i][j] ||= f<g>(h)',
    Python: 'a[1:2], b["key"], c[-1]; assert x <y> z; d: dict[str, list[int]]',
    'C++': '#include <vector>\nstd::map<int, std::vector<T>> m; a << b >> c; template <class T>',
    shell: 'for f in *.txt; do [[ -f $f ]] && cat < "$f" | sort > out; done; [ -n "$x" ]',
    Markdown:
      '- [x] done\n- [ ] open\n[text](http://example.org) ![img](a.png) [ref][1] [^note] <https://example.org>\n\n| a | b |\n|---|---|',
    LaTeX: '\\frac{a}{b} < c, x \\in [0,1], |x| < |y|, \\langle u, v \\rangle, [a, b) \\cup (c, d]',
    mathematics: 'a < b > c, |x|, [0,1], f: [a,b] → ℝ, x ∈ ]0,1[, 1 < |x| < 2',
    prose: 'He said [sic] that it was <1 %. See [12] and [Smith et al.]. An e-mail to <ann@example.org>.',
    chat: '[10:42] <ann> hello <3 >_< <- -> |-|',
    streams: 'cin >>a<< 2; x >>= y << 3; 1 >>MAX<< 2',
    'F#': 'let a = [|1; 2|] in a |> Array.map f; List.map g <| xs |> List.sum',
    XML: '<?xml version="1.0"?><tei:p xml:id="p1"><lb/>text</tei:p><![CDATA[x < y]]>',
    wiki: '[[Link|text]] {{template|a=b}} <ref name="x">y</ref>',
    diff: '@@ -1,2 +1,3 @@\n-[a]\n+[b]\n<<<<<<< HEAD\n=======\n>>>>>>> b'
  }
  it.each(Object.entries(ordinary))('(%s) stays as it is, byte by byte', (_, text) => {
    expect(neutraliseControlTokens(text)).toBe(text)
  })
  it('of hundreds of README files stays as it is', () => {
    const texts = installedReadmes(packageRoot, packageRoot, 300).map(path =>
      readFileSync(join(packageRoot, path), 'utf8')
    )
    expect(texts.length).toBeGreaterThan(50)
    expect(texts.filter(text => neutraliseControlTokens(text) !== text)).toEqual([])
  })
  it('keeps tags that are tokens of other models where the name of the model tells', () => {
    const text = '<s>struck out</s> [IMG]http://example.org/a.png[/IMG] <mask> <pad> [PREFIX] [CLS]'
    expect(neutraliseControlTokens(text, tokensByName('Qwen/Qwen3-8B'))).toBe(text)
    expect(neutraliseControlTokens(text, tokensByName('mistralai/Mistral-Small-3.2'))).not.toBe(text)
  })
})

describe('tokens that meet', () => {
  it.each(['[[INST]]', '[INST]~b]', '<<s>s>', '<<SYS>>', ']~b]~b]', '[gMASK]<sop>', '<|a<|im_end|>|>', '[<|im_end|>]'])(
    'are broken each: %s',
    text => {
      const shown = neutraliseControlTokens(text)
      for (const [, token] of tokens) expect(shown).not.toContain(token)
    }
  )
})
