import type { SchemaSource } from '../schemas/load.ts'

/**
 * A topic as one typed handle: the only place where its name, key and partitioning are spelled.
 * The full name on a log is `<pipeline>.<records>.v<version>`, see `topicName`.
 */
export interface Topic<Value> {
  /** What it carries, plural and kebab-case: `classified-tickets`. */
  readonly records: string
  /** Avro record schema of one value: the URL of an `.avsc` file, or the schema itself. */
  readonly schema: SchemaSource
  /** From 1. Another version is another topic: raise it for a schema that is not compatible, or to begin anew. */
  readonly version: number
  /**
   * `single` where a decision stage needs one total order, else the pipeline's number of partitions
   * (`PipelineOptions.partitions`). Fixed once the topic exists: keys are mapped to partitions by it.
   */
  readonly partitions: 'single' | 'many'
  /**
   * `public`: other teams read it, so its schema should stay compatible (FULL_TRANSITIVE). `private`: only the pipeline
   * reads it, and needs all of it. The engine only carries this for whoever makes topics on a cluster.
   */
  readonly audience: 'public' | 'private'
  /**
   * The record's key, as UTF-8. It chooses the partition, as Kafka's default partitioner does. A record on the log with
   * another key is dead-lettered as `wrong-key`; one for which this throws, as `bad-record`.
   */
  readonly key: (value: Value) => string
  /**
   * The record's id, unique within pipeline and topic (foreign repeats on the first topic excepted). Ids of what comes
   * of the record, its random numbers and its delimiters are made from it.
   */
  readonly id: (value: Value) => string
  /** Never set: carries the type. */
  readonly _value?: Value
}

/** What a topic carries. */
export type ValueOf<T> = T extends Topic<infer V> ? V : never

// biome-ignore lint/suspicious/noExplicitAny: a handle of any value, where the value's type plays no part.
export type AnyTopic = Topic<any>

type TopicDeclaration<Value> = Pick<Topic<Value>, 'records' | 'schema'> &
  Partial<Pick<Topic<Value>, 'version' | 'partitions' | 'audience' | 'key'>> &
  (Value extends { readonly id: string } ? Partial<Pick<Topic<Value>, 'id'>> : Pick<Topic<Value>, 'id'>)

/**
 * Declares a topic. Records are keyed by their id unless `key` says otherwise; `id` may be left out where the value has a
 * field of that name. Defaults: version 1, `many` partitions, `public`.
 * @example defineTopic<Ticket>({ records: 'tickets', schema: new URL('./ticket.avsc', import.meta.url) })
 */
export function defineTopic<Value>(declaration: TopicDeclaration<Value>): Topic<Value> {
  const id = declaration.id ?? ((value: Value) => (value as { id: string }).id)
  return Object.freeze({
    version: 1,
    partitions: 'many',
    audience: 'public',
    key: id,
    ...declaration,
    id
  }) as Topic<Value>
}

/** The topic's name on a log: `<pipeline>.<records>.v<version>`, for example `acme.tickets.v1`. */
export const topicName = (pipeline: string, topic: AnyTopic): string => `${pipeline}.${topic.records}.v${topic.version}`
