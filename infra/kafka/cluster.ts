import { brokerArtifact, fetchArtifact } from './artifacts.ts'
import { needJava } from './availability.ts'
import { brokerFiles, brokerReady, launchBroker, prepareBroker } from './broker.ts'
import { archiveParameters } from './class-archive.ts'
import { planCluster } from './cluster-plan.ts'
import { LocalKafkaError } from './errors.ts'
import { needFree } from './ports.ts'
import { brokerProcess, brokerRuns, killBroker, stopBroker, stopBrokers } from './running-brokers.ts'
import { setScramPasswords } from './scram.ts'
import { newUsers, type SecuredListeners, securedListeners, secureSettings } from './security.ts'
import { serverProperties } from './server-properties.ts'
import { changeState, dataFolder, readState } from './state.ts'

export interface BrokerOptions {
  /** Folder for records, settings, logs and `state.json`. Created where it is missing. */
  readonly data: string
  /** 1 or 3. Default: what the data folder holds, else 1. */
  readonly brokers?: number | undefined
  /**
   * Listeners with users beside the one without, and ACLs. `admin` is always a user, and may do everything; these are
   * further ones, who may do nothing until an ACL allows it. A cluster that once had users keeps them.
   */
  readonly sasl?: boolean | { readonly users: readonly string[] } | undefined
  /** True: the brokers outlive this process. Default false: they are killed when it ends, however it ends. */
  readonly detached?: boolean
  /** Told what takes long or went unexpectedly. */
  readonly notice?: (text: string) => void
}

/** A running cluster. Its addresses stay the same over stops, kills and restarts. */
export interface LocalKafka {
  /** `host:port` of every broker, separated by commas. Without authentication; where there are users, for administration. */
  readonly bootstrap: string
  readonly brokerIds: readonly number[]
  /** Where the cluster has users. */
  readonly secured: SecuredListeners | undefined
  /** Stops all brokers in order. Records are kept. */
  stop(): Promise<void>
  /** kill -9. Resolves when it is gone. */
  kill(brokerId: number): Promise<void>
  /** Starts one that is not running; stops it first where it is. Resolves when it serves clients again. */
  restart(brokerId: number): Promise<void>
}

/**
 * Starts an Apache Kafka cluster on this machine, and resolves when every broker serves clients.
 * Brokers of that folder that run already are left as they are; missing ones are started.
 * @throws LocalKafkaError when Java is missing, Kafka cannot be fetched, or a broker does not start (the end of its log is in the message).
 */
export async function startBroker(options: BrokerOptions): Promise<LocalKafka> {
  const { detached = false, notice = () => {} } = options
  const java = needJava()
  const jars = await fetchArtifact(brokerArtifact, notice)
  const data = dataFolder(options.data)
  const { brokers, clusterId, bootstrap } = await planCluster(data, options.brokers)
  const ids = brokers.map(({ id }) => id)
  const settings = security(data, options.sasl)

  const start = async (wanted: readonly number[]): Promise<void> => {
    const starting = brokers.filter(({ id }) => wanted.includes(id) && !brokerRuns(data, id))
    for (const broker of starting) {
      const ports = [broker.port, broker.controllerPort, ...(settings ? [broker.saslPort, broker.tlsPort] : [])]
      for (const port of ports) await needFree(port, `broker ${broker.id}`)
      const files = brokerFiles(data, broker.id)
      await prepareBroker(files, jars, clusterId, serverProperties(broker, brokers, files.records, settings))
    }
    for (const [index, { id }] of starting.entries()) {
      const files = brokerFiles(data, id)
      const archive = archiveParameters(jars, java, files.folder, index === 0)
      const { pid } = await launchBroker(files, jars, archive, detached)
      changeState(data, state => ({ ...state, brokers: state.brokers.map(b => (b.id === id ? { ...b, pid } : b)) }))
    }
    const running = ids.filter(id => brokerRuns(data, id))
    try {
      await Promise.all(
        starting.map(({ id, port }) => brokerReady(brokerFiles(data, id), brokerProcess(data, id)!, port, running))
      )
      if (settings && starting[0]) await setScramPasswords(starting[0].port, securedListeners(data, brokers).passwords)
    } catch (error) {
      await Promise.all(starting.map(({ id }) => killBroker(data, id)))
      throw error
    }
  }

  await start(ids)
  return {
    bootstrap,
    brokerIds: ids,
    secured: settings && securedListeners(data, brokers),
    stop: () => stopBrokers(data, notice),
    kill: id => killBroker(data, id),
    async restart(id) {
      await stopBroker(data, id, notice)
      await start([id])
    }
  }
}

/** The brokers' settings for users, where there are any. @throws LocalKafkaError when a running broker would not learn of them. */
function security(data: string, sasl: BrokerOptions['sasl']): Readonly<Record<string, string>> | undefined {
  const { brokers, sasl: before = false } = readState(data)
  if (!sasl && !before) return undefined
  const users = typeof sasl === 'object' ? sasl.users : []
  if ((!before || newUsers(data, users).length > 0) && brokers.some(({ id }) => brokerRuns(data, id)))
    throw new LocalKafkaError(`Brokers learn of their users when they start: stop the cluster in ${data} first.`, 2)
  changeState(data, state => ({ ...state, sasl: true }))
  return secureSettings(data, users)
}
