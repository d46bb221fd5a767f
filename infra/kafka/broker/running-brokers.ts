import { LocalKafkaError } from '../errors.ts'
import { isRunning, killProcess, type Launched, stopProcess } from '../processes.ts'
import { readState } from '../state.ts'
import { brokerFiles } from './broker.ts'
import { shareArchive } from './class-archive.ts'

/** The process of a broker, by what `state.json` knows of its last start. @throws LocalKafkaError where there is no such broker. */
export function brokerProcess(data: string, id: number): Launched | undefined {
  const { brokers } = readState(data)
  const broker = brokers.find(candidate => candidate.id === id)
  if (!broker) {
    const ids = brokers.map(candidate => candidate.id).join(', ')
    throw new LocalKafkaError(`There is no broker ${id} in ${data}. ${ids ? `There are: ${ids}.` : 'It has none.'}`, 2)
  }
  return broker.pid === undefined ? undefined : { pid: broker.pid, mark: brokerFiles(data, id).properties }
}

export function brokerRuns(data: string, id: number): boolean {
  const launched = brokerProcess(data, id)
  return launched !== undefined && isRunning(launched)
}

/** Stops a broker, whoever started it. Does nothing where it does not run. */
export async function stopBroker(data: string, id: number, notice: (text: string) => void): Promise<void> {
  const launched = brokerProcess(data, id)
  if (launched && (await stopProcess(launched, notice))) shareArchive(brokerFiles(data, id).folder)
}

/** Stops all brokers of a data folder. */
export async function stopBrokers(data: string, notice: (text: string) => void): Promise<void> {
  await Promise.all(readState(data).brokers.map(({ id }) => stopBroker(data, id, notice)))
}

/** kill -9. Resolves when it is gone. */
export async function killBroker(data: string, id: number): Promise<void> {
  const launched = brokerProcess(data, id)
  if (launched) await killProcess(launched)
}
