import { join } from 'node:path'
import { brokerRuns } from './broker/running-brokers.ts'
import { knownBrokers } from './net/probe.ts'
import { isRunning } from './processes.ts'
import { answers, registryProcess } from './registry/registry.ts'
import { securedListeners } from './security/security.ts'
import { type BrokerState, readState } from './state.ts'

/** `silent`: it runs, but does not answer (yet). */
export type Condition = 'ready' | 'silent' | 'stopped'

export interface ProcessStatus {
  readonly name: string
  readonly address: string
  readonly condition: Condition
  readonly pid: number | undefined
  readonly log: string
}

export interface Status {
  /** Whether there is something in this folder, and all of it answers. */
  readonly ready: boolean
  readonly data: string
  readonly processes: readonly ProcessStatus[]
  /** The variables that clients of it want. */
  readonly environment: Readonly<Record<string, string>>
  /** Where the cluster has users. */
  readonly secured?: {
    readonly saslBootstrap: string
    readonly tlsBootstrap: string
    readonly authorityFile: string
    readonly usersFile: string
  }
}

/** What runs of a data folder, and how to reach it. Asks each process. */
export async function statusOf(data: string): Promise<Status> {
  const { brokers, bootstrap, registry, sasl } = readState(data)
  const processes: ProcessStatus[] = []
  for (const { id, port, pid } of brokers) {
    const condition = await conditionOf(brokerRuns(data, id), async () => (await knownBrokers(port))?.includes(id))
    const log = join(data, `broker-${id}`, 'output.log')
    processes.push({ name: `broker ${id}`, address: `127.0.0.1:${port}`, condition, pid: pidIf(condition, pid), log })
  }
  if (registry) {
    const launched = registryProcess(data)
    const condition = await conditionOf(launched !== undefined && isRunning(launched), () => answers(registry.url))
    const log = join(data, 'registry', 'output.log')
    processes.push({ name: 'registry', address: registry.url, condition, pid: pidIf(condition, registry.pid), log })
  }
  const secured = sasl && securedPlaces(data, brokers)
  return {
    ready: processes.length > 0 && processes.every(({ condition }) => condition === 'ready'),
    data,
    processes,
    environment: {
      ...(bootstrap && { KAFKA_BROKERS: bootstrap }),
      ...(registry && { SCHEMA_REGISTRY_URL: registry.url })
    },
    ...(secured && { secured })
  }
}

/** Without the passwords: a status is pasted into reports. */
function securedPlaces(data: string, brokers: readonly BrokerState[]): NonNullable<Status['secured']> {
  const { saslBootstrap, tlsBootstrap, authorityFile, usersFile } = securedListeners(data, brokers)
  return { saslBootstrap, tlsBootstrap, authorityFile, usersFile }
}

async function conditionOf(runs: boolean, ask: () => Promise<boolean | undefined>): Promise<Condition> {
  if (!runs) return 'stopped'
  return (await ask()) ? 'ready' : 'silent'
}

const pidIf = (condition: Condition, pid: number | undefined): number | undefined =>
  condition === 'stopped' ? undefined : pid

/** For a person. */
export function statusText({ data, processes, secured }: Status): string {
  if (processes.length === 0) return `No cluster was started in ${data}.\n`
  const lines = processes.map(({ name, address, condition, pid }) =>
    [name.padEnd(10), condition.padEnd(8), address, pid === undefined ? '' : `(process ${pid})`].join(' ').trimEnd()
  )
  if (secured)
    lines.push(
      `Authenticated: SASL over TLS on ${secured.saslBootstrap} (passwords in ${secured.usersFile}),`,
      `  client certificates on ${secured.tlsBootstrap}; clients trust ${secured.authorityFile}`
    )
  return `${lines.join('\n')}\n`
}

/**
 * As a shell reads it: `eval "$(npm run --silent kafka -- status)"`. Where not all of it answers, a failure: `eval` of
 * nothing would succeed, and the next command would look for a cluster at an address of yesterday, or at none.
 */
export const environmentText = ({ ready, environment }: Status): string =>
  ready
    ? Object.entries(environment)
        .map(([name, value]) => `export ${name}=${value}\n`)
        .join('')
    : "echo 'The local Kafka is not ready. Start it with: npm run kafka -- start' >&2; false\n"
