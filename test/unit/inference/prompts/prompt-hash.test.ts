import { globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type AnyAsk, definePrompt, type PromptAsk } from '../../../../engine/declare/index.ts'
import { loadPrompt } from '../../../../engine/inference/prompts/prompt-file.ts'
import { topology } from '../../../../services/topology.ts'

const folder = mkdtempSync(join(tmpdir(), 'prompt-hash-'))
afterAll(() => rmSync(folder, { recursive: true }))

let files = 0
const hashOfSource = (source: string): string => {
  const file = join(folder, `${++files}.prompt.md`)
  writeFileSync(file, source)
  const prompt = definePrompt(pathToFileURL(file), z.object({ topic: z.string() }))
  return loadPrompt(file, { kind: 'text', model: 'teacher', prompt }).hash
}

const source = `---
id: p
answer: text
temperature: 0.5
---
## system
Be brief.

## user
About {{ topic }}:

Line two.
`

describe('the hash of a prompt', () => {
  const hash = hashOfSource(source)
  it.each<[string, string]>([
    ['other line ends', source.replaceAll('\n', '\r\n')],
    ['old line ends', source.replaceAll('\n', '\r')],
    ['trailing spaces', source.replaceAll('\n', ' \t\n')],
    ['a byte order mark', `\uFEFF${source}`],
    ['blank lines around sections', source.replaceAll('## ', '\n\n## ')],
    ['the order of the front matter', source.replace('id: p\nanswer: text', 'answer: text\nid: p')],
    ['a comment in the front matter', source.replace('answer: text', '# a remark\nanswer: text')],
    ['a default that is spelled out', source.replace('answer: text', 'answer: text\ntop_p: 1\nmax_tokens: 2048')]
  ])('does not depend on %s', (_, other) => {
    expect(other).not.toBe(source)
    expect(hashOfSource(other)).toBe(hash)
  })
  it.each<[string, string]>([
    ['a word', source.replace('brief', 'short')],
    ['a line break', source.replace('Line two', 'Line\ntwo')],
    ['an indentation', source.replace('Line two', '  Line two')],
    ['a role', source.replace('## system', '## user')],
    ['the border between sections', source.replace('Be brief.', 'Be brief.\n## user\n')],
    ['a filter', source.replace('{{ topic }}', '{{ topic | upcase }}')],
    ['the id', source.replace('id: p', 'id: q')],
    ['the temperature', source.replace('0.5', '0.6')],
    ['top_p', source.replace('answer: text', 'answer: text\ntop_p: 0.9')],
    ['max_tokens', source.replace('answer: text', 'answer: text\nmax_tokens: 9')]
  ])('depends on %s', (_, other) => {
    expect(other).not.toBe(source)
    expect(hashOfSource(other)).not.toBe(hash)
  })
})

describe('the prompt files of the stages', () => {
  it('are all in use: none is left over, and none is missing', () => {
    const asks = topology.stages.flatMap(stage => Object.values(stage.asks as Record<string, AnyAsk>))
    const prompted = asks.filter((ask): ask is PromptAsk<unknown> => 'prompt' in ask)
    const used = new Set(prompted.map(ask => loadPrompt(ask.prompt.file, ask).file))
    const found = globSync('services/*/*.prompt.md', { cwd: new URL('../../../../', import.meta.url) })
    expect(found.length).toBeGreaterThan(0)
    expect([...used].map(path => path.split('/').slice(-3).join('/')).sort()).toEqual(found.sort())
  })
})
