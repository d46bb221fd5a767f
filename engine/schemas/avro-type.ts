import avro from 'avsc'
import { keyOfSchema, loadSchema, type SchemaSource } from './load.ts'

const types = new Map<unknown, avro.Type>()

/** The Avro type of a schema, with references resolved. Made once. */
export function avroType(source: SchemaSource): avro.Type {
  const known = types.get(keyOfSchema(source))
  if (known) return known
  const type = avro.Type.forSchema(loadSchema(source) as never)
  types.set(keyOfSchema(source), type)
  return type
}
