import { readdirSync, readFileSync } from 'node:fs'

const folder = new URL('./', import.meta.url)

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

/** Names of all schemas, without their ending. */
export const schemaNames = (): string[] =>
  readdirSync(folder)
    .filter(file => file.endsWith('.avsc'))
    .map(file => file.slice(0, -'.avsc'.length))
    .sort()

/** One schema file as it stands, with references by name. */
export const readSchema = (name: string): AvroObject =>
  JSON.parse(readFileSync(new URL(`${name}.avsc`, folder), 'utf8')) as AvroObject

/** The file of a reference: `fanno.PassageText` lives in `passage-text.avsc`. */
const fileOf = (reference: string): string =>
  reference
    .slice('fanno.'.length)
    .replace(/(?<!^)([A-Z])/g, letter => `-${letter}`)
    .toLowerCase()

/**
 * A schema in which each reference is replaced by its definition where it first occurs: what a registry and a reader in
 * another language need.
 */
export function loadSchema(name: string): AvroObject {
  const defined = new Set<string>()
  const inline = (node: AvroNode): AvroNode => {
    if (Array.isArray(node)) return node.map(inline)
    if (typeof node === 'string') {
      if (!node.startsWith('fanno.') || defined.has(node)) return node
      return inline(readSchema(fileOf(node)))
    }
    if (node.name) defined.add(`${node.namespace}.${node.name}`)
    const copy = { ...node }
    if (node.fields) copy.fields = node.fields.map(field => ({ ...field, type: inline(field.type) }))
    if (node.items) copy.items = inline(node.items)
    if (node.values) copy.values = inline(node.values)
    return copy
  }
  return inline(readSchema(name)) as AvroObject
}
