import { createHash } from 'node:crypto'
import { addDocument, addRejection, type Target } from './batch.ts'
import { bytesOf } from './read-bytes.ts'
import type { Reading, SourceResult } from './reading.ts'
import type { Source } from './sources.ts'

/** Room in a record for what stands beside the content. */
const envelopeBytes = 64 * 1024

/** The largest content that is read at all. */
export const maxContentBytes = (target: Target): number => target.maxRecordBytes - envelopeBytes

/** A file that is one document: its bytes as they are. Files that have not changed since are left alone. */
export async function ingestFile(reading: Reading): Promise<SourceResult> {
  const { source, target } = reading
  const content = await contentOf(bytesOf(source, reading.stdin), maxContentBytes(target))
  const known = reading.positions.of(source.name)
  const fingerprint = createHash('sha256').update(content).digest('hex')
  if (known?.complete && known.position === content.length && known.fingerprint === fingerprint) return 'unchanged'
  addWhole(reading, content, String(known?.offset ?? ''))
  const position = { source: source.name, documents: 1, position: content.length, fingerprint, complete: true }
  reading.batch().positions.set(source.name, position)
  await reading.settle()
  return 'read'
}

/** Adds the content as one document; or, where it is too long to be one, a rejection that says so. */
export function addWhole({ source, target, batch }: Reading, content: Buffer, generation: string): void {
  const seed = [source.name, generation, 'whole']
  if (content.length > maxContentBytes(target)) {
    const evidence = `${source.givenId}: more than ${maxContentBytes(target)} bytes`
    addRejection(batch(), target, 'too-large', evidence, content.length, seed)
  } else addDocument(batch(), target, documentOf(source, content), seed)
}

/** All bytes of a stream; of one with more than `maxBytes`, the first `maxBytes` and one more. */
export async function contentOf(chunks: AsyncIterable<Buffer>, maxBytes: number): Promise<Buffer> {
  const pieces: Buffer[] = []
  let size = 0
  for await (const chunk of chunks) {
    pieces.push(chunk)
    size += chunk.length
    if (size > maxBytes) break
  }
  return Buffer.concat(pieces).subarray(0, maxBytes + 1)
}

const documentOf = (source: Source, content: Buffer) => ({
  givenId: source.givenId,
  url: null,
  title: null,
  licence: null,
  mediaType: source.mediaType,
  content,
  source: source.givenId,
  metadata: {}
})
