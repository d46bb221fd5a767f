import { globSync, readFileSync } from 'node:fs'
import { dirname, relative } from 'node:path/posix'
import { describe, expect, it } from 'vitest'
import {
  badFiles,
  clientsOutOfPlace,
  crowdedFolders,
  foreignWordsInEngine,
  importsOf,
  impureLibraries,
  impureStages,
  type Source,
  sleepingTests,
  type Violation,
  withoutComments
} from '../support/architecture/architecture-rules.ts'
import { importCircles } from '../support/architecture/import-circles.ts'
import { againstTable, importTable } from '../support/architecture/import-table.ts'

const root = new URL('../../', import.meta.url).pathname
const sources: readonly Source[] = globSync('{engine,examples,services,schemas,infra,test}/**/*.ts', { cwd: root }).map(
  path => ({
    path,
    text: readFileSync(`${root}${path}`, 'utf8')
  })
)

const table = importTable(readFileSync(`${root}docs/architecture.md`, 'utf8'))

const told = (violations: readonly Violation[]): string[] =>
  violations.map(({ path, found, reason }) => `${path}: ${found} (${reason})`)

describe('the sources', () => {
  it('are found', () => {
    expect(sources.length).toBeGreaterThan(30)
    expect(sources.map(({ path }) => path)).toContain('engine/declare/stage.ts')
  })
  it('import what the table in docs/architecture.md allows', () => {
    expect(table.length).toBeGreaterThan(15)
    expect(told(againstTable(sources, table))).toEqual([])
  })
  it('each have a row in that table, and each row has files', () => {
    const places = table.flatMap(({ paths }) => paths).filter(path => !/[<*]/.test(path))
    expect(places.filter(place => !sources.some(({ path }) => path.startsWith(place)))).toEqual([])
  })
  it('use no impure library in stages and in the contract', () => {
    expect(told(impureLibraries(sources))).toEqual([])
  })
  it('import a client only where it is wrapped', () => {
    expect(told(clientsOutOfPlace(sources))).toEqual([])
  })
  it('have no clock, chance or environment in stages and in the contract', () => {
    expect(told(impureStages(sources))).toEqual([])
  })
  it('have no giant files and no vague names', () => {
    expect(told(badFiles(sources))).toEqual([])
  })
  it('have no word of FANNO or of its command in the engine, its pages and schemas included', () => {
    const texts = globSync('engine/**/*.{ts,md,avsc,json}', { cwd: root }).map(path =>
      file(path, readFileSync(`${root}${path}`, 'utf8'))
    )
    expect(texts.length).toBeGreaterThan(150)
    expect(told(foreignWordsInEngine(texts))).toEqual([])
  })
  it('lie in folders that can be taken in at a glance', () => {
    const paths = globSync('{engine,examples,services,schemas,infra,test,docs}/**/*.*', { cwd: root })
    expect(told(crowdedFolders(paths))).toEqual([])
  })
  it('have no test that is switched off or runs alone', () => {
    expect(told(sleepingTests(sources))).toEqual([])
  })
  it('do not import each other in circles, neither files nor folders', () => {
    expect(told(importCircles(sources))).toEqual([])
  })
})

const file = (path: string, text = ''): Source => ({ path, text })
const stage = file('services/judge-thing/stage.ts')
const found = (violations: readonly Violation[]): string[] => violations.map(violation => violation.found)

describe('reading imports', () => {
  it('sees static, type-only, re-exported, bare and dynamic imports', () => {
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
  it('sees other quotes, line breaks, and files that are named by their URL', () => {
    const text = [
      'import a from "./a.ts"',
      'const b = await import(`./b.ts`)',
      "const c = await import(\n  './c.ts'\n)",
      "const d = new Worker(new URL('../d.ts', import.meta.url))"
    ].join('\n')
    expect(importsOf(file('engine/log/x.ts', text)).map(({ target }) => target)).toEqual([
      'engine/log/a.ts',
      'engine/log/b.ts',
      'engine/log/c.ts',
      'engine/d.ts'
    ])
  })
  it('takes no import from a comment, and leaves URLs whole', () => {
    const text = "// import 'lmdb'\n/** import('lmdb') */\nconst url = 'http://x' // import('lmdb')\n"
    expect(importsOf(file('a.ts', text))).toEqual([])
    expect(withoutComments(text)).toContain("'http://x'")
  })
})

describe('a violation is reported', () => {
  const astray = (path: string, ...targets: string[]) => {
    const text = targets.map(target => `import { x } from './${relative(dirname(path), target)}'`).join('\n')
    return found(againstTable([stage, file(path, text)], table))
  }
  it('when an example knows the services, and not for the engine and its own files', () => {
    const allowed = ['engine/index.ts', 'examples/six-questions/pipeline.ts']
    expect(astray('examples/six-questions/main.ts', ...allowed, 'services/topics.ts', 'schemas/types.ts')).toEqual([
      'imports services/topics.ts',
      'imports schemas/types.ts'
    ])
  })
  it('when the engine imports a service or a test, and when one of its folders imports what stands above it', () => {
    expect(astray('engine/log/x.ts', 'services/topics.ts', 'test/support/y.ts', 'engine/declare/stage.ts')).toEqual([
      'imports services/topics.ts',
      'imports test/support/y.ts'
    ])
    expect(astray('engine/log/x.ts', 'engine/runtime/process/pipeline.ts')).toHaveLength(1)
    expect(astray('engine/declare/x.ts', 'engine/log/port.ts', 'engine/schemas/load.ts')).toEqual([
      'imports engine/log/port.ts'
    ])
  })
  it('when a stage imports the engine beyond its contract, another stage or the pipeline', () => {
    const allowed = ['engine/declare/index.ts', 'services/topics.ts', 'services/judge-thing/rules.ts']
    const others = ['engine/log/port.ts', 'services/topology.ts', 'services/operate/read.ts']
    expect(astray('services/judge-thing/prompt.ts', ...allowed, ...others)).toEqual(
      others.map(path => `imports ${path}`)
    )
    const other = file('services/other-thing/stage.ts', "import { x } from '../judge-thing/rules.ts'")
    expect(found(againstTable([stage, other], table))).toEqual(['imports services/judge-thing/rules.ts'])
  })
  it('when what stages share imports a stage, and when what operates a pipeline imports the command', () => {
    expect(astray('services/tag-grid.ts', 'services/judge-thing/rules.ts', 'services/topology.ts')).toHaveLength(2)
    expect(astray('services/operate/x.ts', 'services/cli/ending/exit-codes.ts', 'engine/index.ts')).toHaveLength(1)
    expect(astray('services/verify/x.ts', 'services/export/index.ts', 'services/operate/read.ts')).toHaveLength(1)
    expect(astray('infra/kafka/x.ts', 'engine/index.ts', 'infra/kafka/main.ts')).toHaveLength(1)
  })
  it('when a file is in a folder that the table does not know', () => {
    expect(astray('services/elsewhere/x.ts')).toEqual(['services/elsewhere/x.ts'])
  })
  it('when it is of the last row of a page, and not for a place that imports itself', () => {
    const page = '| folder | what | may import |\n|---|---|---|\n| `a/` | first | |\n| `b/` | last | `a/` |'
    expect(importTable(page).map(({ paths }) => paths)).toEqual([['a/'], ['b/']])
    expect(astray('services/tag-grid.ts', 'services/topics.ts', 'services/words.ts')).toEqual([])
  })
  it('when there is no table to hold them against', () => {
    expect(() => importTable('| folder | what it is |')).toThrow('no table')
  })
  it('when the contract or a stage imports a client, a disk, or a library that is not for text', () => {
    const text = ['yaml', 'zod', 'linkedom', 'node:fs', 'openai'].map(name => `import x from '${name}'`).join('\n')
    expect(found(impureLibraries([file('engine/declare/x.ts', text)]))).toEqual(
      ['yaml', 'linkedom', 'node:fs', 'openai'].map(name => `imports ${name}`)
    )
    expect(found(impureLibraries([file(stage.path, text)]))).toEqual(
      ['yaml', 'node:fs', 'openai'].map(name => `imports ${name}`)
    )
  })
  it('when a stage imports mathematics that touch the disk, even through another file', () => {
    const mathematics = [
      file('engine/mathematics/cosine.ts', "import type { X } from '../declare/index.ts'"),
      file('engine/mathematics/index-file.ts', "import { open } from 'lmdb'"),
      file('engine/mathematics/nearest.ts', "import { x } from './index-file.ts'")
    ]
    const text =
      "import { x } from '../../engine/mathematics/cosine.ts'\nimport { y } from '../../engine/mathematics/nearest.ts'"
    expect(found(impureLibraries([...mathematics, file(stage.path, text)]))).toEqual([
      'imports engine/mathematics/nearest.ts'
    ])
  })
  it('when a client is imported away from its wrapper', () => {
    const text = "import OpenAI from 'openai'\nimport { open } from 'lmdb'\nimport { Kafka } from 'kafkajs'"
    const places = ['engine/inference/x.ts', 'engine/log/embedded/x.ts', 'engine/log/kafka/x.ts', 'test/unit/x.ts']
    expect(places.map(path => found(clientsOutOfPlace([file(path, text)])))).toEqual([
      ['imports lmdb', 'imports kafkajs'],
      ['imports openai', 'imports kafkajs'],
      ['imports openai', 'imports lmdb'],
      []
    ])
  })
  it('when a stage uses a clock, chance or the environment, and not in the console', () => {
    const text =
      'const a = Math.random() + Date.now()\nconst b = process.env.HOME\nconst c = new Date()\n// Date.now()\n'
    const expected = ['Math.random', 'Date.now', 'process.env', 'new Date(']
    expect(found(impureStages([stage, file('services/judge-thing/rules.ts', text)]))).toEqual(expected)
    expect(found(impureStages([file('engine/declare/x.ts', text)]))).toEqual(expected)
    expect(impureStages([stage, file('services/console/x.ts', text)])).toEqual([])
  })
  it('when a file has more than 400 lines', () => {
    expect(found(badFiles([file('engine/a.ts', '\n'.repeat(401)), file('engine/b.ts', '\n'.repeat(400))]))).toEqual([
      '401 lines'
    ])
  })
  it('when the engine speaks of a method or of a variable of the command, be it in a comment', () => {
    const text =
      "// The teacher answers, as TEACHER_MODEL says.\nconst a = 'FANNO_LOG'\nconst passages = b['x-fanno-stage']\n"
    expect(found(foreignWordsInEngine([file('engine/a.ts', text), file('services/a.ts', text)]))).toEqual([
      'teacher',
      'TEACHER',
      'FANNO_LOG',
      'passages',
      'fanno'
    ])
  })
  it('when a folder holds more than 15 files, those in its folders not counted', () => {
    const many = (folder: string, count: number) => Array.from({ length: count }, (_, index) => `${folder}/${index}.ts`)
    expect(found(crowdedFolders([...many('engine/log', 16), ...many('engine/log/kafka', 15)]))).toEqual(['16 files'])
  })
  it('when a name is vague', () => {
    const paths = ['engine/utils/a.ts', 'engine/log-helpers.ts', 'services/x/error-handler.ts', 'engine/commons-law.ts']
    expect(found(badFiles(paths.map(path => file(path))))).toEqual(['utils', 'log-helpers.ts', 'error-handler.ts'])
  })
  it('when a test is switched off or runs alone', () => {
    const text = ['skip', 'only', 'todo'].map(word => `${'test'}.${word}('x')\n`).join('')
    expect(found(sleepingTests([file('test/unit/x.test.ts', text)]))).toEqual(
      ['skip', 'only', 'todo'].map(word => `${'test'}.${word}`)
    )
  })
  it('when files import each other in a circle, be it of types alone', () => {
    const circle = [
      file('engine/a.ts', "import { b } from './b.ts'"),
      file('engine/b.ts', "import { c } from './c.ts'"),
      file('engine/c.ts', "import { a } from './a.ts'")
    ]
    expect(found(importCircles(circle))).toEqual(['a.ts -> b.ts -> c.ts -> a.ts'])
    const types = [circle[0]!, file('engine/b.ts', "import type { a } from './a.ts'")]
    expect(importCircles(types)).toHaveLength(1)
  })
  it('when folders import each other in a circle, though no files do', () => {
    const rooms = [
      file('engine/log/open.ts', "import { a } from './pages/a.ts'"),
      file('engine/log/pages/a.ts'),
      file('engine/log/pages/b.ts', "import { x } from '../open.ts'")
    ]
    expect(found(importCircles(rooms))).toEqual(['open.ts -> pages -> open.ts'])
    expect(importCircles(rooms.slice(0, 2))).toEqual([])
  })
})
