import { brokerArtifact, fetchArtifact } from './artifacts.ts'
import { needJava } from './availability.ts'
import { type ClusterPlan, planCluster } from './broker/cluster-plan.ts'
import { brokerRuns, killBroker, stopBroker, stopBrokers } from './broker/running-brokers.ts'
import { type Cluster, startMissing } from './broker/starting-brokers.ts'
import { LocalKafkaError } from './errors.ts'
import { newUsers, type SecuredListeners, securedListeners, secureSettings } from './security/security.ts'
import { startAlone } from './start-lock.ts'
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
  const cluster = await startAlone(data, 'brokers', async (): Promise<Cluster> => {
    const plan = await planCluster(data, options.brokers)
    const starting = { data, jars, java, plan, security: securityOf(data, options.sasl), detached }
    await startMissing(starting, idsOf(plan))
    return starting
  })
  const { plan, security } = cluster
  return {
    bootstrap: plan.bootstrap,
    brokerIds: idsOf(plan),
    secured: security && securedListeners(data, plan.brokers),
    stop: () => stopBrokers(data, notice),
    kill: id => killBroker(data, id),
    async restart(id) {
      await stopBroker(data, id, notice)
      await startAlone(data, 'brokers', () => startMissing(cluster, [id]))
    }
  }
}

const idsOf = ({ brokers }: ClusterPlan): number[] => brokers.map(({ id }) => id)

/** The brokers' settings for users, where there are any. @throws LocalKafkaError when a running broker would not learn of them. */
function securityOf(data: string, sasl: BrokerOptions['sasl']): Readonly<Record<string, string>> | undefined {
  const { brokers, sasl: before = false } = readState(data)
  if (!sasl && !before) return undefined
  const users = typeof sasl === 'object' ? sasl.users : []
  if ((!before || newUsers(data, users).length > 0) && brokers.some(({ id }) => brokerRuns(data, id)))
    throw new LocalKafkaError(`Users can be added only at startup. Stop the cluster in ${data} first.`, 2)
  changeState(data, state => ({ ...state, sasl: true }))
  return secureSettings(data, users)
}
