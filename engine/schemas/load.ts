import { existsSync, globSync, readFileSync } from 'node:fs'

export type AvroNode = string | AvroNode[] | AvroObject
export interface AvroObject {
  type: AvroNode
  name?: string
  namespace?: string
  doc?: string
  items?: AvroNode
  values?: AvroNode
  fields?: AvroField[]
}
export interface AvroField {
  name: string
  type: AvroNode
  doc?: string
  default?: unknown
}

/** An Avro record schema: the URL of an `.avsc` file, or the schema itself. */
export type SchemaSource = URL | AvroObject

/** The schemas of the engine: lineage and what a pipeline writes beside its records. */
export const engineSchemas = new URL('./', import.meta.url)

/** Of records whose schema names none, and stands in no other. */
export const defaultNamespace = 'dataflow'

const primitives = new Set(['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'])

/** A schema as it stands, with references by name. @throws Error when the file is missing or is no JSON. */
export const readSchema = (source: SchemaSource): AvroObject =>
  source instanceof URL ? (JSON.parse(readFileSync(source, 'utf8')) as AvroObject) : source

/** The schema files of a folder and of the folders in it, in the order of their names. */
export const schemaFiles = (folder: URL): URL[] =>
  globSync('**/*.avsc', { cwd: folder })
    .map(path => new URL(path, folder))
    .sort((a, b) => (fileName(a) < fileName(b) ? -1 : 1))

const fileName = ({ pathname }: URL): string => pathname.split('/').at(-1)!

/** Equal for the same schema, however its URL was made. */
export const keyOfSchema = (source: SchemaSource): string | AvroObject => (source instanceof URL ? source.href : source)

/** For messages: `pair.avsc`, or the name in the schema. */
export const nameOfSchema = (source: SchemaSource): string =>
  source instanceof URL ? fileName(source) : (source.name ?? 'a schema without a name')

/**
 * The file of a reference: `Lineage` and `acme.Lineage` are `lineage.avsc`, beside the schema that refers to it, one
 * folder up, or among the engine's.
 * @throws Error naming the places that were looked at.
 */
export function fileOfReference(reference: string, from: SchemaSource): URL {
  const simple = reference.slice(reference.lastIndexOf('.') + 1)
  const file = `${simple.replace(/(?<!^)([A-Z])/g, letter => `-${letter}`).toLowerCase()}.avsc`
  const places = [...(from instanceof URL ? [new URL(file, from), new URL(`../${file}`, from)] : [])]
  const found = [...places, new URL(file, engineSchemas)].find(place => existsSync(place))
  if (found) return found
  throw new Error(
    `${nameOfSchema(from)} refers to ${reference}; there is no ${file} beside it or among the engine's schemas`
  )
}

export const isReference = (name: string): boolean => !primitives.has(name)

/**
 * A schema in which each reference is replaced by its definition where it first occurs: what a registry and a reader in
 * another language need.
 * @param namespace of a schema that names none. What it refers to, and names none, has that of the schema around it.
 */
export function loadSchema(source: SchemaSource, namespace = defaultNamespace): AvroObject {
  const defined = new Set<string>()
  const inline = (node: AvroNode, from: SchemaSource, around: string): AvroNode => {
    if (Array.isArray(node)) return node.map(each => inline(each, from, around))
    if (typeof node === 'string') {
      if (!isReference(node)) return node
      const full = node.includes('.') ? node : `${around}.${node}`
      if (defined.has(full)) return full
      const file = fileOfReference(node, from)
      return inline(readSchema(file), file, around)
    }
    const own = node.namespace ?? around
    if (node.name) defined.add(`${own}.${node.name}`)
    const { type, name, ...rest } = node
    const copy: AvroObject = name === undefined ? { ...node } : { type, name, namespace: own, ...rest }
    if (node.fields) copy.fields = node.fields.map(field => ({ ...field, type: inline(field.type, from, own) }))
    if (node.items) copy.items = inline(node.items, from, own)
    if (node.values) copy.values = inline(node.values, from, own)
    return copy
  }
  return inline(readSchema(source), source, namespace) as AvroObject
}
