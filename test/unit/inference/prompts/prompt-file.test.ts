import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { definePrompt, type PromptAsk, text, yesNo } from '../../../../engine/declare/index.ts'
import { InferenceError } from '../../../../engine/inference/errors.ts'
import { loadPrompt } from '../../../../engine/inference/prompts/prompt-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'prompts-'))
afterAll(() => rmSync(folder, { recursive: true }))

let files = 0
const load = (source: string, kind: 'yes-no' | 'text' = 'text') => {
  const file = join(folder, `${++files}.prompt.md`)
  writeFileSync(file, source)
  const prompt = definePrompt(pathToFileURL(file), z.object({ passage: z.string(), style: z.string() }))
  const ask = kind === 'text' ? text('teacher', prompt) : yesNo('teacher', prompt)
  return loadPrompt(file, ask as PromptAsk<unknown>)
}
const complaint = (source: string, kind?: 'yes-no' | 'text'): string => {
  try {
    load(source, kind)
  } catch (error) {
    expect(error).toBeInstanceOf(InferenceError)
    expect((error as InferenceError).kind).toBe('configuration')
    expect((error as InferenceError).message).toContain(`${files}.prompt.md`)
    return (error as InferenceError).message
  }
  return expect.fail('the file was accepted')
}

const good = `---
id: write-something
answer: text
top_p: 0.9
max_tokens: 100
---

## system

Be brief.

## user

{{ passage }}

{% if style -%}
In the style of {{ style }}.
{% endif %}
`

describe('a prompt file', () => {
  it('holds an id, sampling, and a section for each role', () => {
    const prompt = load(good)
    expect(prompt).toMatchObject({ id: 'write-something', temperature: 0, topP: 0.9, maxTokens: 100 })
    expect(prompt.sections.map(({ role }) => role)).toEqual(['system', 'user'])
  })
  it('may leave sampling to the defaults of its kind', () => {
    const bare = (answer: string) => `---\nid: a\nanswer: ${answer}\n---\n## user\n{{ passage }}`
    expect(load(bare('text'))).toMatchObject({ temperature: 0, topP: 1, maxTokens: 2_048 })
    expect(load(bare('yes-no'), 'yes-no').maxTokens).toBeLessThanOrEqual(8)
  })
  it('has a hash of what it says, not of how it is laid out', () => {
    const { hash } = load(good)
    expect(load(good.replaceAll('\n', '\r\n')).hash).toBe(hash)
    expect(load(good.replaceAll('\n', '   \n')).hash).toBe(hash)
    expect(load(`\uFEFF${good}\n\n`).hash).toBe(hash)
    expect(load(good.replace('id:', 'temperature: 0\nid:')).hash).toBe(hash)
  })
  it.each([
    ['a word', 'Be brief.', 'Be very brief.'],
    ['the temperature', 'top_p: 0.9', 'top_p: 0.9\ntemperature: 0.7'],
    ['the nucleus', '0.9', '0.8'],
    ['the length', '100', '101'],
    ['the id', 'write-something', 'write-something-else'],
    ['a condition', 'if style', 'unless style']
  ])('has another hash when %s changes', (_, was, is) => {
    const changed = good.replace(was, is).replace('endif', is.startsWith('unless') ? 'endunless' : 'endif')
    expect(load(changed).hash).not.toBe(load(good).hash)
  })
})

describe('a prompt file is refused', () => {
  const cases: [string, string, RegExp][] = [
    ['without front matter', 'Just text', /no front matter/],
    ['with front matter that is no YAML', good.replace('id: write', 'id: [write'), /not valid YAML/],
    ['with an unknown field', good.replace('top_p', 'top_k'), /top_k/],
    ['without an id', good.replace('id: write-something\n', ''), /id/],
    ['with a temperature out of range', good.replace('top_p: 0.9', 'temperature: 3'), /temperature/],
    ['with an unknown kind of answer', good.replace('answer: text', 'answer: poem'), /answer/],
    ['with text before its first section', good.replace('## system', 'Hello\n## system'), /before its first section/],
    ['without a section', '---\nid: a\nanswer: text\n---\n', /no section/],
    ['without a user section', '---\nid: a\nanswer: text\n---\n## system\nHi', /no section "## user"/],
    ['with a system section in the middle', `${good}\n## system\nAgain`, /elsewhere than first/],
    ['with an unknown filter', good.replace('{{ passage }}', '{{ passage | shout }}'), /shout/],
    ['with a tag that is not closed', good.replace('{% endif %}', ''), /not closed/],
    ['that reads another file', good.replace('{{ passage }}', '{% include "/etc/passwd" %}'), /template/],
    ['that renders another file', good.replace('{{ passage }}', '{% render "../other.md" %}'), /template/]
  ]
  it.each(cases)('%s', (_, source, why) => {
    expect(complaint(source)).toMatch(why)
  })
  it('with an unknown variable, naming it and those there are', () => {
    const message = complaint(good.replace('{{ passage }}', '{{ document }}'))
    expect(message).toContain('{{ document }}')
    expect(message).toContain('passage, style')
  })
  it('with an unknown variable in a place that might never be reached', () => {
    expect(complaint(good.replace('In the style', '{{ secret }} In the style'))).toContain('secret')
  })
  it('when its kind of answer is not the one asked for', () => {
    expect(complaint(good, 'yes-no')).toMatch(/text, but yes-no is asked for/)
  })
  it('when it cannot be read', () => {
    const prompt = definePrompt(new URL('file:///nowhere/x.prompt.md'), z.object({}))
    const ask = text('teacher', prompt) as PromptAsk<unknown>
    expect(() => loadPrompt(prompt.file, ask)).toThrow(/nowhere\/x.prompt.md cannot be read/)
  })
})
