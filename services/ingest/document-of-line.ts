import { isUtf8 } from 'node:buffer'
import type { Document } from '../../schemas/types.ts'
import { isDeeperThan } from '../nesting.ts'
import type { Source } from './sources.ts'

/** Why a line or a file becomes a rejection and no document. The stage of these rejections is `ingest`. */
export const ingestReasons = {
  'bad-line':
    'A line of a JSONL file that is not a JSON object in UTF-8, is nested more than 100 levels deep, or has an id of more than 1,024 characters.',
  'no-text': 'A JSON object without a string in any field that is known to hold text, or in the one that was named.',
  'too-large': 'A document larger than the log accepts.'
} as const

export type IngestReason = keyof typeof ingestReasons

export interface Refused {
  readonly refused: IngestReason
  readonly evidence: string
  /** Names of the fields that there are, for `no-text`. */
  readonly fields?: readonly string[]
}

/** Fields that hold the text, by what crawlers and data sets call them. The first that there is counts. */
export const textFields = [
  'text',
  'html',
  'content',
  'raw_content',
  'page_content',
  'markdown',
  'body',
  'article',
  'document',
  'passage'
] as const
const mediaTypes: Readonly<Record<string, string>> = { html: 'text/html', markdown: 'text/markdown' }

const maxIdCharacters = 1_024
/** What is nested deeper than this is nobody's metadata, and JSON.stringify would overflow the stack over it. */
const maxLevels = 100

/**
 * The document in one line of JSONL. `id`, `url`, the text (`textFields`, or the field that the user named), `title`, `licence` (or `license`)
 * and `mediaType` have a meaning; whatever else is there goes into the metadata, as strings.
 */
export function documentOfLine(
  bytes: Buffer,
  number: number,
  source: Source,
  textField?: string
): (Document & { readonly textField: string }) | Refused {
  const refused = (reason: IngestReason, why: string): Refused => ({
    refused: reason,
    evidence: `${source.givenId}#${number}: ${why}: ${bytes.subarray(0, 400).toString('utf8')}`
  })
  if (!isUtf8(bytes)) return refused('bad-line', 'not valid UTF-8')
  let parsed: unknown
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '')
  try {
    parsed = JSON.parse(text)
  } catch (error) {
    return refused('bad-line', (error as Error).message)
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    return refused('bad-line', 'not a JSON object')
  if (isDeeperThan(maxLevels, parsed)) return refused('bad-line', `nested more than ${maxLevels} levels deep`)
  // Own properties only, and by entries: a key may be called __proto__.
  const fields = new Map(Object.entries(parsed))
  const take = (...names: readonly string[]): string | null => {
    let taken: string | null = null
    for (const name of names) {
      const value = fields.get(name)
      if (taken === null && value !== null && value !== undefined && value !== '') taken = asText(value)
      fields.delete(name)
    }
    return taken?.toWellFormed() ?? null
  }
  const wanted: readonly string[] = textField === undefined ? textFields : [textField]
  const body = wanted.find(name => typeof fields.get(name) === 'string')
  if (body === undefined)
    return { ...refused('no-text', `no string in ${wanted.join(', ')}`), fields: [...fields.keys()].slice(0, 50) }
  const content = Buffer.from((fields.get(body) as string).toWellFormed())
  fields.delete(body)
  const exactId = unsafeId(fields.get('id'), text)
  const id = take('id')
  const url = take('url')
  const givenId = exactId ?? id ?? url ?? `${source.givenId}#${number}`
  if (givenId.length > maxIdCharacters) return refused('bad-line', `an id of ${givenId.length} characters`)
  return {
    givenId,
    url,
    title: take('title'),
    licence: take('licence', 'license'),
    mediaType: take('mediaType') ?? mediaTypes[body] ?? source.mediaType,
    content,
    source: source.givenId,
    metadata: Object.fromEntries(
      [...fields].map(([name, value]) => [metadataName(name), asText(value).toWellFormed()])
    ),
    textField: body
  }
}

// The codec takes no map with this key: a careless reader would set a prototype by it.
const metadataName = (name: string): string => (name === '__proto__' ? '(__proto__)' : name.toWellFormed())

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** A number beyond 2^53 as it was written: two such ids must not become one by rounding. */
function unsafeId(id: unknown, text: string): string | undefined {
  if (typeof id !== 'number' || Number.isSafeInteger(id) || !Number.isInteger(id)) return undefined
  let written: string | undefined
  const reviver = (key: string, value: unknown, context: { source?: string }) => {
    if (key === 'id' && value === id) written ??= context.source
    return value
  }
  JSON.parse(text, reviver as Parameters<typeof JSON.parse>[1])
  return written
}
