import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, inject } from 'vitest'
import { type Ended, fanno, type RunningFanno, startFanno } from './fanno.ts'

export interface FannoOnKafka {
  /** A folder of its own, in which the commands run. */
  readonly dir: string
  /** As it is called on the cluster: the rehearsal model answers. */
  readonly pipeline: string
  /** Runs a command until it ends. */
  run(...parameters: string[]): Promise<Ended>
  /** As `run`. @throws Error with what it said when it does not end well. */
  ok(...parameters: string[]): Promise<string>
  /** Starts a command that serves; killed when the tests end. */
  start(...parameters: string[]): RunningFanno
}

/** The `fanno` command on a cluster, with a pipeline of its own. @param more variables, in place of those by default. */
export function fannoOnKafka(more: () => Readonly<Record<string, string>> = () => ({})): FannoOnKafka {
  const dir = mkdtempSync(join(tmpdir(), 'fanno-on-kafka-'))
  const name = `p-${randomUUID().slice(0, 8)}`
  const running: RunningFanno[] = []
  const options = () => ({
    environment: {
      FANNO_LOG: 'kafka',
      FANNO_PIPELINE: name,
      FANNO_PARTITIONS: '2',
      KAFKA_BROKERS: inject('bootstrap'),
      SCHEMA_REGISTRY_URL: inject('registryUrl'),
      ...more()
    }
  })
  afterAll(async () => {
    for (const { process } of running) process.kill('SIGKILL')
    await Promise.all(running.map(({ ended }) => ended))
    rmSync(dir, { recursive: true, force: true })
  })
  const run = (...parameters: string[]) => fanno(dir, parameters, options())
  return {
    dir,
    pipeline: `${name}-rehearsal`,
    run,
    async ok(...parameters) {
      const { code, stdout, stderr } = await run(...parameters)
      if (code !== 0) throw new Error(`fanno ${parameters.join(' ')} ended with ${code}:\n${stdout}${stderr}`)
      return stdout
    },
    start(...parameters) {
      const started = startFanno(dir, parameters, options())
      running.push(started)
      return started
    }
  }
}

/** Real text that is there after `npm ci`. */
export const readmes = (...packages: string[]): string[] =>
  packages.map(name => join(import.meta.dirname, '../../node_modules', name, 'README.md'))
