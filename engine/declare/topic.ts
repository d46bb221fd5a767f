import type { SchemaSource } from '../schemas/load.ts'

/**
 * A topic as one typed handle: the only place where its name, key and partitioning are spelled.
 * The full name on a log is `<pipeline>.<records>.v<version>`, see `topicName`.
 */
export interface Topic<Value> {
  /** What it carries, plural and kebab-case: `open-tickets`. */
  readonly records: string
  /** Avro record schema of one value: the URL of an `.avsc` file, or the schema itself. */
  readonly schema: SchemaSource
  /** Part of the name. A change that old readers or writers do not understand needs the next one. Default 1. */
  readonly version: number
  /** `single` where a decision stage needs one total order, else the pipeline's number of partitions. Default `many`. */
  readonly partitions: 'single' | 'many'
  /** `public`: other teams read it (compatibility FULL_TRANSITIVE). `private`: ours alone, kept for ever. Default `public`. */
  readonly audience: 'public' | 'private'
  /** The record's key. A record on the log with another key is dead-lettered as `wrong-key`. */
  readonly key: (value: Value) => string
  /** The record's id, unique within pipeline and topic (foreign repeats on the first topic excepted). */
  readonly id: (value: Value) => string
  /** Never set: carries the type. */
  readonly _value?: Value
}

/** The type of a topic's values. */
export type ValueOf<T> = T extends Topic<infer V> ? V : never

// biome-ignore lint/suspicious/noExplicitAny: a handle of any value, where the value's type plays no part.
export type AnyTopic = Topic<any>

/** What has to be said of a topic, and what may be. `id` is needed where the values have no field of that name. */
type TopicDeclaration<Value> = Pick<Topic<Value>, 'records' | 'schema'> &
  Partial<Pick<Topic<Value>, 'version' | 'partitions' | 'audience' | 'key'>> &
  (Value extends { readonly id: string } ? Partial<Pick<Topic<Value>, 'id'>> : Pick<Topic<Value>, 'id'>)

/**
 * Declares a topic. Records are keyed by their id unless `key` says otherwise.
 *
 * ```ts
 * const tickets = defineTopic<Ticket>({ records: 'tickets', schema: new URL('ticket.avsc', import.meta.url) })
 * ```
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

/** The topic's name on a log: `<pipeline>.<records>.v<version>`, as in `support.tickets.v1`. */
export const topicName = (pipeline: string, topic: AnyTopic): string => `${pipeline}.${topic.records}.v${topic.version}`
