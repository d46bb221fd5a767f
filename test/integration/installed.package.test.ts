import { execFile, execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RehearsalModel, startRehearsalModel } from '../../services/rehearsal-model/index.ts'

/** Both packages as `npm pack` makes them, installed into an empty folder. */
const root = new URL('../../', import.meta.url).pathname
const work = mkdtempSync(join(tmpdir(), 'fanno-package-'))
const source = join(work, 'source')
const app = join(work, 'app')
let model: RehearsalModel

interface Ended {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/** Not synchronously: the model answers from this process. */
const inApp = (program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> =>
  new Promise(resolve => {
    const options = { cwd: app, env: { ...process.env, OPENAI_BASE_URL: '', ...env }, timeout: 50_000 }
    execFile(program, args, options, (error, stdout, stderr) =>
      resolve({ status: error ? Number(error.code ?? -1) : 0, stdout, stderr })
    )
  })
const fanno = (...args: string[]) => inApp(join(app, 'node_modules/.bin/fanno'), args)

beforeAll(async () => {
  // Of a copy, as git has it: whatever else lies in the checkout has to be left out, and the checkout untouched.
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
  for (const file of files.split('\n').filter(path => path && existsSync(join(root, path)))) {
    mkdirSync(dirname(join(source, file)), { recursive: true })
    cpSync(join(root, file), join(source, file))
  }
  symlinkSync(join(root, 'node_modules'), join(source, 'node_modules'))
  const pack = (folder: string) =>
    execFileSync('npm', ['pack', '--silent', '--pack-destination', work], { cwd: folder, encoding: 'utf8' }).trim()
  const packed = [pack(source), pack(join(source, 'engine'))].map(file => join(work, file))
  mkdirSync(app)
  writeFileSync(join(app, 'package.json'), '{ "name": "app", "private": true, "type": "module" }')
  const install = ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error', ...packed]
  execFileSync('npm', install, { cwd: app, encoding: 'utf8' })
  model = await startRehearsalModel({})
}, 300_000)
afterAll(async () => {
  await model?.close()
  rmSync(work, { recursive: true, force: true })
})

describe('the package of the command', () => {
  it('holds what was built, and neither sources nor tests; the checkout is left as it was', async () => {
    const installed = join(app, 'node_modules/fanno-stream')
    const packed = readdirSync(installed, { recursive: true, encoding: 'utf8' })
    expect(packed).toEqual(
      expect.arrayContaining(['LICENSE', 'README.md', '.env.example', 'bin/fanno', 'package.json'])
    )
    expect(packed.filter(file => /\.ts$|^(test|node_modules)\/|\.test\./.test(file))).toEqual([])
    const files = readdirSync(join(installed, 'dist'), { recursive: true, encoding: 'utf8' })
    expect(files.filter(file => /(^|\/)(test|infra)\//.test(file))).toEqual([])
    expect([existsSync(join(source, 'dist')), existsSync(join(source, 'engine/dist'))]).toEqual([false, false])
  })
  it('has pages whose links lead to what is in it', () => {
    const installed = join(app, 'node_modules/fanno-stream')
    const pages = readdirSync(installed, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.md'))
    const links = pages.flatMap(page => {
      const text = readFileSync(join(installed, page), 'utf8').replace(/```[\s\S]*?```/g, '')
      return [...text.matchAll(/\]\(([^)#\s:]+)(?:#[^)]*)?\)/g)].map(([, target]) => ({ page, target: target! }))
    })
    expect(links.length).toBeGreaterThan(20)
    expect(links.filter(({ page, target }) => !existsSync(join(installed, dirname(page), target)))).toEqual([])
  })
  it('runs the main job on the texts that it was installed with, with all its threads, and verifies it', async () => {
    const ran = await fanno('quickstart', '--pairs', '5')
    expect(ran.stderr).toContain('5 pairs')
    expect(ran.status).toBe(0)
    const pairs = JSON.parse(readFileSync(join(app, 'out/fanno-rehearsal/rehearsal-alpaca.json'), 'utf8')) as object[]
    expect(pairs).toHaveLength(5)
    const verified = await fanno('verify')
    expect([verified.status, verified.stdout]).toEqual([0, expect.stringContaining('exactly one outcome')])
  })
  it('knows its version, its help and its topology', async () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
    expect((await fanno('--version')).stdout.trim()).toBe(version)
    expect((await fanno('--help')).stdout).toContain('Exit codes')
    expect((await fanno('topology')).stdout).toContain('judge-response')
  })
  it('goes on where a checkout has worked: the configuration of every stage is the same', async () => {
    const text = `${'The lighthouse was built of granite, and its lamp turns all night. '.repeat(30)}\n`
    writeFileSync(join(app, 'more.txt'), text)
    const checkout = await inApp(join(root, 'bin/fanno'), ['run', 'more.txt', '--pipeline', 'both'])
    expect([checkout.status, checkout.stderr]).toEqual([0, expect.any(String)])
    writeFileSync(join(app, 'more.txt'), text + text)
    const installed = await fanno('run', 'more.txt', '--pipeline', 'both')
    expect([installed.status, installed.stderr]).toEqual([0, expect.not.stringContaining('configuration')])
  })
})

describe('the package of the engine', () => {
  const example = join(app, 'six-questions')
  beforeAll(() => {
    cpSync(join(root, 'examples/six-questions'), example, { recursive: true })
    for (const file of ['main.ts', 'pipeline.ts']) {
      const text = readFileSync(join(example, file), 'utf8')
      const byName = text
        .replaceAll("'../../engine/index.ts'", "'inference-dataflow'")
        .replace(/'\.\.\/\.\.\/engine\/log\/(embedded|kafka)\/open\.ts'/g, "'inference-dataflow/log/$1'")
      expect(byName).not.toContain('../engine')
      writeFileSync(join(example, file), byName)
    }
  })
  it('runs the example, which imports it by its name', async () => {
    const { stdout, stderr, status } = await inApp(process.execPath, [join(example, 'main.ts')], {
      OPENAI_BASE_URL: model.url
    })
    expect([status, stderr]).toEqual([0, expect.any(String)])
    const pairs = stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as { instruction: string; response: string })
    expect(pairs.length).toBeGreaterThan(0)
    expect(pairs.every(({ instruction, response }) => instruction !== '' && response !== '')).toBe(true)
  })
  it('has types that the example compiles against', async () => {
    const config = { extends: join(root, 'tsconfig.json'), include: ['six-questions'], exclude: [] }
    writeFileSync(join(app, 'tsconfig.json'), JSON.stringify(config))
    const compiler = join(root, 'node_modules/typescript/bin/tsc')
    const { stdout, status } = await inApp(process.execPath, [compiler, '--skipLibCheck', 'false', '-p', app])
    expect([status, stdout]).toEqual([0, ''])
  })
  it('exports what its package.json lists, and nothing else', async () => {
    const { exports } = JSON.parse(readFileSync(join(root, 'engine/package.json'), 'utf8')) as { exports: object }
    const names = Object.keys(exports).map(path => path.replace(/^\./, 'inference-dataflow'))
    const importing = names.map(name => `await import('${name}')`).join(';')
    expect((await inApp(process.execPath, ['--input-type=module', '-e', importing])).status).toBe(0)
    const inner = "await import('inference-dataflow/dist/log/codec.js')"
    expect((await inApp(process.execPath, ['--input-type=module', '-e', inner])).stderr).toContain(
      'ERR_PACKAGE_PATH_NOT_EXPORTED'
    )
  })
})
