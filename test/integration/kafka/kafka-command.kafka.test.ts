import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  type Artifact,
  brokerArtifact,
  fetchArtifact,
  fetchedFolder,
  registryArtifact
} from '../../../infra/kafka/artifacts.ts'
import { isAvailable } from '../../../infra/kafka/index.ts'
import { startAlone } from '../../../infra/kafka/start-lock.ts'
import { changeState } from '../../../infra/kafka/state.ts'
import { spawnScript } from '../../support/spawned.ts'

const base = mkdtempSync(join(tmpdir(), 'kafka-command-'))
const main = fileURLToPath(new URL('../../../infra/kafka/main.ts', import.meta.url))

function kafka(parameters: readonly string[], environment: Record<string, string> = {}) {
  const env = { ...process.env, ...environment }
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...parameters], { encoding: 'utf8', env })
  return { status, stdout, stderr }
}

const runs = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** A folder with one program in it, to stand before all others. */
function pathWith(program: string, script: string): string {
  const folder = mkdtempSync(join(base, 'path-'))
  writeFileSync(join(folder, program), `#!/bin/sh\n${script}\n`)
  chmodSync(join(folder, program), 0o755)
  return folder
}

afterAll(() => rmSync(base, { recursive: true, force: true }))
afterEach(() => void vi.unstubAllEnvs())

describe('without what it needs', () => {
  const empty = join(base, 'empty')

  it('says that Java is missing and how to get it', () => {
    const ended = kafka(['start', '--data', join(base, 'no-java')], { PATH: empty, JAVA_HOME: '' })
    expect(ended).toMatchObject({ status: 69, stdout: '' })
    expect(ended.stderr).toMatch(/^kafka: Java is not installed.*apt-get install openjdk-17-jre-headless maven/)
    expect(existsSync(join(base, 'no-java'))).toBe(false)
  })

  it('says that Java is too old', () => {
    vi.stubEnv('JAVA_HOME', '')
    vi.stubEnv('PATH', pathWith('java', 'echo \'openjdk version "1.8.0_412"\' >&2'))
    expect(isAvailable()).toMatchObject({ java: '8.0_412', maven: undefined })
    expect(isAvailable().reason).toMatch(/^Java 8.0_412 is too old/)
  })

  it('says that Maven is missing where it has to fetch', () => {
    vi.stubEnv('JAVA_HOME', '')
    vi.stubEnv('PATH', pathWith('java', 'echo \'openjdk version "21.0.1" 2023-10-17\' >&2'))
    vi.stubEnv('KAFKA_LOCAL_CACHE', empty)
    expect(isAvailable()).toMatchObject({ java: '21.0.1', maven: undefined })
    expect(isAvailable().reason).toMatch(/^Maven is not installed.*apt-get install/)
  })
})

describe('fetching', () => {
  const artifact: Artifact = {
    name: 'thing-1',
    title: 'Thing 1',
    pom: new URL('../../../infra/kafka/broker/pom.xml', import.meta.url),
    goal: 'copy-dependencies',
    needs: ['thing.jar'],
    jars: 2,
    downloadMegabytes: 1
  }
  const beside = (folder: string, script: string): string => `${pathWith('mvn', script)}${delimiter}${folder}`
  const useMaven = (script: string): string => {
    vi.stubEnv('PATH', beside(process.env.PATH!, script))
    const cache = mkdtempSync(join(base, 'cache-'))
    vi.stubEnv('KAFKA_LOCAL_CACHE', cache)
    return cache
  }

  it('gives the cache one whole copy when several fetch at once, and mends a damaged one', async () => {
    const cache = useMaven('mkdir unpacked && sleep 0.2 && touch unpacked/thing.jar unpacked/other.jar')
    const notices: string[] = []
    const fetch = () => fetchArtifact(artifact, text => void notices.push(text))
    expect(new Set(await Promise.all([fetch(), fetch(), fetch()]))).toEqual(new Set([join(cache, 'thing-1')]))
    expect(readdirSync(cache)).toEqual(['thing-1'])
    await fetch()
    expect(notices).toHaveLength(3)
    rmSync(join(cache, 'thing-1', 'other.jar'))
    expect(fetchedFolder(artifact)).toBeUndefined()
    await fetch()
    expect(readdirSync(join(cache, 'thing-1')).sort()).toEqual(['other.jar', 'thing.jar'])
  })

  it('leaves nothing behind when Maven fails, brings nothing, or is not there', async () => {
    const failing = useMaven('echo "no route to host"; exit 1')
    await expect(fetchArtifact(artifact, () => {})).rejects.toThrow(/could not fetch Thing 1[\s\S]*no route to host/)
    expect(readdirSync(failing)).toEqual([])
    const lacking = useMaven('mkdir unpacked && touch unpacked/thing.jar')
    await expect(fetchArtifact(artifact, () => {})).rejects.toThrow('only 1 jars')
    expect(readdirSync(lacking)).toEqual([])
    vi.stubEnv('PATH', join(base, 'empty'))
    await expect(fetchArtifact(artifact, () => {})).rejects.toThrow('Maven does not start')
  })
})

describe('a data folder', () => {
  it('takes no other program for the broker whose number it has now', () => {
    const data = join(base, 'reused')
    mkdirSync(data)
    const ports = { port: 20_001, controllerPort: 20_002, saslPort: 20_003, tlsPort: 20_004 }
    changeState(data, () => ({ bootstrap: '127.0.0.1:20001', brokers: [{ id: 1, ...ports, pid: process.pid }] }))
    expect(kafka(['status', '--data', data]).stderr).toContain('broker 1   stopped')
    expect(kafka(['kill', '--broker', '1', '--data', data]).status).toBe(0)
    expect(kafka(['stop', '--data', data]).status).toBe(0)
  })

  it('is started by one process at a time, and by the next when that was killed', async () => {
    const data = mkdtempSync(join(base, 'lock-'))
    const second = () => startAlone(data, 'brokers', async () => 'second')
    await startAlone(data, 'brokers', () =>
      expect(second()).rejects.toThrow(`Process ${process.pid} is starting the brokers`)
    )
    expect(await second()).toBe('second')
    const { pid } = spawnSync(process.execPath, ['-e', ''])
    writeFileSync(join(data, 'starting-brokers'), String(pid))
    expect(await second()).toBe('second')
  })

  it('that is damaged or has a name Kafka would misread is refused in words', () => {
    const data = join(base, 'damaged')
    mkdirSync(data)
    writeFileSync(join(data, 'state.json'), '{')
    expect(kafka(['status', '--data', data])).toMatchObject({ status: 69 })
    expect(kafka(['status', '--data', join(base, 'a,b')])).toMatchObject({ status: 2 })
    expect(kafka(['status', '--data', join(base, 'never')])).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('false')
    })
  })
})

if (isAvailable().reason === undefined) {
  describe('the command', () => {
    const data = join(base, 'command')
    beforeAll(async () => {
      for (const artifact of [brokerArtifact, registryArtifact]) await fetchArtifact(artifact, () => {})
    }, 300_000)
    afterAll(() => void kafka(['stop', '--data', data]))

    it('starts what outlives it, tells how to reach it, kills and stops it', () => {
      expect(kafka(['start', '--brokers', '2', '--data', data]).status).toBe(2)
      const started = kafka(['start', '--data', data])
      expect(started).toMatchObject({ status: 0 })
      expect(started.stdout).toMatch(
        /^export KAFKA_BROKERS=127\.0\.0\.1:\d+\nexport SCHEMA_REGISTRY_URL=http:\/\/127\.0\.0\.1:\d+\/apis\/ccompat\/v7\n$/
      )
      const status = kafka(['status', '--json', '--data', data])
      expect(status.status).toBe(0)
      const { environment, ready } = JSON.parse(status.stdout)
      expect(ready).toBe(true)
      expect(started.stdout).toContain(environment.KAFKA_BROKERS)

      expect(kafka(['kill', '--data', data]).status).toBe(2)
      expect(kafka(['kill', '--broker', '1', '--data', data]).status).toBe(0)
      const killed = kafka(['status', '--data', data])
      expect(killed).toMatchObject({ status: 1, stdout: expect.stringContaining('false') })
      expect(killed.stderr).toMatch(/broker 1 +stopped[\s\S]*registry +ready/)

      expect(kafka(['start', '--data', data]).stdout).toBe(started.stdout)
      expect(kafka(['stop', '--data', data])).toEqual({ status: 0, stdout: '', stderr: '' })
      expect(kafka(['stop', '--data', data]).status).toBe(0)
      const stopped = JSON.parse(kafka(['status', '--json', '--data', data]).stdout)
      expect(stopped.processes).toMatchObject([{ condition: 'stopped' }, { condition: 'stopped' }])
    })
  })

  describe('a broker that is to end with its starter', () => {
    it('does, even at kill -9', async () => {
      const owner = spawnScript('kafka/kafka-owner.ts', [join(base, 'owned')])
      const pid = (await owner.line()) as number
      expect(runs(pid)).toBe(true)
      await owner.kill()
      await vi.waitUntil(() => !runs(pid), { timeout: 10_000 })
    })
  })
}
