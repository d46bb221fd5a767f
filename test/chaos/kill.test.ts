import { type ChildProcess, spawn } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { randomFrom } from '../../engine/declare/index.ts'
import { createCodec } from '../../engine/log/codec.ts'
import { openEmbeddedLog } from '../../engine/log/embedded/open.ts'
import { topicsOf } from '../../engine/runtime/process/topics.ts'
import { provenanceOf } from '../../engine/runtime/record/headers.ts'
import type { DeadLetter } from '../../engine/schemas/types.ts'
import type { Pair } from '../../schemas/types.ts'
import type { Call } from '../../services/rehearsal-model/calls.ts'
import { type RehearsalModel, startRehearsalModel } from '../../services/rehearsal-model/index.ts'
import { headerNames } from '../../services/topics.ts'
import { topology } from '../../services/topology.ts'

/**
 * The whole command, killed without warning again and again. A run on demand:
 * `CHAOS_KILLS=20 CHAOS_DOCUMENTS=200 CHAOS_SEED=… npx vitest run test/chaos`.
 */
const kills = Number(process.env.CHAOS_KILLS ?? 5)
const documentCount = Number(process.env.CHAOS_DOCUMENTS ?? 60)
const seed = process.env.CHAOS_SEED ?? String(Date.now())
const root = new URL('../..', import.meta.url).pathname

let dir: string
let model: RehearsalModel
let callsFile: string
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'fanno-kill-'))
  callsFile = join(dir, 'calls.jsonl')
  writeFileSync(join(dir, 'documents.jsonl'), documents.map(document => `${JSON.stringify(document)}\n`).join(''))
  // Calls take a while, so that there are some in flight at every moment.
  model = await startRehearsalModel({ callsFile, decodeTokensPerSecond: 300, prefillTokensPerSecond: 200_000 })
})
afterEach(async () => {
  await model.close()
  rmSync(dir, { recursive: true, force: true })
})

/** Real text: the sections of the installed packages' Markdown files, one document each. */
const documents = globSync('node_modules/**/*.md', { cwd: root })
  .sort()
  .flatMap(file => readFileSync(join(root, file), 'utf8').split(/^(?=## )/m))
  .filter(text => text.length > 700)
  .slice(0, documentCount)
  .map((text, index) => ({ id: `section-${index}`, text }))

const fanno = (...args: string[]): ChildProcess =>
  spawn(join(root, 'bin/fanno'), args, {
    cwd: root,
    env: { ...process.env, OPENAI_BASE_URL: model.url, FANNO_DATA_DIR: join(dir, 'data') },
    stdio: ['ignore', 'pipe', 'pipe']
  })
const run = () => fanno('run', join(dir, 'documents.jsonl'), '--out', join(dir, 'out'), '--preset', 'quickstart')

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}
function ended(child: ChildProcess): Promise<Ended> {
  let [stdout, stderr] = ['', '']
  child.stdout!.on('data', chunk => {
    stdout += chunk
  })
  child.stderr!.on('data', chunk => {
    stderr += chunk
  })
  return new Promise(resolve => child.on('close', code => resolve({ code, stdout, stderr })))
}

const calls = (): Call[] =>
  readFileSync(callsFile, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line))
const answered = () => ((statSync(callsFile, { throwIfNoEntry: false })?.size ?? 0) > 0 ? calls().length : 0)

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(resolve => setTimeout(resolve, 25))
}

it(`loses and doubles nothing when killed ${kills} times (seed ${seed})`, {
  timeout: 300_000 + kills * 30_000
}, async () => {
  const random = randomFrom(seed)
  const killTimes: number[] = []
  const inFlight: number[] = []
  for (let kill = 0; kill < kills; kill++) {
    const child = run()
    const end = ended(child)
    let over: Ended | undefined
    void end.then(result => {
      over = result
    })
    const wanted = answered() + 100 + Math.floor(random() * 200)
    await until(() => answered() >= wanted || over !== undefined)
    // A run that ended before its fault proves nothing.
    expect(over, `the run ended by itself: ${over?.stderr.slice(-500)}`).toBeUndefined()
    inFlight.push(model.stats().running + model.stats().waiting)
    killTimes.push(Date.now())
    child.kill('SIGKILL')
    await end
  }
  const last = await ended(run())
  expect(last.stderr.slice(-2_000) + last.code).toMatch(/0$/)

  const verified = await ended(fanno('verify'))
  expect(verified.stderr + verified.stdout + verified.code).toMatch(/0$/)
  const ingested = await ended(fanno('cat', 'documents', '--json'))
  const ids = ingested.stdout
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line).key)
  expect(documents.length).toBe(documentCount)
  expect(ids.length).toBe(documents.length)
  expect(new Set(ids).size).toBe(documents.length)

  // I11. A repeat is a call that was answered before. Its record must have been uncommitted at a kill in between.
  const committed = await commitTimes()
  const uncommittedAt = (time: number, { stage, record }: Call) => (committed.get(`${stage} ${record}`) ?? 0) > time
  const seen = new Map<string, number>()
  let repeats = 0
  for (const call of calls()) {
    const { stage, record, prompt, ask, at, status } = call
    if (stage === 'preflight' || status !== 200) continue
    const name = `${stage} ${record} ${prompt} ${ask}`
    const before = seen.get(name)
    if (before !== undefined) {
      repeats++
      // The server may have ended a call whose client had just died.
      const excused = killTimes.some(time => time >= before - 1_000 && time <= at && uncommittedAt(time, call))
      expect(excused, `${name} was answered twice though its record was committed`).toBe(true)
    }
    seen.set(name, at)
  }
  const atRisk = killTimes.map(
    (time, kill) => inFlight[kill]! + calls().filter(call => call.at <= time && uncommittedAt(time, call)).length
  )
  const bound = atRisk.reduce((sum, each) => sum + each, 0)
  console.log(
    `${kills} kills, ${documents.length} documents, ${calls().length} answered calls, ${repeats} repeats; in flight or answered but uncommitted at the kills: ${bound}`
  )
  expect(repeats).toBeLessThanOrEqual(bound)
})

/** When the outcome of a record was written, by `<stage> <record id>`, in milliseconds since the Unix epoch. */
async function commitTimes(): Promise<ReadonlyMap<string, number>> {
  const pipeline = 'fanno-rehearsal'
  const log = await openEmbeddedLog({ dir: join(dir, 'data', pipeline), role: 'read' })
  const codec = createCodec(log.registry, 'fanno')
  const times = new Map<string, number>()
  for (const { handle, topic } of topicsOf(topology, pipeline, 1)) {
    for (const [partition, end] of (await log.ends(topic)).entries())
      for await (const record of log.read(topic, partition, 0, end)) {
        const provenance = provenanceOf(record.headers, headerNames)
        if (!provenance || provenance.outcome === 'partial' || provenance.outcome === 'decision') continue
        const value = (await codec.decode(handle.schema, record.value)) as Partial<Pair & DeadLetter>
        times.set(`${provenance.stage} ${value.lineage?.parentId ?? value.recordId}`, record.timestamp)
      }
  }
  await log.close()
  return times
}
