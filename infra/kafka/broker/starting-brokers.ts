import { needFree } from '../net/ports.ts'
import { setScramPasswords } from '../security/scram.ts'
import { securedListeners } from '../security/security.ts'
import { changeState } from '../state.ts'
import { brokerFiles, brokerReady, launchBroker, prepareBroker } from './broker.ts'
import { archiveParameters, sharedArchive } from './class-archive.ts'
import type { ClusterPlan } from './cluster-plan.ts'
import { brokerProcess, brokerRuns, killBroker } from './running-brokers.ts'
import { serverProperties } from './server-properties.ts'

/** All that starting a broker needs to know. */
export interface Cluster {
  readonly data: string
  readonly jars: string
  /** Version of Java. */
  readonly java: string
  readonly plan: ClusterPlan
  /** The brokers' settings for users, where there are any. */
  readonly security: Readonly<Record<string, string>> | undefined
  readonly detached: boolean
}

/**
 * Starts those of the wanted brokers that do not run, and resolves when they serve clients.
 * @throws LocalKafkaError when one does not get there; then all that were started here are killed again.
 */
export async function startMissing(cluster: Cluster, wanted: readonly number[]): Promise<void> {
  const { data, jars, java, plan, security, detached } = cluster
  const missing = plan.brokers.filter(({ id }) => wanted.includes(id) && !brokerRuns(data, id))
  if (missing.length === 0) return
  for (const { id, port, controllerPort, saslPort, tlsPort } of missing)
    for (const needed of [port, controllerPort, ...(security ? [saslPort, tlsPort] : [])])
      await needFree(needed, `broker ${id}`)
  const prepared = missing.map(broker => {
    const files = brokerFiles(data, broker.id)
    const settings = serverProperties(broker, plan.brokers, files.records, security)
    return prepareBroker(files, { jars, archive: sharedArchive(jars, java) }, plan.clusterId, settings)
  })
  await Promise.all(prepared)
  try {
    for (const [index, { id }] of missing.entries()) {
      const files = brokerFiles(data, id)
      const archive = archiveParameters(jars, java, files.folder, index === 0)
      const { pid } = await launchBroker(files, { jars, archive }, detached)
      changeState(data, state => ({ ...state, brokers: state.brokers.map(b => (b.id === id ? { ...b, pid } : b)) }))
    }
    const running = plan.brokers.map(({ id }) => id).filter(id => brokerRuns(data, id))
    const ready = missing.map(({ id, port }) =>
      brokerReady(brokerFiles(data, id), brokerProcess(data, id)!, port, running)
    )
    await Promise.all(ready)
    if (security) await setScramPasswords(missing[0]!.port, securedListeners(data, plan.brokers).passwords)
  } catch (error) {
    await Promise.all(missing.map(({ id }) => killBroker(data, id)))
    throw error
  }
}
