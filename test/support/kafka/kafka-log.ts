import { randomUUID } from 'node:crypto'
import { inject } from 'vitest'
import { type KafkaLogOptions, openKafkaLog } from '../../../engine/log/kafka/open.ts'
import type { LogDriver } from '../../../engine/log/port.ts'

/** Silent members are thrown out after this long: kafkajs' own 30 s would block a group after each death. */
export const sessionTimeoutMs = 6_000

/** A driver on the broker that all tests share. Topics are made as they are needed, with one replica. */
export const openTestLog = (options: Partial<KafkaLogOptions> = {}): Promise<LogDriver> =>
  openKafkaLog({
    connection: { brokers: inject('bootstrap').split(','), clientId: `test-${randomUUID()}` },
    registry: { url: inject('registryUrl'), mayRegister: true },
    newTopic: ({ topic, partitions }) => ({ topic, numPartitions: partitions, replicationFactor: 1 }),
    sessionTimeoutMs,
    ...options
  })
