import type { Readable } from 'node:stream'
import type { Codec } from '../../engine/log/codec.ts'
import { isLogError } from '../../engine/log/errors.ts'
import type { LogDriver } from '../../engine/log/port.ts'
import { LogOutage } from '../../engine/runtime/ground/outage.ts'
import { emptyBatch, isFull, type Target } from './batch.ts'
import { IngestFenced, type Outlast, openCommitter } from './committer.ts'
import type { IngestReason } from './document-of-line.ts'
import { ingestFile } from './ingest-file.ts'
import { ingestLines } from './ingest-lines.ts'
import { ingestStream } from './ingest-stream.ts'
import { positionsOf } from './positions.ts'
import { canonicalInput, sourcesOf, type Unreadable } from './sources.ts'

export interface IngestOptions {
  /** Files, folders, glob patterns, `-`. */
  readonly inputs: readonly string[]
  /** Relative inputs and the ids of files are seen from here. */
  readonly cwd: string
  readonly pipeline: string
  readonly driver: LogDriver
  /** Prepared for documents, rejections and ingest-positions. */
  readonly codec: Codec
  /** Partitions of a topic by its `records` name. */
  readonly partitions: (records: string) => number
  readonly stdin: Readable
  /** Field of JSON lines that holds the text; the usual ones by default. */
  readonly textField?: string
  /** Something a person should read, in one line. */
  readonly notice: (text: string) => void
  /** Ends the ingest at the next batch; what was committed stays, the next ingest goes on from there. */
  readonly signal?: AbortSignal
  /** Told when the log cannot be reached: it is waited for. */
  readonly outage?: LogOutage
}

export interface IngestReport {
  documents: number
  /** Sources that were read, all or in part. */
  sources: number
  /** Sources that hold nothing new. */
  unchanged: number
  readonly reasons: Partial<Record<IngestReason, number>>
  readonly unreadable: Unreadable[]
  /** Files in folders that were left out, by their ending. */
  readonly passedOver: Record<string, number>
  /** Documents of JSON lines by the field that their text was taken from. */
  readonly textFields: Record<string, number>
  /** Fields of JSON lines in which no text was found. */
  readonly otherFields: string[]
}

export const emptyReport = (): IngestReport => ({
  documents: 0,
  sources: 0,
  unchanged: 0,
  reasons: {},
  unreadable: [],
  passedOver: {},
  textFields: {},
  otherFields: []
})

/** Something was given, and nothing of it is a document, now or before. */
export const isAllUnusable = ({ documents, unchanged, reasons, passedOver }: IngestReport): boolean =>
  documents === 0 && unchanged === 0 && (Object.keys(reasons).length > 0 || Object.keys(passedOver).length > 0)

/**
 * Reads the inputs into the topic of documents, exactly once: the position in each source is committed together with
 * its documents. A source that was ingested before and only grew is read on from where it ended; one with other
 * content is read from its beginning; one without change adds nothing. A source that cannot be read is named in the
 * report, and the others go on.
 *
 * @throws LogError when the log cannot take more, or cannot be reached while the signal is aborted.
 */
export async function ingest(options: IngestOptions): Promise<IngestReport> {
  const { driver, codec, pipeline, cwd, notice } = options
  const signal = options.signal ?? new AbortController().signal
  const report = emptyReport()
  const fields = { text: new Map<string, number>(), other: new Set<string>() }
  const outage = options.outage ?? new LogOutage(notice)
  const outlast: Outlast = question => outage.outlast(question, signal)
  const positions = positionsOf({ driver, codec, pipeline })
  const { maxRecordBytes } = driver.limits
  const target: Target = { pipeline, codec, partitions: options.partitions, maxRecordBytes }
  const seen = new Set<string>()
  const isUnreadable = (source: string, problem: string) => {
    report.unreadable.push({ source, problem })
    notice(`cannot read ${source}: ${problem}`)
  }

  for (const input of options.inputs) {
    if (signal.aborted) break
    const committer = await openCommitter(driver, target, positions, canonicalInput(input, cwd), outlast)
    let batch = emptyBatch()
    const settle = async (now = false) => {
      if (batch.positions.size === 0 || !(now || isFull(batch))) return
      const full = batch
      batch = emptyBatch()
      await committer.commit(full)
      report.documents += full.documents
      for (const [reason, count] of Object.entries(full.reasons))
        report.reasons[reason as IngestReason] = (report.reasons[reason as IngestReason] ?? 0) + count
    }
    try {
      for await (const source of sourcesOf(input, cwd)) {
        if (signal.aborted) break
        if ('problem' in source) {
          isUnreadable(source.source, source.problem)
          continue
        }
        if ('passedOver' in source) {
          report.passedOver[source.ending] = (report.passedOver[source.ending] ?? 0) + 1
          continue
        }
        if (seen.has(source.name)) continue
        seen.add(source.name)
        try {
          const { stdin, textField } = options
          const reading = {
            source,
            target,
            positions,
            stdin,
            signal,
            textField,
            seen: fields,
            batch: () => batch,
            settle
          }
          const result = await readers[source.kind](reading)
          report[result === 'read' ? 'sources' : 'unchanged'] += 1
        } catch (error) {
          if (error instanceof IngestFenced || isLogError(error) || !isReadError(error)) throw error
          isUnreadable(source.givenId.slice('file:'.length), error.message)
        }
      }
      await settle(true)
    } catch (error) {
      if (!(error instanceof IngestFenced)) throw error
      isUnreadable(input, `${error.message}; this one leaves it to that one`)
    } finally {
      await committer.close()
    }
  }
  Object.assign(report.textFields, Object.fromEntries(fields.text))
  report.otherFields.push(...fields.other)
  return report
}

const readers = { lines: ingestLines, document: ingestFile, either: ingestStream }

/** What is wrong with a source, as against what is wrong with us or the log. */
const isReadError = (error: unknown): error is Error =>
  error instanceof Error &&
  (error.name === 'SourceProblem' || typeof (error as NodeJS.ErrnoException).syscall === 'string')
