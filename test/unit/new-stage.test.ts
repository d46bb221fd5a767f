import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { namesOf } from '../../infra/scaffold/names.ts'
import { declaredTopics } from '../../infra/scaffold/topics-source.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const copied = ['engine', 'schemas', 'services', 'infra/scaffold', 'test/support']
const settings = ['package.json', 'tsconfig.json', 'biome.json', '.gitignore']

/** A copy of what a stage stands on, in which nothing of the checkout can be changed. */
let copy = ''
beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'fanno-new-stage-'))
  for (const path of [...copied, ...settings]) cpSync(join(root, path), join(copy, path), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
})
afterAll(() => rmSync(copy, { recursive: true, force: true }))

const text = (path: string) => readFileSync(join(copy, path), 'utf8')
const everything = () =>
  Object.fromEntries(globSync('{schemas,services,test}/**/*.*', { cwd: copy }).map(path => [path, text(path)]))

function newStage(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['infra/scaffold/main.ts', ...args], {
    cwd: copy,
    encoding: 'utf8'
  })
  return { status, stdout, stderr }
}

/** A program of the packages, in the copy. @throws with what it printed, where it fails. */
function run(program: string, ...args: string[]): void {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST')))
  const command = [join(root, 'node_modules', program), ...args]
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: copy, env, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program} ended with ${status}:\n${stdout}${stderr}`)
}

describe('a new stage', () => {
  const readable = ['passages', 'screened-passages', 'seed-briefs', 'representatives', 'drafts', 'vetted-drafts']
  const stages = [
    ['trim-response'],
    ['weigh-text', '--reads', 'instructions', '--writes', 'weighty-instruction'],
    ...readable.map((topic, index) => [`compare-${'abcdef'[index]}`, '--reads', topic])
  ]

  it('is written for every topic of the pipeline', () => {
    for (const args of stages) expect(newStage(...args)).toMatchObject({ status: 0, stderr: '' })
    for (const [stage] of stages)
      for (const file of [`services/${stage}/stage.ts`, `services/${stage}/${stage}.prompt.md`])
        expect(existsSync(join(copy, file))).toBe(true)
    expect(JSON.parse(text('schemas/weighty-instruction.avsc'))).toMatchObject({ name: 'WeightyInstruction' })
    expect(text('schemas/types.ts')).toContain('export interface TrimmedResponse {')
  })

  it('compiles', () => {
    const include = ['services', 'schemas', 'test/stages', 'infra']
    writeFileSync(join(copy, 'tsconfig.stage.json'), JSON.stringify({ extends: './tsconfig.json', include }))
    run('typescript/bin/tsc', '--noEmit', '--project', 'tsconfig.stage.json')
  })

  it('passes the linter, and is formatted', () => {
    run('@biomejs/biome/bin/biome', 'check', '--error-on-warnings', 'services', 'test/stages')
  })

  it('passes its own test', () => {
    writeFileSync(join(copy, 'vitest.config.ts'), 'export default {}\n')
    run('vitest/vitest.mjs', 'run', 'test/stages')
  })

  it('writes records that the next stage can read in place of those before', () => {
    const [, briefs, trimmed] = ['passages', 'compared-bs', 'trimmed-responses'].map(
      name => declaredTopics(text('services/topics.ts')).find(({ records }) => records === name)!.statement
    )
    expect(briefs).toContain("partitions: 'single'")
    expect(trimmed).not.toContain('partitions')
    const judge = join(copy, 'services/judge-response/stage.ts')
    const before = readFileSync(judge, 'utf8')
    writeFileSync(judge, before.replaceAll(/\bresponses\b(?=,| \})/g, 'trimmedResponses'))
    expect(readFileSync(judge, 'utf8')).toContain('reads: trimmedResponses,')
    const topology = join(copy, 'services/topology.ts')
    const line = "import { trimResponse } from './trim-response/stage.ts'\n"
    const sentence = readFileSync(topology, 'utf8').replace('  judgeResponse //', '  trimResponse,\n  judgeResponse //')
    writeFileSync(topology, `${line}${sentence}`)
    run('typescript/bin/tsc', '--noEmit', '--project', 'tsconfig.stage.json')
    const told = execFileSync(process.execPath, ['services/cli/main.ts', 'topology'], { cwd: copy, encoding: 'utf8' })
    expect(told).toContain('trim-response')
  })
})

describe('what remains to be done', () => {
  it('names the stage that is to read the new topic, and the line of the topology', () => {
    const { stdout } = newStage('time-draft')
    expect(stdout).toContain('In services/vet-draft/stage.ts, read timedDrafts where it now reads drafts.')
    expect(stdout).toContain(
      "In services/topology.ts, before vetDraft, add:\n     import { timeDraft } from './time-draft"
    )
    expect(stdout).toContain('timeDraft, // drafts -> timed-drafts')
  })
})

describe('a stage that cannot be made is refused, and nothing is written:', () => {
  it.each([
    ['a name without a noun', ['trim'], "'trim' is not named verb-noun"],
    ['capitals', ['Trim-Response'], 'is not named verb-noun'],
    ['a path', ['../trim-response'], 'is not named verb-noun'],
    ['a hyphen at the end', ['trim-'], 'is not named verb-noun'],
    ['a stage that exists', ['judge-response'], 'services/judge-response already exists'],
    ['a folder that is no stage', ['rehearsal-model', '--reads', 'drafts'], 'services/rehearsal-model already exists'],
    ['a record that exists', ['grade-response', '--writes', 'pair'], 'The record pair already exists'],
    ['a record of the engine', ['grade-response', '--writes', 'lineage'], 'The record lineage already exists'],
    ['a record that is no name', ['grade-response', '--writes', '../x'], "'../x' names no record"],
    ['an unknown noun', ['grade-verse'], 'No topic carries a record called verse.'],
    ['an unknown topic', ['grade-verse', '--reads', 'verses'], 'There is no topic verses.'],
    ['a private topic', ['grade-cut', '--reads', 'cuts'], 'There is no topic cuts.'],
    ['the first topic', ['grade-document'], 'documents is an end of the pipeline'],
    ['the last topic', ['grade-pair'], 'pairs is an end of the pipeline'],
    ['no name', [], "missing required argument 'name'"]
  ])('%s', (_, args, reason) => {
    const before = everything()
    const { status, stdout, stderr } = newStage(...args)
    expect(stderr).toContain(reason)
    expect([status, stdout]).toEqual([2, ''])
    expect(everything()).toEqual(before)
  })
})

describe('names', () => {
  it.each([
    ['trim-response', 'trimmed-response', 'trimmed-responses'],
    ['measure-pair', 'measured-pair', 'measured-pairs'],
    ['verify-summary', 'verified-summary', 'verified-summaries'],
    ['vet-draft', 'vetted-draft', 'vetted-drafts'],
    ['screen-passage', 'screened-passage', 'screened-passages'],
    ['relay-box', 'relayed-box', 'relayed-boxes'],
    ['rank-seed-brief', 'ranked-seed-brief', 'ranked-seed-briefs']
  ])('%s writes %s to %s', (stage, record, topic) => {
    expect(namesOf(stage)).toMatchObject({ stage, record, topic })
  })

  it('are those of the record that is named', () => {
    expect(namesOf('cut-response', 'short-response')).toMatchObject({
      stageConst: 'cutResponse',
      recordType: 'ShortResponse',
      topicConst: 'shortResponses',
      setting: 'minCutResponse'
    })
  })
})
