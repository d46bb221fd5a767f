import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { topicName } from '../../../engine/declare/index.ts'
import { administer } from '../../../engine/log/kafka/administration.ts'
import { openKafkaLog } from '../../../engine/log/kafka/open.ts'
import { newTopic } from '../../cluster/topic-settings.ts'
import { documents, groupProtocol } from '../../topics.ts'
import type { KafkaTarget } from '../configuration.ts'
import type { LogBackend } from './backend.ts'
import { secretOnLog } from './secret.ts'

/** Pipelines are prefixes of topics and groups. */
export function kafkaBackend(target: KafkaTarget): LogBackend {
  const connect = (pipeline: string, makes: boolean, notice: (text: string) => void) =>
    openKafkaLog({
      connection: { ...connectionOf(target, `fanno-${pipeline}`), notice },
      registry: { ...target.registry, mayRegister: makes, remedy: 'Run: fanno schemas register' },
      missingTopicsRemedy: 'fanno topics apply',
      sessionTimeoutMs: target.sessionTimeoutMs,
      groupProtocol,
      ...(makes && { newTopic: spec => newTopic(spec, pipeline, target.environment) })
    })
  return {
    label: `Kafka at ${target.brokers.join(', ')}`,
    async pipelines() {
      const driver = await connect('any', false, () => {})
      try {
        const suffix = topicName('', documents)
        return [...(await driver.topics()).keys()]
          .filter(topic => topic.endsWith(suffix))
          .map(topic => topic.slice(0, -suffix.length))
          .sort()
      } finally {
        await driver.close()
      }
    },
    async open(pipeline, role, notice) {
      const driver = await connect(pipeline, role === 'run', notice)
      return { driver, secret: codec => secretOnLog(driver, codec, pipeline), size: async () => undefined }
    },
    damage: async () => ({ listed: [], more: 0 }),
    async remove(pipeline) {
      const administration = await administer(connectionOf(target, `fanno-${pipeline}`))
      try {
        await administration.removeAll(`${pipeline}.`)
      } finally {
        await administration.close()
      }
      await rm(join(target.dataDir, 'kafka-local', pipeline), { recursive: true, force: true })
    },
    localDir: pipeline => join(target.dataDir, 'kafka-local', pipeline)
  }
}

export const connectionOf = ({ brokers, sasl, tls }: KafkaTarget, clientId: string) => ({
  brokers,
  clientId,
  ...(sasl && { sasl }),
  ...(tls && { tls })
})
