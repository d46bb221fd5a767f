import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type AnyAsk, definePrompt, offload, text, yesNo } from '../../../engine/declare/index.ts'
import type { AliasOptions, InferenceOptions, InferenceService } from '../../../engine/inference/inference.ts'
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
import { type ScriptedServer, startScriptedServer } from '../../support/scripted-server.ts'

const folder = mkdtempSync(join(tmpdir(), 'prepare-'))
afterAll(() => rmSync(folder, { recursive: true }))

let files = 0
const write = (source: string): string => {
  const path = join(folder, `${++files}.prompt.md`)
  writeFileSync(path, source)
  return path
}
const isGoodSource = readFileSync((isGood as { prompt: { file: URL } }).prompt.file, 'utf8')

let server: ScriptedServer
const opened: InferenceService[] = []
beforeEach(async () => {
  server = await startScriptedServer()
})
afterEach(async () => {
  await Promise.all(opened.splice(0).map(inference => inference.close()))
  await server.close()
})

const open = (more?: Partial<InferenceOptions>): InferenceService => {
  const { inference } = inferenceAt(server.url, more)
  opened.push(inference)
  return inference
}
const overridden = (files: Readonly<Record<string, string>>) => open({ promptFiles: new Map(Object.entries(files)) })
const complaint = (inference: InferenceService, asks: readonly AnyAsk[] = everyAsk): string => {
  try {
    inference.prepare(asks, pipelineSecret)
  } catch (error) {
    expect(error).toMatchObject({ kind: 'configuration' })
    return (error as Error).message
  }
  return expect.fail('it was prepared')
}

describe('a file in place of a prompt', () => {
  it('is what the model is asked, and what the ask is described by', async () => {
    const own = open()
    const other = overridden({ 'is-good': write(isGoodSource.replace('## user', '## user\nQuite other words.\n')) })
    for (const inference of [own, other]) {
      inference.prepare(everyAsk, pipelineSecret)
      await inference.identify()
    }
    await other.answer(isGood, aPassage(), askContext())
    expect(server.asked('/chat/completions')[0]!.body.messages.at(-1).content).toContain('Quite other words.')
    expect(other.describe(isGood).promptHash).not.toBe(own.describe(isGood).promptHash)
    expect(other.describe(retell)).toEqual(own.describe(retell))
  })
  it('must have the id of the one that it replaces', () => {
    const file = write(isGoodSource.replace('id: is-good', 'id: is-better'))
    expect(complaint(overridden({ 'is-good': file }))).toBe(
      `The prompt file ${file} has the id is-better; it stands in for is-good.`
    )
  })
  it('is checked against the same ask', () => {
    const file = write(isGoodSource.replace('{{ passage }}', '{{ document }}'))
    expect(complaint(overridden({ 'is-good': file }))).toMatch(/mentions {{ document }}.*There are: passage/)
  })
  it('for a prompt that does not exist is refused, naming those that do', () => {
    expect(complaint(overridden({ 'is-god': write(isGoodSource) }))).toBe(
      'There is no prompt is-god. There are: is-good, mark, retell.'
    )
  })
  it('that does not exist is refused', () => {
    expect(complaint(overridden({ mark: '/nowhere/mark.prompt.md' }))).toMatch(
      /\/nowhere\/mark\.prompt\.md cannot be read/
    )
  })
})

describe('what is wrong with prompts', () => {
  it('is told all at once', () => {
    const variables = z.object({ passage: z.string() })
    const bad = (source: string) => definePrompt(pathToFileURL(write(source)), variables)
    const asks = [
      text('teacher', bad('no front matter')),
      isGood,
      yesNo('teacher', bad('---\nid: b\nanswer: grade\n---\n## user\nx')),
      text('teacher', bad('---\nid: c\nanswer: text\n---\n## system\nx'))
    ]
    const promptFiles = new Map([['nonesuch', '/nowhere']])
    const lines = complaint(open({ promptFiles }), asks).split('\n')
    expect(lines).toEqual([
      expect.stringMatching(/no front matter/),
      expect.stringMatching(/grade, but yes-no is asked for/),
      expect.stringMatching(/no section "## user"/),
      expect.stringMatching(/There is no prompt nonesuch\. There are: is-good\./)
    ])
  })
  it('is nothing for asks that have none', () => {
    const module = new URL('../../support/doubling-thread.ts', import.meta.url)
    const inference = open()
    inference.prepare([embed, offload(module, { cpuMs: 1_000, memoryMiB: 32 })], pipelineSecret)
    expect(inference.describe(offload(module, { cpuMs: 1_000, memoryMiB: 32 }))).toEqual({
      module: 'doubling-thread.ts'
    })
  })
})

describe('the description of an ask', () => {
  const described = async (
    alias: object = {},
    more: Partial<InferenceOptions> = {},
    asks: readonly AnyAsk[] = everyAsk
  ) => {
    const options = { baseUrls: [server.url], maxInFlight: 8, deadlineMs: 5_000, ...alias } as AliasOptions
    const inference = open({ aliases: { teacher: options, embedder: { ...options, embeds: true } }, ...more })
    inference.prepare(asks, pipelineSecret)
    await inference.identify()
    return asks.map(ask => inference.describe(ask))
  }
  beforeEach(() => {
    server.answer(({ path }) =>
      path === '/models' ? { body: { data: [{ id: 'tiny' }, { id: 'larger' }] } } : undefined
    )
  })

  it('changes with the model and with further fields of the request', async () => {
    const usual = await described({ model: 'tiny' })
    for (const change of [{ model: 'larger' }, { model: 'tiny', extraBody: { top_k: 5 } }]) {
      const changed = await described(change)
      for (const [index, description] of changed.entries()) expect(description).not.toEqual(usual[index])
    }
  })
  it.each(['temperature: 0.3', 'top_p: 0.5', 'max_tokens: 9'])('changes with %s in the prompt file', async line => {
    const promptFiles = new Map([['is-good', write(isGoodSource.replace('answer: yes-no', `answer: yes-no\n${line}`))]])
    const [usual, other] = [await described(), await described({}, { promptFiles })]
    expect(other[0]).not.toEqual(usual[0])
    expect(other.slice(1)).toEqual(usual.slice(1))
  })
  it.each<[string, object, Partial<InferenceOptions>]>([
    ['the key', { apiKey: 'sk-another' }, {}],
    ['requests in flight', { maxInFlight: 2 }, {}],
    ['deadlines', { deadlineMs: 9_000 }, {}],
    ['worker threads', {}, { workerThreads: 2 }],
    ['timing', {}, { timing: { retryMs: 3 } }]
  ])('does not change with %s', async (_, alias, more) => {
    expect(await described(alias, more)).toEqual(await described())
  })
  it('does not change with the place where the model is served', async () => {
    const usual = await described()
    const elsewhere = await startScriptedServer(({ path }) =>
      path === '/models' ? { body: { data: [{ id: 'tiny' }] } } : undefined
    )
    expect(await described({ baseUrls: [elsewhere.url, server.url] })).toEqual(usual)
    await elsewhere.close()
  })
  it('tells the asks of a stage apart', async () => {
    const all = await described({}, {}, [isGood, mark, retell, embed])
    expect(new Set(all.map(description => JSON.stringify(description))).size).toBe(4)
  })
})
