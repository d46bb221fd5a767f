/**
 * Whether the tests notice when a rule of the exactly-once promise is broken: each rule is broken in a copy of this
 * checkout, and its tests are run there. `npm run mutations [words of a rule]`. Exit code 1 when one goes unnoticed.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Mutation, mutations } from './mutations.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const copy = mkdtempSync(join(tmpdir(), 'fanno-mutations-'))
process.once('exit', () => rmSync(copy, { recursive: true, force: true }))
process.once('SIGINT', () => process.exit(130))

const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root })
for (const file of files.toString().split('\0').filter(Boolean)) cpSync(join(root, file), join(copy, file))
symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))

interface Tests {
  readonly passed: number
  readonly failed: number
}

/** Runs tests in the copy. @throws Error when none was run: a broken rule must not pass for a broken test. */
function run(tests: readonly string[]): Tests {
  const report = join(copy, 'mutations-report.json')
  rmSync(report, { force: true })
  const vitest = join(copy, 'node_modules/vitest/vitest.mjs')
  const { stdout } = spawnSync(
    process.execPath,
    [vitest, 'run', '--reporter=json', `--outputFile=${report}`, ...tests],
    {
      cwd: copy,
      env: { ...process.env, KAFKA_TESTS: 'required' },
      encoding: 'utf8'
    }
  )
  try {
    const { numPassedTests: passed, numFailedTests: failed } = JSON.parse(readFileSync(report, 'utf8'))
    if (passed + failed > 0) return { passed, failed }
  } catch {}
  throw new Error(`no test of ${tests.join(', ')} was run:\n${stdout}`)
}

function broken({ file, from, to, tests }: Mutation): Tests {
  const path = join(copy, file)
  const source = readFileSync(path, 'utf8')
  if (source.split(from).length !== 2) throw new Error(`${file} does not hold once: ${from}`)
  try {
    writeFileSync(
      path,
      source.replace(from, () => to)
    )
    return run(tests)
  } finally {
    writeFileSync(path, source)
  }
}

const words = process.argv.slice(2).map(word => word.toLowerCase())
const chosen = mutations.filter(({ breaks }) => words.every(word => breaks.toLowerCase().includes(word)))
const all = [...new Set(chosen.flatMap(({ tests }) => tests))]
console.log(`Nothing broken: ${all.length} test files`)
const sound = run(all)
console.log(`  ${sound.passed} passed, ${sound.failed} failed`)
let unnoticed = sound.failed
for (const mutation of chosen) {
  const { passed, failed } = broken(mutation)
  if (failed === 0) unnoticed++
  console.log(
    `${failed > 0 ? 'noticed  ' : 'UNNOTICED'}  ${mutation.breaks}: ${failed} of ${passed + failed} tests fail`
  )
}
console.log(unnoticed > 0 ? 'Not every broken rule is noticed.' : `All ${chosen.length} broken rules are noticed.`)
process.exitCode = unnoticed > 0 ? 1 : 0
