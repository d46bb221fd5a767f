import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { LocalKafkaError } from './errors.ts'

/** One broker: its ports stay the same for as long as the data folder exists. */
export interface BrokerState {
  readonly id: number
  /** Without authentication, for this machine only. */
  readonly port: number
  readonly controllerPort: number
  /** Used where the cluster has users: passwords over TLS. */
  readonly saslPort: number
  /** Used where the cluster has users: client certificates. */
  readonly tlsPort: number
  /** Of its last start. */
  readonly pid?: number
}

export interface RegistryState {
  readonly port: number
  readonly url: string
  /** The default it was given at its first start. */
  readonly compatibility?: string
  readonly pid?: number
}

/** What `state.json` in the data folder keeps from one start to the next. */
export interface State {
  readonly clusterId?: string
  readonly bootstrap?: string
  readonly sasl?: boolean
  readonly brokers: readonly BrokerState[]
  readonly registry?: RegistryState
}

const stateFile = (data: string): string => join(data, 'state.json')

/**
 * The data folder as an absolute path, created where it is missing, readable by this user alone.
 * @throws LocalKafkaError where the path has a character that Kafka or H2 would read as a separator.
 */
export function dataFolder(data: string): string {
  const path = resolve(data)
  if (/[,;\\\n]/.test(path))
    throw new LocalKafkaError(`The data folder must not contain , ; or \\ in its path: ${path}`, 2)
  mkdirSync(path, { recursive: true, mode: 0o700 })
  return path
}

/** Empty before the first start. @throws LocalKafkaError when the file is damaged. */
export function readState(data: string): State {
  const file = stateFile(data)
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { brokers: [] }
    throw error
  }
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new LocalKafkaError(`${file} is damaged. Delete the folder ${data} to start again.`, 69, error)
  }
}

export function changeState(data: string, change: (state: State) => State): State {
  const state = change(readState(data))
  const fresh = `${stateFile(data)}.${process.pid}`
  writeFileSync(fresh, `${JSON.stringify(state, null, 2)}\n`)
  renameSync(fresh, stateFile(data))
  return state
}
