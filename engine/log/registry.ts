/**
 * SchemaRegistry: the port that maps schemas to the ids in Confluent wire format
 * (one zero byte, the schema id as four bytes big-endian, the Avro binary).
 */
export interface SchemaRegistry {
  /** Id of this schema under the subject, registering it where the adapter allows that at run time. */
  idOf(subject: string, schema: string): Promise<number>
  /** The canonical JSON of a schema. @throws LogError `unknown-schema` when no schema has the id. */
  schemaOf(id: number): Promise<string>
}

/** TopicNameStrategy: the subject under which a topic's value schema is registered. */
export const subjectOf = (topic: string): string => `${topic}-value`
