import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fetchArtifact, registryArtifact } from '../artifacts.ts'
import { needJava } from '../availability.ts'
import { LocalKafkaError } from '../errors.ts'
import { javaCommand } from '../java.ts'
import { freePorts, needFree } from '../net/ports.ts'
import { isRunning, killProcess, type Launched, lastLines, launch, stopProcess } from '../processes.ts'
import { startAlone } from '../start-lock.ts'
import { changeState, dataFolder, type RegistryState, readState } from '../state.ts'
import { waitUntil } from '../wait-until.ts'

export interface RegistryOptions {
  /** Folder for schemas, logs and `state.json`; may be that of a cluster. Created where it is missing. */
  readonly data: string
  /** True: it outlives this process. Default false: it is killed when this process ends, however it ends. */
  readonly detached?: boolean
  /** Told what takes long or went unexpectedly. */
  readonly notice?: (text: string) => void
}

/** A running schema registry. Its address stays the same over stops, kills and restarts. */
export interface LocalRegistry {
  /** What clients of a Confluent registry want. */
  readonly url: string
  /** Stops it. Schemas are kept. */
  stop(): Promise<void>
  /** kill -9. Resolves when it is gone. */
  kill(): Promise<void>
  /** Stops it where it runs, and starts it. Resolves when it answers again. */
  restart(): Promise<void>
}

const readyDeadlineMs = 60_000

/**
 * Starts a schema registry on this machine, and resolves when it answers. A registry of that folder that runs already
 * is left as it is. New subjects are checked for BACKWARD compatibility, as with Confluent's.
 * @throws LocalKafkaError when Java is missing, the registry cannot be fetched, or does not start (the end of its log is in the message).
 */
export async function startRegistry(options: RegistryOptions): Promise<LocalRegistry> {
  const { detached = false, notice = () => {} } = options
  needJava()
  const program = await fetchArtifact(registryArtifact, notice)
  const data = dataFolder(options.data)
  const start = (): Promise<string> => startAlone(data, 'registry', () => startMissing(data, program, detached))
  return {
    url: await start(),
    stop: () => stopRegistry(data, notice),
    kill: () => killRegistry(data),
    async restart() {
      await stopRegistry(data, notice)
      await start()
    }
  }
}

/** @returns its URL, once it answers. */
async function startMissing(data: string, program: string, detached: boolean): Promise<string> {
  const { port, url } = readState(data).registry ?? (await newRegistry(data))
  const running = registryProcess(data)
  if (running && isRunning(running)) return url
  await needFree(port, 'the registry')
  const folder = join(data, 'registry')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const log = join(folder, 'output.log')
  const parameters = parametersOf(data, program, port)
  const launched = await launch({ command: javaCommand(), parameters, mark: markOf(data), log, detached })
  changeState(data, state => ({ ...state, registry: { ...state.registry, port, url, pid: launched.pid } }))
  const settled = await waitUntil(async () => !isRunning(launched) || (await answers(url)), readyDeadlineMs)
  if (settled && isRunning(launched)) {
    await configure(data)
    return url
  }
  await killProcess(launched)
  const what = settled ? 'ended while it started' : `did not answer in ${readyDeadlineMs / 1000} s`
  throw new LocalKafkaError(`The registry ${what}. The end of ${log}:\n${lastLines(log)}`)
}

/**
 * Once for every registry: Confluent's default, as Apicurio's own is to check nothing. Later starts leave it as it is by
 * then. The property that Apicurio has for this is of no use: `/config` denies it, and it cannot be changed.
 */
async function configure(data: string): Promise<void> {
  const { registry } = readState(data)
  if (!registry || registry.compatibility) return
  const compatibility = 'BACKWARD'
  const answer = await fetch(`${registry.url}/config`, {
    method: 'PUT',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ compatibility })
  })
  if (!answer.ok) throw new LocalKafkaError(`The registry refused its default: ${answer.status} ${await answer.text()}`)
  changeState(data, state => ({ ...state, registry: { ...registry, compatibility } }))
}

/** Whether it lists its subjects. */
export async function answers(url: string, deadlineMs = 2_000): Promise<boolean> {
  try {
    return (await fetch(`${url}/subjects`, { signal: AbortSignal.timeout(deadlineMs) })).ok
  } catch {
    return false
  }
}

/** Stops the registry of a data folder, whoever started it. Does nothing where none runs. */
export async function stopRegistry(data: string, notice: (text: string) => void): Promise<void> {
  const launched = registryProcess(data)
  if (launched) await stopProcess(launched, notice)
}

/** kill -9 of the registry of a data folder. */
export async function killRegistry(data: string): Promise<void> {
  const launched = registryProcess(data)
  if (launched) await killProcess(launched)
}

const markOf = (data: string): string => `-Dfanno.local.registry=${join(data, 'registry')}`

/** Its process, by what `state.json` knows of it. */
export function registryProcess(data: string): Launched | undefined {
  const pid = readState(data).registry?.pid
  return pid === undefined ? undefined : { pid, mark: markOf(data) }
}

async function newRegistry(data: string): Promise<RegistryState> {
  const [port] = (await freePorts(1)) as [number]
  const registry = { port, url: `http://127.0.0.1:${port}/apis/ccompat/v7` }
  changeState(data, state => ({ ...state, registry }))
  return registry
}

const parametersOf = (data: string, program: string, port: number): string[] => [
  ...['-Xms64m', '-Xmx192m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:-UsePerfData', markOf(data)],
  ...['-Dquarkus.http.host=127.0.0.1', `-Dquarkus.http.port=${port}`],
  '-Dapicurio.storage.kind=sql',
  // H2 writes half a second late by itself, and a kill -9 would take back schemas that were already answered for.
  `-Dapicurio.datasource.url=jdbc:h2:file:${join(data, 'registry', 'schemas')};WRITE_DELAY=0`,
  '-Dapicurio.datasource.jdbc.initial-size=2',
  '-Dapicurio.datasource.jdbc.min-size=2',
  '-Dapicurio.datasource.jdbc.max-size=10',
  '-Dquarkus.http.access-log.enabled=false',
  ...['-jar', join(program, registryArtifact.needs[0]!)]
]
