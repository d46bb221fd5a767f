import { addWhole, contentOf, maxContentBytes } from './ingest-file.ts'
import { escapesFactor, ingestFrom } from './ingest-lines.ts'
import { bytesOf } from './read-bytes.ts'
import { linesOf } from './read-lines.ts'
import type { Reading, SourceResult } from './reading.ts'

/** Bytes of standard input that are looked at to tell JSON lines from text. */
const peekBytes = 64 * 1024

/**
 * Standard input: JSON lines if its first line begins like a JSON object, else one document of plain text. It cannot
 * be read twice, so each time is taken for new content; what was ingested before is then rejected as a repeat by the
 * stages. Documents are committed whenever the input pauses, so that a slow producer is followed.
 */
export async function ingestStream(reading: Reading): Promise<SourceResult> {
  const { source, stdin, target, positions, signal } = reading
  const chunks = bytesOf(source, stdin, signal)
  const begun = await peek(chunks)
  const generation = String(positions.of(source.name)?.offset ?? '')
  const all = chain(begun, chunks)
  if (/^\uFEFF?\s*\{/.test(begun.toString('utf8'))) {
    const lines = linesOf(all, escapesFactor * target.maxRecordBytes)
    const added = await ingestFrom(reading, lines, { documents: 0, generation }, () => stdin.readableLength === 0)
    return added ? 'read' : 'unchanged'
  }
  const content = await contentOf(all, maxContentBytes(target))
  // Half a text is not a document; half the lines are.
  if (content.length === 0 || signal.aborted) return 'unchanged'
  addWhole(reading, content, generation)
  const position = { source: source.name, documents: 1, position: content.length, fingerprint: '', complete: true }
  reading.batch().positions.set(source.name, position)
  await reading.settle()
  return 'read'
}

/** What comes first, up to the first character that is not white space. */
async function peek(chunks: AsyncIterator<Buffer>): Promise<Buffer> {
  let begun = Buffer.alloc(0)
  while (begun.length < peekBytes && begun.toString('latin1').trim() === '') {
    const { value, done } = await chunks.next()
    if (done) break
    begun = Buffer.concat([begun, value])
  }
  return begun
}

async function* chain(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield first
  yield* rest
}
