import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, inject, vi } from 'vitest'
import { installedReadmes, packageRoot } from '../../../services/cli/readmes.ts'
import { type RehearsalModel, startRehearsalModel } from '../../../services/rehearsal-model/index.ts'
import { type Ended, type RunningFanno, startFanno } from '../fanno.ts'

type Environment = Readonly<Record<string, string>>

/** The `fanno` command of somebody who works on one pipeline of a cluster, with a rehearsal model to ask. */
export interface ClusterUser {
  readonly folder: string
  readonly model: RehearsalModel
  /** As the command knows it, and prefixes its topics: with `-rehearsal`. */
  readonly pipeline: string
  run(parameters: readonly string[], more?: Environment): Promise<Ended>
  /** Standard output as JSON. @throws Error with what the command said, unless it ended with 0. */
  json<Value>(parameters: readonly string[]): Promise<Value>
  /** What `cat --json` prints, a record a line. */
  cat<Value>(records: string): Promise<readonly CatRecord<Value>[]>
  /** A command that goes on until it is stopped. What still runs in the end is killed. */
  start(parameters: readonly string[], more?: Environment): RunningFanno
}

/** A line of `fanno cat --json`. Bytes that are no text are `{ base64 }`. */
export interface CatRecord<Value = unknown> {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly key: string | null
  readonly value: Value
}

/** What `fanno status --json` says, as far as tests look. */
export interface Status {
  readonly drained: boolean
  readonly pairs: number
  /** By stage, then by code. */
  readonly deadLettered: Readonly<Record<string, Readonly<Record<string, number>>>>
  readonly stages: readonly { readonly stage: string; readonly settled: number }[]
}

/** Few cells for few seeds: pairs come within seconds. */
export const small = ['--set', 'seedPassages=2', '--set', 'cellsPerSeed=6', '--set', 'minPool=4']

/** On the broker that all tests share, unless the environment names another. Everything ends with the file of tests. */
export async function clusterUser(more: Environment = {}): Promise<ClusterUser> {
  const folder = mkdtempSync(join(tmpdir(), 'fanno-cluster-'))
  const model = await startRehearsalModel({ mishaps: 0 })
  const running = new Set<RunningFanno>()
  afterAll(async () => {
    for (const { process } of running) process.kill('SIGKILL')
    await Promise.all([...running].map(({ ended }) => ended))
    await model.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const name = `c-${randomUUID().slice(0, 8)}`
  const environment: Environment = {
    FANNO_LOG: 'kafka',
    FANNO_PIPELINE: name,
    FANNO_PARTITIONS: '2',
    KAFKA_BROKERS: inject('bootstrap'),
    SCHEMA_REGISTRY_URL: inject('registryUrl'),
    OPENAI_BASE_URL: model.url,
    ...more
  }
  const start: ClusterUser['start'] = (parameters, also = {}) => {
    const started = startFanno(folder, parameters, { environment: { ...environment, ...also } })
    running.add(started)
    void started.ended.finally(() => running.delete(started))
    return started
  }
  const run: ClusterUser['run'] = (parameters, also) => start(parameters, also).ended
  const output = async (parameters: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await run(parameters)
    if (code !== 0) throw new Error(`fanno ${parameters.join(' ')} ended with ${code}:\n${stderr}`)
    return stdout
  }
  return {
    folder,
    model,
    pipeline: `${name}-rehearsal`,
    run,
    json: async parameters => JSON.parse(await output([...parameters, '--json'])),
    cat: async records => linesOf(await output(['cat', records, '--json'])),
    start
  }
}

const linesOf = (text: string) =>
  text
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line))

/** Real documents: README files of installed packages, of middling length, as paths from the user's folder. */
export const readmes = ({ folder }: Pick<ClusterUser, 'folder'>, count: number): readonly string[] =>
  installedReadmes(packageRoot, folder, 20 + count).slice(20)

/** Waits until the status of the pipeline is as wanted. Each look is a command of its own. */
export async function statusWhere(user: ClusterUser, wanted: (status: Status) => boolean): Promise<Status> {
  let status: Status | undefined
  await vi.waitUntil(
    async () => {
      status = await user.json<Status>(['status'])
      return wanted(status)
    },
    { timeout: 45_000, interval: 1_000 }
  )
  return status!
}

/** What a process with `--port` says of itself. */
export async function health(
  started: RunningFanno
): Promise<(path: string) => Promise<{ status: number; text: string }>> {
  await started.says('on port')
  const [, port] = /on port (\d+)/.exec(started.said())!
  return async path => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`)
    return { status: answer.status, text: await answer.text() }
  }
}

/** SIGTERM to all of them; their exit codes. */
export async function terminated(...started: readonly RunningFanno[]): Promise<readonly (number | null)[]> {
  for (const { process } of started) process.kill('SIGTERM')
  return Promise.all(started.map(async ({ ended }) => (await ended).code))
}
