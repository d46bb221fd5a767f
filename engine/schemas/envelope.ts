import { type Schema, typeName } from './differences.ts'
import { type AvroField, engineSchemas, readSchema, type SchemaSource } from './load.ts'

const envelope = new URL('decision-envelope.avsc', engineSchemas)

/**
 * What a schema of decisions lacks of the engine's part (`decision-envelope.avsc`), each as a sentence about one field.
 * None where it has every field with the same type.
 * @throws Error when the schema cannot be read.
 */
export function lacksOfEnvelope(schema: SchemaSource): readonly string[] {
  const { fields } = readSchema(schema)
  if (!fields) return ['it is not a record']
  const given = new Map(fields.map(field => [field.name, field]))
  return readSchema(envelope).fields!.flatMap(({ name, type }: AvroField) => {
    const found = given.get(name)
    if (!found) return [`the field ${name} (${type}) is missing`]
    const [is, wanted] = [typeName(found.type as Schema), typeName(type as Schema)]
    return is === wanted ? [] : [`the field ${name} is ${is}, must be ${wanted}`]
  })
}
