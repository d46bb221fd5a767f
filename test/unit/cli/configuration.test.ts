import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { AnyStage } from '../../../engine/declare/index.ts'
import { CommandError } from '../../../services/cli/ending/exit-codes.ts'
import { type Configuration, loadConfiguration } from '../../../services/cli/settings/configuration.ts'
import { envExample } from '../../../services/cli/settings/env-example.ts'
import { resolveSettings } from '../../../services/cli/settings/stage-settings.ts'
import { topology } from '../../../services/topology.ts'

let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'fanno-configuration-'))
})
afterEach(() => rmSync(cwd, { recursive: true, force: true }))

type Given = Partial<Parameters<typeof loadConfiguration>[0]>

const load = (environment: Record<string, string> = {}, more: Given = {}): Configuration =>
  loadConfiguration({ flags: {}, environment, cwd, topology, ...more })

function problems(environment: Record<string, string>, more: Given = {}): string {
  try {
    load(environment, more)
  } catch (error) {
    expect(error).toBeInstanceOf(CommandError)
    expect((error as CommandError).exitCode).toBe(78)
    return (error as Error).message
  }
  throw new Error('it was accepted')
}

const endpoint = { OPENAI_BASE_URL: 'http://a.example/v1' }
const setting = (configuration: Configuration, stage: string) =>
  configuration.settings.get(stage) as Record<string, unknown>

describe('the configuration', () => {
  it('has defaults, and no endpoint where none is named', () => {
    expect(load()).toMatchObject({
      pipeline: 'fanno',
      pipelineGiven: false,
      log: { kind: 'embedded', dataDir: '.fanno' },
      partitions: 4,
      aliases: undefined
    })
  })
  it('takes a flag before the environment, the environment before the file, the file before the default', () => {
    writeFileSync(join(cwd, 'fanno.config.yaml'), 'FANNO_PIPELINE: file\nFANNO_DATA_DIR: file\nFANNO_PARTITIONS: 7\n')
    const configuration = load(
      { FANNO_PIPELINE: 'environment', FANNO_DATA_DIR: 'environment' },
      { flags: { FANNO_PIPELINE: 'flag' } }
    )
    expect(configuration).toMatchObject({
      pipeline: 'flag',
      log: { kind: 'embedded', dataDir: 'environment' },
      partitions: 7
    })
  })
  it('names everything that is wrong at once, each by its name', () => {
    const said = problems(
      {
        FANNO_PARTITIONS: 'many',
        OPENAI_BASE_URL: 'nowhere',
        FANNO_TEACHER_EXTRA_BODY: '[1]',
        FANNO_TEECHER_MODEL: 'x',
        FANNO_JUDGE_API_KEY_FILE: join(cwd, 'missing'),
        FANNO_PIPELINE: 'Not A Name'
      },
      { assignments: ['nonsense=1', 'minScore=9'], promptFiles: ['noequals'], preset: 'papers' }
    )
    for (const name of [
      'FANNO_PARTITIONS: must be a whole number',
      'OPENAI_BASE_URL: must be an http(s) URL',
      'FANNO_TEACHER_EXTRA_BODY: must be a JSON object',
      'FANNO_TEECHER_MODEL: there is no such variable',
      'FANNO_JUDGE_API_KEY_FILE',
      'FANNO_PIPELINE: must be lower-case',
      '--set nonsense=1: there is no such setting',
      'judge-response.minScore',
      '--prompt noequals: must be ID=FILE',
      '--preset papers: there is no such preset'
    ])
      expect(said).toContain(name)
  })
  it('names what is wrong in the file', () => {
    writeFileSync(join(cwd, 'fanno.config.yaml'), 'FANNO_PIPLINE: x\nset: 3\n')
    const said = problems({})
    expect(said).toContain('fanno.config.yaml: FANNO_PIPLINE')
    expect(said).toContain('set must be a mapping')
    writeFileSync(join(cwd, 'fanno.config.yaml'), '{ broken')
    expect(problems({})).toContain('fanno.config.yaml')
  })
  it('takes an empty variable for one that is not set', () => {
    expect(load({ FANNO_PARTITIONS: '', OPENAI_BASE_URL: '' })).toMatchObject({ partitions: 4, aliases: undefined })
  })
})

describe('the models', () => {
  it('are those of OPENAI_BASE_URL, replicas separated by commas', () => {
    const { aliases } = load({ OPENAI_BASE_URL: 'http://a.example/v1/, http://b.example/v1', OPENAI_API_KEY: 'k' })
    const expected = { baseUrls: ['http://a.example/v1', 'http://b.example/v1'], apiKey: 'k' }
    expect(aliases).toMatchObject({ teacher: expected, judge: expected, embedder: expected })
  })
  it('have endpoints, models, bodies and limits of their own', () => {
    const { aliases } = load({
      ...endpoint,
      FANNO_EMBEDDER_BASE_URL: 'http://e.example/v1',
      FANNO_TEACHER_MODEL: 'big',
      FANNO_TEACHER_EXTRA_BODY: '{"priority":1}',
      FANNO_TEACHER_MAX_IN_FLIGHT: '200'
    })
    expect(aliases!.teacher).toMatchObject({ model: 'big', extraBody: { priority: 1 }, maxInFlight: 200 })
    expect(aliases!.embedder).toMatchObject({ baseUrls: ['http://e.example/v1'], maxInFlight: 64 })
  })
  it('make the teacher the judge unless another is named', () => {
    const teacher = {
      FANNO_TEACHER_BASE_URL: 'http://t.example/v1',
      FANNO_TEACHER_MODEL: 'big',
      FANNO_TEACHER_API_KEY: 't'
    }
    const same = load({ ...endpoint, ...teacher }).aliases!
    expect(same.judge).toMatchObject({ baseUrls: ['http://t.example/v1'], model: 'big', apiKey: 't' })
    const other = load({ ...endpoint, ...teacher, FANNO_JUDGE_BASE_URL: 'http://j.example/v1' }).aliases!
    expect(other.judge).not.toHaveProperty('model')
    expect(load({ ...endpoint, ...teacher, FANNO_JUDGE_MODEL: 'small' }).aliases!.judge).toMatchObject({
      baseUrls: ['http://t.example/v1'],
      model: 'small'
    })
  })
  it('send a key nowhere but to the endpoint it was given for', () => {
    const { aliases } = load({ ...endpoint, OPENAI_API_KEY: 'k', FANNO_EMBEDDER_BASE_URL: 'http://e.example/v1' })
    expect(aliases!.teacher).toMatchObject({ apiKey: 'k' })
    expect(aliases!.embedder).not.toHaveProperty('apiKey')
  })
  it('read a key from a file', () => {
    writeFileSync(join(cwd, 'key'), 'from-file\n')
    expect(load({ ...endpoint, OPENAI_API_KEY_FILE: join(cwd, 'key') }).aliases!.teacher).toMatchObject({
      apiKey: 'from-file'
    })
  })
  it('may take the embedder within this process', () => {
    expect(load({ ...endpoint, FANNO_EMBEDDER: 'builtin' }).aliases!.embedder).toEqual({
      builtin: 'lexical',
      model: 'fanno-lexical-v1'
    })
    expect(problems({ ...endpoint, FANNO_EMBEDDER: 'lexical' })).toContain('FANNO_EMBEDDER')
  })
  it('without an endpoint for one of them are an error that names the ways out', () => {
    const said = problems({ FANNO_TEACHER_BASE_URL: 'http://t.example/v1' })
    expect(said).toContain(
      'FANNO_EMBEDDER_BASE_URL: no endpoint; set it, or OPENAI_BASE_URL, or FANNO_EMBEDDER=builtin'
    )
    expect(said).not.toContain('FANNO_JUDGE_BASE_URL')
  })
  it('are all at the rehearsal model where there is one', () => {
    const { teacher, embedder } = load({ FANNO_TEACHER_MAX_IN_FLIGHT: '8' }).rehearsalAliases('http://127.0.0.1:1/v1')
    expect(teacher).toMatchObject({ baseUrls: ['http://127.0.0.1:1/v1'], maxInFlight: 8 })
    expect(embedder).toMatchObject({ baseUrls: ['http://127.0.0.1:1/v1'] })
  })
})

describe('settings of stages', () => {
  it('begin with the preset and are changed one by one', () => {
    const configuration = load({}, { preset: 'paper', assignments: ['cellsPerSeed=12'] })
    expect(setting(configuration, 'diversify-passage')).toMatchObject({ minCommunitySize: 2, cellsPerSeed: 12 })
  })
  it('are found by their name alone, or by stage and name', () => {
    const assignments = ['judge-response.minScore=3', 'minQuality=0.7']
    const configuration = load({}, { assignments })
    expect(setting(configuration, 'judge-response')).toMatchObject({ minScore: 3 })
    expect(setting(configuration, 'screen-passage')).toMatchObject({ minQuality: 0.7 })
  })
  it('that several stages have are refused without the stage', () => {
    const shared = z.object({ threshold: z.number().default(1) })
    const twice = topology.stages.slice(0, 2).map(stage => ({ ...stage, settings: shared }) as never as AnyStage)
    const { problems: found } = resolveSettings({ ...topology, stages: twice }, {}, ['threshold=2'])
    expect(found).toEqual([
      '--set threshold=2: several stages have this setting; use segment-document.threshold or screen-passage.threshold'
    ])
  })
  it('that several stages share are set in all of them', () => {
    const configuration = load({}, { assignments: ['languages=de,fr'] })
    for (const stage of ['seed-instruction', 'augment-instruction', 'vet-draft'])
      expect(setting(configuration, stage)).toMatchObject({ languages: ['de', 'fr'] })
  })
  it('take JSON, plain text and lists', () => {
    expect(setting(load({}, { assignments: ['vet-draft.languages=en,de'] }), 'vet-draft')).toMatchObject({
      languages: ['en', 'de']
    })
    expect(setting(load({}, { assignments: ['vet-draft.languages=["fr"]'] }), 'vet-draft')).toMatchObject({
      languages: ['fr']
    })
  })
  it('come from the file, too, before those of the command line', () => {
    writeFileSync(join(cwd, 'fanno.config.yaml'), 'preset: paper\nset:\n  minScore: 2\n  cellsPerSeed: 5\n')
    const configuration = load({}, { assignments: ['minScore=3'] })
    expect(setting(configuration, 'judge-response')).toMatchObject({ minScore: 3 })
    expect(setting(configuration, 'diversify-passage')).toMatchObject({ minCommunitySize: 2, cellsPerSeed: 5 })
  })
  it('that contradict each other are refused', () => {
    expect(problems({}, { assignments: ['minTokens=900', 'targetTokens=100'] })).toContain('must be in order')
  })
  it('are not read from the prototype of anything', () => {
    expect(problems({}, { assignments: ['__proto__=1', 'constructor=1'], preset: 'toString' })).toContain('__proto__')
  })
})

describe('prompt files', () => {
  it('are given by flag before the environment before the file', () => {
    writeFileSync(join(cwd, 'fanno.config.yaml'), 'prompts:\n  passage-quality: file.md\n  judge: file.md\n')
    const { prompts } = load(
      { FANNO_PROMPT_PASSAGE_QUALITY: 'environment.md', FANNO_PROMPT_SAFE: 'environment.md' },
      { promptFiles: ['safe=flag.md'] }
    )
    expect(Object.fromEntries(prompts)).toEqual({
      'passage-quality': 'environment.md',
      judge: 'file.md',
      safe: 'flag.md'
    })
  })
})

it('.env.example lists every variable as it is', () => {
  expect(readFileSync(new URL('../../../.env.example', import.meta.url), 'utf8')).toBe(envExample())
})
