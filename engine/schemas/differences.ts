/**
 * Where two versions of an Avro schema cannot both read what the other has written (the rules of FULL compatibility, Avro
 * specification, "Schema Resolution"). Registries say that they refuse a schema; this says which field it is.
 */
export type Schema = string | readonly Schema[] | Complex

interface Complex {
  readonly type: Schema
  readonly name?: string
  readonly fields?: readonly Field[]
  readonly items?: Schema
  readonly values?: Schema
  readonly symbols?: readonly string[]
}

interface Field {
  readonly name: string
  readonly type: Schema
  readonly default?: unknown
}

/** One sentence a difference, each naming its field; none where both can read both. */
export function differences(before: Schema, after: Schema, at = ''): readonly string[] {
  const [old, now] = [unwrapped(before), unwrapped(after)]
  if (isRecord(old) && isRecord(now)) return fieldDifferences(old.fields, now.fields, at)
  if (isArray(old) && isArray(now)) return differences(old.items, now.items, `${at}[]`)
  if (nameOf(old) === nameOf(now)) return []
  return [`the type of ${at || 'the schema'} was ${nameOf(old)}, is ${nameOf(now)}`]
}

function fieldDifferences(before: readonly Field[], after: readonly Field[], at: string): readonly string[] {
  const path = ({ name }: Field) => (at ? `${at}.${name}` : name)
  const now = new Map(after.map(field => [field.name, field]))
  const old = new Set(before.map(({ name }) => name))
  return [
    ...before.flatMap(field => {
      const same = now.get(field.name)
      if (same) return differences(field.type, same.type, path(field))
      return field.default === undefined ? [`${path(field)} was removed, and had no default`] : []
    }),
    ...after
      .filter(field => !old.has(field.name) && field.default === undefined)
      .map(field => `${path(field)} was added, and has no default`)
  ]
}

/** `{type: {type: 'record', …}}` means the inner one. */
function unwrapped(schema: Schema): Schema {
  if (typeof schema === 'string' || isUnion(schema)) return schema
  return typeof schema.type === 'string' ? schema : unwrapped(schema.type)
}

const isUnion = (schema: Schema): schema is readonly Schema[] => Array.isArray(schema)
const isRecord = (schema: Schema): schema is Complex & { readonly fields: readonly Field[] } =>
  typeof schema === 'object' && !isUnion(schema) && schema.fields !== undefined
const isArray = (schema: Schema): schema is Complex & { readonly items: Schema } =>
  typeof schema === 'object' && !isUnion(schema) && schema.items !== undefined

/** A type as short as it can be told apart: `string` for `"string"` and for `{"type": "string"}`. */
export const typeName = (schema: Schema): string => nameOf(unwrapped(schema))

function nameOf(schema: Schema): string {
  if (typeof schema === 'string') return schema
  if (isUnion(schema)) return schema.map(nameOf).join(' | ')
  if (schema.symbols) return `${schema.name} of ${schema.symbols.join(', ')}`
  if (schema.values !== undefined) return `map of ${nameOf(schema.values)}`
  if (schema.items !== undefined) return `array of ${nameOf(schema.items)}`
  return schema.name ?? nameOf(schema.type)
}
