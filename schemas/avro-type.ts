import avro from 'avsc'
import { loadSchema } from './load.ts'

const types = new Map<string, avro.Type>()

/** The Avro type of a schema file (named without its ending), with references resolved. Made once. */
export function avroType(name: string): avro.Type {
  const known = types.get(name)
  if (known) return known
  const type = avro.Type.forSchema(loadSchema(name) as never)
  types.set(name, type)
  return type
}
