/** An Avro record schema as its file has it. */
export interface RecordSchema {
  readonly type: 'record'
  readonly name: string
  readonly namespace?: string
  readonly doc: string
  readonly fields: readonly SchemaField[]
}

interface SchemaField {
  readonly name: string
  readonly type: unknown
  readonly doc: string
  readonly default: unknown
}

/** The text that a new stage shows to a model. */
export interface ShownText {
  /** The field that holds it. */
  readonly field: string
  /** How code reaches it: `response`, `passage.text`. */
  readonly path: string
}

/** The new record has every field of the one that is read, until its author changes it. */
export const copiedSchema = (read: RecordSchema, name: string, stage: string): RecordSchema => ({
  ...read,
  name,
  doc: `What ${stage} lets through.`
})

/** Fields by which a text is told, the more telling first. */
const texts = ['response', 'instruction', 'content', 'text']

export function shownText({ fields }: RecordSchema, noun: string): ShownText | undefined {
  const own = [noun, ...texts].find(name => fields.some(field => field.name === name && field.type === 'string'))
  if (own !== undefined) return { field: own, path: own }
  const passage = fields.find(({ type }) => type === 'fanno.PassageText')
  return passage && { field: passage.name, path: `${passage.name}.text` }
}

/** What is read must have an identity, and a place for the lineage that the engine fills in. */
export const hasLineage = ({ fields }: RecordSchema): boolean =>
  ['id', 'lineage'].every(name => fields.some(field => field.name === name))

/** A record to try the stage with, as code: the defaults of its schema, with an id and a text. */
export function exampleRecord({ fields }: RecordSchema, shown: ShownText): string {
  const record = Object.fromEntries(fields.map(field => [field.name, structuredClone(field.default)]))
  const text = 'Salt draws water out of food, and so it keeps.'
  if (shown.path === shown.field) record[shown.field] = text
  else record[shown.field] = { ...(record[shown.field] as object), text }
  return JSON.stringify({ ...record, id: 'record-1' }, null, 2)
}
