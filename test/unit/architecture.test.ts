import { globSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  badFiles,
  clientsOutOfPlace,
  importCycles,
  importsOf,
  impureStages,
  type Source,
  sleepingTests,
  type Violation,
  withoutComments,
  wrongDirections
} from '../support/architecture-rules.ts'

const root = new URL('../../', import.meta.url).pathname
const sources: readonly Source[] = globSync('{engine,examples,services,schemas,infra,test}/**/*.ts', { cwd: root }).map(
  path => ({
    path,
    text: readFileSync(`${root}${path}`, 'utf8')
  })
)

const told = (violations: readonly Violation[]): string[] =>
  violations.map(({ path, found, reason }) => `${path}: ${found} (${reason})`)

describe('the sources', () => {
  test('are found', () => {
    expect(sources.length).toBeGreaterThan(30)
    expect(sources.map(({ path }) => path)).toContain('engine/declare/stage.ts')
  })
  test('import in one direction: schemas, the contract, stages', () => {
    expect(told(wrongDirections(sources))).toEqual([])
  })
  test('import a client only where it is wrapped', () => {
    expect(told(clientsOutOfPlace(sources))).toEqual([])
  })
  test('have no clock, chance or environment in stages and in the contract', () => {
    expect(told(impureStages(sources))).toEqual([])
  })
  test('have no giant files and no vague names', () => {
    expect(told(badFiles(sources))).toEqual([])
  })
  test('have no test that is switched off or runs alone', () => {
    expect(told(sleepingTests(sources))).toEqual([])
  })
  test('do not import each other in circles', () => {
    expect(told(importCycles(sources))).toEqual([])
  })
})

const file = (path: string, text = ''): Source => ({ path, text })
const stage = file('services/judge-thing/stage.ts')
const found = (violations: readonly Violation[]): string[] => violations.map(violation => violation.found)

describe('reading imports', () => {
  test('sees static, type-only, re-exported, bare and dynamic imports', () => {
    const text = [
      "import { a } from './a.ts'",
      "import type { B } from '../b.ts'",
      "import {\n  c,\n  d\n} from '@scope/name/deep.js'",
      "export * from './e.ts'",
      "import 'node:fs'",
      "const f = await import('./f.ts')"
    ].join('\n')
    expect(importsOf(file('engine/log/x.ts', text))).toEqual([
      { target: 'engine/log/a.ts', ours: true, typeOnly: false },
      { target: 'engine/b.ts', ours: true, typeOnly: true },
      { target: '@scope/name', ours: false, typeOnly: false },
      { target: 'engine/log/e.ts', ours: true, typeOnly: false },
      { target: 'node:fs', ours: false, typeOnly: false },
      { target: 'engine/log/f.ts', ours: true, typeOnly: false }
    ])
  })
  test('takes no import from a comment, and leaves URLs whole', () => {
    const text = "// import 'lmdb'\n/** import('lmdb') */\nconst url = 'http://x' // import('lmdb')\n"
    expect(importsOf(file('a.ts', text))).toEqual([])
    expect(withoutComments(text)).toContain("'http://x'")
  })
})

describe('a violation is reported', () => {
  test('when an example knows the services, and not for the engine and its own files', () => {
    const text = [
      "import { a } from '../../engine/index.ts'",
      "import { b } from './pipeline.ts'",
      "import { c } from '../../services/topics.ts'",
      "import { d } from '../../schemas/types.ts'"
    ].join('\n')
    expect(found(wrongDirections([file('examples/mine/main.ts', text)]))).toEqual([
      'imports services/topics.ts',
      'imports schemas/types.ts'
    ])
  })
  test('when the engine imports a service or a test', () => {
    const text = "import { x } from '../../services/topics.ts'\nimport { y } from '../../test/support/y.ts'"
    expect(found(wrongDirections([file('engine/log/x.ts', text)]))).toEqual([
      'imports services/topics.ts',
      'imports test/support/y.ts'
    ])
  })
  test('when the contract imports the rest of the engine or a library', () => {
    const text = "import { x } from '../log/port.ts'\nimport yaml from 'yaml'\nimport { z } from 'zod'"
    expect(found(wrongDirections([file('engine/declare/x.ts', text)]))).toEqual([
      'imports engine/log/port.ts',
      'imports yaml'
    ])
  })
  test('when a stage imports the engine, another stage, the pipeline, a disk or a client', () => {
    const text = [
      "import { a } from '../../engine/declare/index.ts'",
      "import { b } from '../topics.ts'",
      "import { c } from './rules.ts'",
      "import { parseHTML } from 'linkedom'",
      "import { d } from '../../engine/log/port.ts'",
      "import { e } from '../other-stage/rules.ts'",
      "import { f } from '../topology.ts'",
      "import { g } from 'node:fs'",
      "import OpenAI from 'openai'"
    ].join('\n')
    expect(found(wrongDirections([stage, file('services/judge-thing/rules.ts', text)]))).toEqual([
      'imports engine/log/port.ts',
      'imports services/other-stage/rules.ts',
      'imports services/topology.ts',
      'imports node:fs',
      'imports openai'
    ])
  })
  test('when what stages share imports a stage', () => {
    const shared = file('services/tag-grid.ts', "import { x } from './judge-thing/rules.ts'")
    expect(found(wrongDirections([stage, shared]))).toEqual(['imports services/judge-thing/rules.ts'])
  })
  test('when a stage imports a view that touches the disk, even through another file; mathematics are allowed', () => {
    const views = [
      file('engine/mathematics/cosine.ts', "import type { X } from '../declare/index.ts'"),
      file('engine/mathematics/index-file.ts', "import { open } from 'lmdb'"),
      file('engine/mathematics/nearest.ts', "import { x } from './index-file.ts'")
    ]
    const text =
      "import { x } from '../../engine/mathematics/cosine.ts'\nimport { y } from '../../engine/mathematics/nearest.ts'"
    expect(found(wrongDirections([...views, file(stage.path, text)]))).toEqual([
      'imports engine/mathematics/nearest.ts'
    ])
  })
  test('when a client is imported away from its wrapper', () => {
    const text = "import OpenAI from 'openai'\nimport { open } from 'lmdb'\nimport { Kafka } from 'kafkajs'"
    const places = ['engine/inference/x.ts', 'engine/log/embedded/x.ts', 'engine/log/kafka/x.ts', 'test/unit/x.ts']
    expect(places.map(path => found(clientsOutOfPlace([file(path, text)])))).toEqual([
      ['imports lmdb', 'imports kafkajs'],
      ['imports openai', 'imports kafkajs'],
      ['imports openai', 'imports lmdb'],
      []
    ])
  })
  test('when a stage uses a clock, chance or the environment, and not in the console', () => {
    const text =
      'const a = Math.random() + Date.now()\nconst b = process.env.HOME\nconst c = new Date()\n// Date.now()\n'
    const expected = ['Math.random', 'Date.now', 'process.env', 'new Date(']
    expect(found(impureStages([stage, file('services/judge-thing/rules.ts', text)]))).toEqual(expected)
    expect(found(impureStages([file('engine/declare/x.ts', text)]))).toEqual(expected)
    expect(impureStages([stage, file('services/console/x.ts', text)])).toEqual([])
  })
  test('when a file has more than 400 lines', () => {
    expect(found(badFiles([file('engine/a.ts', '\n'.repeat(401)), file('engine/b.ts', '\n'.repeat(400))]))).toEqual([
      '401 lines'
    ])
  })
  test('when a name is vague', () => {
    const paths = ['engine/utils/a.ts', 'engine/log-helpers.ts', 'services/x/error-handler.ts', 'engine/commons-law.ts']
    expect(found(badFiles(paths.map(path => file(path))))).toEqual(['utils', 'log-helpers.ts', 'error-handler.ts'])
  })
  test('when a test is switched off or runs alone', () => {
    const text = ['skip', 'only', 'todo'].map(word => `${'test'}.${word}('x')\n`).join('')
    expect(found(sleepingTests([file('test/unit/x.test.ts', text)]))).toEqual(
      ['skip', 'only', 'todo'].map(word => `${'test'}.${word}`)
    )
  })
  test('when files import each other in a circle, be it of types alone', () => {
    const circle = [
      file('engine/a.ts', "import { b } from './b.ts'"),
      file('engine/b.ts', "import { c } from './c.ts'"),
      file('engine/c.ts', "import { a } from './a.ts'")
    ]
    expect(found(importCycles(circle))).toEqual(['engine/a.ts -> engine/b.ts -> engine/c.ts -> engine/a.ts'])
    const types = [circle[0]!, file('engine/b.ts', "import type { a } from './a.ts'")]
    expect(importCycles(types)).toHaveLength(1)
  })
})
