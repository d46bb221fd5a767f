import { closeSync, openSync, readSync } from 'node:fs'
import { constants, gunzipSync } from 'node:zlib'
import type { OffloadAsk } from '../../../engine/declare/index.ts'
import { createOffload } from '../../../engine/inference/offload/offload.ts'
import { type Plan, passagesOf, planOf, type Sampled } from '../../estimate.ts'
import { documentOfLine, type Source, type Survey } from '../../ingest/index.ts'
import type { Segmentation } from '../../segment-document/segmentation-thread.ts'
import { segmentDocument } from '../../segment-document/stage.ts'
import { bytesAsText, counted, grouped, printableLine, wrap } from './printable.ts'

/** Bytes of all that is cut for a sample, and of one file of it. */
const sampledBytes = 1_500_000
const sampledFiles = 40
const fileBytes = 256 * 1024

export interface Expected extends Plan {
  /** The field that the text of JSON lines is taken from; several where lines differ. */
  readonly textFields: readonly string[]
}

/** What a run over these sources will come to. Undefined where nothing can be told: standard input, or no document in the sample. */
export async function expect(
  { sources, bytes }: Survey,
  settings: ReadonlyMap<string, unknown>,
  textField: string | undefined
): Promise<Expected | undefined> {
  const files = sources.filter(({ path }) => path !== undefined)
  if (files.length === 0) return undefined
  // Every so many, since files of one folder are sorted by name.
  const step = Math.max(1, Math.floor(files.length / sampledFiles))
  const offload = createOffload(1)
  const textFields = new Set<string>()
  const sample: Sampled[] = []
  try {
    let taken = 0
    for (let index = 0; index < files.length && taken < sampledBytes; index += step)
      for (const { content, mediaType, bytes, field } of documentsOf(files[index]!, textField)) {
        taken += bytes
        if (field !== undefined) textFields.add(field)
        sample.push({ bytes, passages: await passagesIn(content, mediaType) })
        if (taken >= sampledBytes) break
      }
  } catch {
    return undefined // whatever is wrong with a file is told when it is read
  } finally {
    await offload.close()
  }
  if (sample.length === 0) return undefined
  const { cellsPerSeed, seedPassages, seedEvery } = settings.get('diversify-passage') as Parameters<typeof planOf>[1]
  const plan = planOf(passagesOf(bytes, sample), { cellsPerSeed, seedPassages, seedEvery })
  return { ...plan, textFields: [...textFields] }

  async function passagesIn(content: Uint8Array, mediaType: string): Promise<number> {
    const input = { content: new Uint8Array(content), mediaType, settings: settings.get('segment-document') }
    const ask = segmentDocument.asks.segmentation as OffloadAsk
    const found = (await offload.run(ask, input, new AbortController().signal).catch(() => undefined)) as
      | Segmentation
      | undefined
    return found && 'passages' in found ? found.passages.length : 0
  }
}

interface SampleDocument {
  readonly content: Uint8Array
  readonly mediaType: string
  /** As it lies on the disk. */
  readonly bytes: number
  readonly field?: string
}

/** The documents in the beginning of a file: of one that is large no more is read than that. */
function documentsOf(source: Source, textField: string | undefined): readonly SampleDocument[] {
  const raw = beginningOf(source.path!)
  // What follows the cut is missing, and that is no error here.
  const limits = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 16 * 1024 * 1024 }
  const text = source.compressed ? gunzipSync(raw, limits) : raw
  const compression = raw.length / Math.max(1, text.length)
  if (source.kind === 'document') return [{ content: text, mediaType: source.mediaType, bytes: raw.length }]
  const documents: SampleDocument[] = []
  for (let from = 0, number = 1; from < text.length; number++) {
    const at = text.indexOf(10, from)
    // The last line may be cut.
    if (at < 0 && raw.length === fileBytes) break
    const end = at < 0 ? text.length : at
    const line = text.subarray(from, end)
    const bytes = (end + 1 - from) * compression
    from = end + 1
    if (line.length === 0) continue
    const found = documentOfLine(line, number, source, textField)
    documents.push(
      'refused' in found
        ? { content: new Uint8Array(), mediaType: 'text/plain', bytes }
        : { content: found.content, mediaType: found.mediaType, bytes, field: found.textField }
    )
  }
  return documents
}

function beginningOf(path: string): Buffer {
  const file = openSync(path, 'r')
  try {
    const buffer = Buffer.alloc(fileBytes)
    return buffer.subarray(0, readSync(file, buffer, 0, fileBytes, 0))
  } finally {
    closeSync(file)
  }
}

/** What a run is about to do. */
export function planText(found: Survey, expected: Expected | undefined): string {
  const { sources, bytes, passedOver } = found
  const lines = [`${counted(sources.length, 'source')}, ${bytesAsText(bytes)}${endingsOf(passedOver)}`]
  const { textFields = [], passages, calls } = expected ?? {}
  if (textFields.length > 0) lines.push(`text of JSON lines: from ${textFields.map(name => `"${name}"`).join(', ')}`)
  if (passages && calls && passages.most > 0)
    lines.push(
      `estimate from a sample: ${range(passages)} passages, ${range(calls)} model calls`,
      '(completed work is not repeated)'
    )
  return lines.flatMap(line => wrap(printableLine(line))).join('\n')
}

const range = ({ least, most }: { readonly least: number; readonly most: number }): string =>
  least === most ? grouped(least) : `${grouped(least)} to ${grouped(most)}`

const endingsOf = (passedOver: Readonly<Record<string, number>>): string => {
  const text = Object.entries(passedOver)
    .sort(([, a], [, b]) => b - a)
    .slice(0, 8)
    .map(([ending, count]) => `${grouped(count)} ${ending}`)
    .join(', ')
  return text === '' ? '' : `; skipped, unknown file extension: ${text}`
}
