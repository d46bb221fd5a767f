import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { LocalKafkaError } from '../errors.ts'
import { javaCommand } from '../java.ts'
import { knownBrokers } from '../net/probe.ts'
import { isRunning, type Launched, lastLines, launch } from '../processes.ts'
import { waitUntil } from '../wait-until.ts'

/** One node of the cluster in its folder `broker-<id>`: settings, log of the program, records. */
export interface BrokerFiles {
  readonly folder: string
  readonly properties: string
  readonly output: string
  readonly records: string
}

export function brokerFiles(data: string, id: number): BrokerFiles {
  const folder = join(data, `broker-${id}`)
  const [properties, output, records] = ['server.properties', 'output.log', 'records'].map(name => join(folder, name))
  return { folder, properties: properties!, output: output!, records: records! }
}

const logging = [
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
  '-Dorg.slf4j.simpleLogger.showDateTime=true',
  '-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS'
]

/** What runs the programs of Kafka: its jars, and parameters for Java that name an archive of classes. */
export interface Runtime {
  readonly jars: string
  readonly archive: readonly string[]
}

const javaParameters = ({ jars, archive }: Runtime): string[] => [
  ...['-XX:+UseSerialGC', '-XX:-UsePerfData', ...archive, ...logging],
  ...['-cp', join(jars, '*')]
]

/** Writes its settings and, the first time, formats its folder for records. */
export async function prepareBroker(
  files: BrokerFiles,
  runtime: Runtime,
  clusterId: string,
  settings: string
): Promise<void> {
  mkdirSync(files.folder, { recursive: true, mode: 0o700 })
  // There are passwords in it.
  writeFileSync(files.properties, settings, { mode: 0o600 })
  if (existsSync(join(files.records, 'meta.properties'))) return
  const format = ['kafka.tools.StorageTool', 'format', '--cluster-id', clusterId, '--config', files.properties]
  const parameters = ['-Xmx64m', '-XX:TieredStopAtLevel=1', ...javaParameters(runtime), ...format]
  const child = spawn(javaCommand(), parameters, { stdio: ['ignore', 'pipe', 'pipe'] })
  const output = Promise.all([text(child.stdout), text(child.stderr)])
  const [code] = await once(child, 'close')
  if (code !== 0) throw new LocalKafkaError(`Kafka cannot format ${files.records}:\n${(await output).join('').trim()}`)
}

export function launchBroker(files: BrokerFiles, runtime: Runtime, detached: boolean): Promise<Launched> {
  return launch({
    command: javaCommand(),
    parameters: ['-Xms64m', '-Xmx256m', ...javaParameters(runtime), 'kafka.Kafka', files.properties],
    mark: files.properties,
    log: files.output,
    detached
  })
}

const readyDeadlineMs = 90_000

/**
 * Resolves when the broker knows that all these brokers of its cluster serve clients.
 * @throws LocalKafkaError with the end of its output, when it ends before or does not get there in 90 seconds.
 */
export async function brokerReady(
  files: BrokerFiles,
  launched: Launched,
  port: number,
  brokers: readonly number[]
): Promise<void> {
  const settled = await waitUntil(async () => {
    if (!isRunning(launched)) return true
    const listed = await knownBrokers(port)
    return listed !== undefined && brokers.every(id => listed.includes(id))
  }, readyDeadlineMs)
  if (settled && isRunning(launched)) return
  const what = settled ? 'ended while it started' : `was not ready in ${readyDeadlineMs / 1000} s`
  throw new LocalKafkaError(`The broker ${what}. The end of ${files.output}:\n${lastLines(files.output)}`)
}
