import type { IngestPosition } from '../../schemas/types.ts'
import { addDocument, addRejection } from './batch.ts'
import { documentOfLine } from './document-of-line.ts'
import type { KnownPosition } from './positions.ts'
import { bytesOf, SourceProblem } from './read-bytes.ts'
import { type Line, linesOf } from './read-lines.ts'
import type { Reading, SourceResult } from './reading.ts'

/** Bytes that escapes may add to a document in JSON, on top of what the log takes. */
export const escapesFactor = 2

/**
 * A file of JSON lines. Where its beginning is what was ingested before, only what follows is read; else all of it is.
 * @throws SourceProblem for a last line that is not complete: it is left for the next ingest.
 */
export async function ingestLines(reading: Reading): Promise<SourceResult> {
  const known = reading.positions.of(reading.source.name)
  const begun = known ? await resume(reading, known) : undefined
  const lines = begun ?? linesOfSource(reading)
  const state = { documents: begun ? known!.documents : 0, generation: String(known?.offset ?? '') }
  const added = await ingestFrom(reading, lines, state)
  return added ? 'read' : 'unchanged'
}

const linesOfSource = ({ source, stdin, target }: Reading): AsyncGenerator<Line> =>
  linesOf(bytesOf(source, stdin), escapesFactor * target.maxRecordBytes)

/** The lines behind a known position, if the source still begins with what was read then. */
async function resume(reading: Reading, known: KnownPosition): Promise<AsyncGenerator<Line> | undefined> {
  const lines = linesOfSource(reading)
  for (;;) {
    const { value: line, done } = await lines.next()
    if (done) return undefined
    if (line.end < known.position) continue
    if (line.end === known.position && line.fingerprint() === known.fingerprint) return lines
    // A last line without line end was read then, and has got one since.
    const grown = line.end <= known.position + 2 && line.terminated && (await endedHere(reading, known))
    if (grown) return lines
    await lines.return(undefined)
    return undefined
  }
}

/** Whether the first `known.position` bytes are those of then, though the line goes on behind them. */
async function endedHere(reading: Reading, known: KnownPosition): Promise<boolean> {
  for await (const line of linesOf(firstBytes(reading, known.position), 0))
    if (line.end === known.position) return line.fingerprint() === known.fingerprint
  return false
}

async function* firstBytes({ source, stdin }: Reading, count: number): AsyncGenerator<Buffer> {
  let left = count
  for await (const chunk of bytesOf(source, stdin)) {
    yield chunk.subarray(0, left)
    left -= chunk.length
    if (left <= 0) return
  }
}

export interface LinesState {
  documents: number
  /** Tells the rejections of this reading from those of an earlier one. */
  readonly generation: string
}

/** Ingests the lines that are left. True when there were any. */
export async function ingestFrom(
  reading: Reading,
  lines: AsyncIterable<Line>,
  state: LinesState,
  pausesAfter: () => boolean = () => false
): Promise<boolean> {
  const { source, target, signal } = reading
  let latest: (Omit<IngestPosition, 'fingerprint'> & { fingerprint: string }) | undefined
  for await (const line of lines) {
    if (signal.aborted) break
    if (line.bytes && isBlank(line.bytes)) continue
    const seed = [source.name, state.generation, String(line.end)]
    const document = line.bytes && documentOfLine(line.bytes, line.number, source, reading.textField)
    if (document === undefined) {
      const evidence = `${source.givenId}#${line.number}: a line of ${line.size} bytes`
      addRejection(reading.batch(), target, 'too-large', evidence, line.size, seed)
    } else if ('refused' in document) {
      if (!line.terminated && document.refused === 'bad-line')
        throw new SourceProblem(`the last line, ${line.number}, is not complete; the next ingest will read it`)
      for (const field of document.fields ?? []) reading.seen.other.add(field)
      addRejection(reading.batch(), target, document.refused, document.evidence, null, seed)
    } else {
      const { textField, ...rest } = document
      reading.seen.text.set(textField, (reading.seen.text.get(textField) ?? 0) + 1)
      addDocument(reading.batch(), target, rest, seed)
      state.documents += 1
    }
    const { end: position } = line
    const { documents } = state
    latest = { source: source.name, documents, position, fingerprint: line.fingerprint(), complete: !line.terminated }
    reading.batch().positions.set(source.name, latest)
    await reading.settle(pausesAfter())
  }
  return latest !== undefined
}

const isBlank = (bytes: Buffer): boolean => bytes.length < 64 && bytes.toString('latin1').trim() === ''
