import type { BrokerState } from '../state.ts'

/**
 * The text of `server.properties` for one node that is broker and controller at once, for a small machine and short
 * tests. What each setting means is in Kafka's documentation, under "Broker Configs".
 */
export function serverProperties(
  broker: BrokerState,
  cluster: readonly BrokerState[],
  logFolder: string,
  security: Readonly<Record<string, string>> | undefined
): string {
  const replicas = Math.min(3, cluster.length)
  const insync = Math.max(1, replicas - 1)
  const listeners = [
    `PLAINTEXT://127.0.0.1:${broker.port}`,
    `CONTROLLER://127.0.0.1:${broker.controllerPort}`,
    ...(security ? [`SASL://127.0.0.1:${broker.saslPort}`, `TLS://127.0.0.1:${broker.tlsPort}`] : [])
  ]
  return propertiesText({
    'process.roles': 'broker,controller',
    'node.id': broker.id,
    'controller.quorum.voters': cluster.map(({ id, controllerPort }) => `${id}@127.0.0.1:${controllerPort}`).join(),
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL:SASL_SSL,TLS:SSL',
    listeners: listeners.join(),
    'advertised.listeners': listeners.filter(listener => !listener.startsWith('CONTROLLER')).join(),
    'log.dirs': logFolder,

    'default.replication.factor': replicas,
    'min.insync.replicas': insync,
    'offsets.topic.replication.factor': replicas,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': insync,
    'share.coordinator.state.topic.replication.factor': replicas,
    'share.coordinator.state.topic.min.isr': insync,
    // Topics are made on purpose: a misspelt name must not become a topic.
    'auto.create.topics.enable': false,

    // A small machine: few threads, few partitions of internal topics, little memory for compaction.
    'num.network.threads': 2,
    'num.io.threads': 4,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.num.partitions': 4,
    'share.coordinator.state.topic.num.partitions': 1,
    'log.cleaner.threads': 1,
    'log.cleaner.dedupe.buffer.size': 16 * 2 ** 20,
    'log.segment.bytes': 64 * 2 ** 20,

    // Short waits. After a kill -9, the new start waits for the session of the old one to end.
    'broker.session.timeout.ms': 2_000,
    'broker.heartbeat.interval.ms': 500,
    'controller.quorum.election.timeout.ms': 300,
    'controller.quorum.fetch.timeout.ms': 600,
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 1_000,
    // A transaction may last as long as the slowest stage needs: 15 minutes.
    'transaction.max.timeout.ms': 900_000,
    ...security
  })
}

const propertiesText = (properties: Readonly<Record<string, string | number | boolean>>): string =>
  Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
