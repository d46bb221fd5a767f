import type { AnyTopic } from '../../engine/declare/index.ts'
import { deadLetters, rejections } from '../../engine/runtime/ground/engine-topics.ts'
import { topicsOf } from '../../engine/runtime/process/topics.ts'
import { drafts, pairs, sideTopics } from '../topics.ts'
import { topology } from '../topology.ts'

/** How topics are made on a cluster. */
export type Environment = 'development' | 'production'

export interface WantedTopic {
  readonly handle: AnyTopic
  readonly topic: string
  readonly partitions: number
  readonly replicas: number
  /** By Kafka's names. */
  readonly settings: ReadonlyMap<string, string>
  /** Settings that are numbers and may be larger, by Kafka's names. */
  readonly least: ReadonlyMap<string, number>
}

const replication: Readonly<Record<Environment, { readonly replicas: number; readonly inSync: number }>> = {
  development: { replicas: 1, inSync: 1 },
  production: { replicas: 3, inSync: 2 }
}

/** Kafka's own default, which holds a batch of our largest record (900,000 bytes). A cluster may have set less. */
const leastMessageBytes = 1_048_588

const forEver = '-1'
const days = (count: number): string => String(count * 24 * 60 * 60 * 1_000)

/**
 * How long records are kept. What is the product or a source of a view is kept for ever: decisions, configurations, the
 * drafts and pairs that the counterexample pool is made of. The rest must outlast any lag.
 */
function retentionOf(handle: AnyTopic): string {
  if (handle.audience === 'private' || handle === pairs || handle === drafts) return forEver
  return handle === rejections || handle === deadLetters ? days(90) : days(30)
}

/** Every topic of a pipeline as it should be. @param partitions of the topics that have several. */
export function wantedTopics(pipeline: string, partitions: number, environment: Environment): readonly WantedTopic[] {
  const { replicas, inSync } = replication[environment]
  return topicsOf(topology, pipeline, partitions, sideTopics).map(({ handle, topic, partitions }) => ({
    handle,
    topic,
    partitions,
    replicas,
    settings: new Map([
      // Compaction would take earlier records of a key away, and with them what became of them.
      ['cleanup.policy', 'delete'],
      // The broker packs anew what arrives otherwise, so that every consumer can read it.
      ['compression.type', 'zstd'],
      ['message.timestamp.type', 'LogAppendTime'],
      ['min.insync.replicas', String(inSync)],
      ['retention.bytes', '-1'],
      ['retention.ms', retentionOf(handle)]
    ]),
    least: new Map([['max.message.bytes', leastMessageBytes]])
  }))
}

/** A topic of the pipeline, as kafkajs makes it. */
export function newTopic(
  spec: { readonly topic: string; readonly partitions: number },
  pipeline: string,
  environment: Environment
) {
  const wanted = wantedTopics(pipeline, spec.partitions, environment).find(({ topic }) => topic === spec.topic)
  if (!wanted) throw new Error(`${spec.topic} is no topic of ${pipeline}`)
  return topicConfig({ ...wanted, partitions: spec.partitions })
}

export const topicConfig = ({ topic, partitions, replicas, settings, least }: Omit<WantedTopic, 'handle'>) => ({
  topic,
  numPartitions: partitions,
  replicationFactor: replicas,
  configEntries: [...settings, ...least].map(([name, value]) => ({ name, value: String(value) }))
})
