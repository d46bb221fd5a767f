import { randomBytes } from 'node:crypto'
import { LocalKafkaError } from '../errors.ts'
import { freePorts } from '../net/ports.ts'
import { type BrokerState, changeState, readState } from '../state.ts'

/** What stays the same over all starts of a data folder. */
export interface ClusterPlan {
  readonly clusterId: string
  readonly bootstrap: string
  readonly brokers: readonly BrokerState[]
}

/**
 * The cluster of this folder: the one it has, else a new one with ports of its own.
 * @throws LocalKafkaError when it has one of another size.
 */
export async function planCluster(data: string, count: number | undefined): Promise<ClusterPlan> {
  if (count !== undefined && count !== 1 && count !== 3)
    throw new LocalKafkaError(`A local cluster has 1 or 3 brokers, not ${count}.`, 2)
  const { brokers, clusterId, bootstrap } = readState(data)
  if (clusterId === undefined || bootstrap === undefined) {
    const plan = await newPlan(count ?? 1)
    changeState(data, state => ({ ...state, ...plan }))
    return plan
  }
  if (count !== undefined && count !== brokers.length)
    throw new LocalKafkaError(
      `${data} holds a cluster of ${brokers.length}, not of ${count}. Use another folder (--data), or delete this one.`,
      2
    )
  return { brokers, clusterId, bootstrap }
}

async function newPlan(count: number): Promise<ClusterPlan> {
  const ports = await freePorts(count * 4)
  const brokers = Array.from({ length: count }, (_, index): BrokerState => {
    const [port, controllerPort, saslPort, tlsPort] = ports.slice(index * 4) as [number, number, number, number]
    return { id: index + 1, port, controllerPort, saslPort, tlsPort }
  })
  const bootstrap = brokers.map(({ port }) => `127.0.0.1:${port}`).join()
  return { clusterId: newClusterId(), bootstrap, brokers }
}

/** 16 bytes as base64url. A leading dash would be read as a flag. */
function newClusterId(): string {
  const id = randomBytes(16).toString('base64url')
  return id.startsWith('-') ? newClusterId() : id
}
