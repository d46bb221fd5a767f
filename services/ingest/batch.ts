import { hashOf, topicName } from '../../engine/declare/index.ts'
import type { Codec } from '../../engine/log/codec.ts'
import { partitionOf } from '../../engine/log/partitioner.ts'
import { type OutputRecord, recordBytes } from '../../engine/log/port.ts'
import { rejections } from '../../engine/runtime/ground/engine-topics.ts'
import type { Document, IngestPosition } from '../../schemas/types.ts'
import { documents, headerNames, ingestPositions } from '../topics.ts'
import type { IngestReason } from './document-of-line.ts'

/** Name under which ingest rejects, beside those of the stages. */
export const ingestStage = 'ingest'

/** Where ingest writes to. */
export interface Target {
  readonly pipeline: string
  readonly codec: Codec
  /** Partitions of a topic by its `records` name. */
  readonly partitions: (records: string) => number
  readonly maxRecordBytes: number
}

/** The topics ingest writes to. */
export const ingestTopics = [documents, rejections, ingestPositions] as const

/**
 * What one transaction of an ingest will append: documents, rejections, and how far their sources have been read by
 * then.
 */
export interface Batch {
  readonly outputs: OutputRecord[]
  readonly positions: Map<string, IngestPosition>
  readonly reasons: Partial<Record<IngestReason, number>>
  documents: number
  bytes: number
}

export const emptyBatch = (): Batch => ({ outputs: [], positions: new Map(), reasons: {}, documents: 0, bytes: 0 })

/** A transaction is committed at the latest when it holds this much. */
const fullRecords = 1_000
const fullBytes = 4_000_000

export const isFull = (batch: Batch): boolean =>
  batch.outputs.length + batch.positions.size >= fullRecords || batch.bytes >= fullBytes

/** Adds a document, or its rejection where the log would not take it. */
export function addDocument(batch: Batch, target: Target, document: Document, rejectionSeed: readonly string[]): void {
  const key = documents.key(document)
  const record = outputOf(target, documents, key, document, {})
  if (recordBytes(record) > target.maxRecordBytes) {
    const evidence = `${document.givenId}: ${recordBytes(record)} bytes; the log takes ${target.maxRecordBytes}`
    addRejection(batch, target, 'too-large', evidence, recordBytes(record), rejectionSeed)
    return
  }
  batch.outputs.push(record)
  batch.bytes += recordBytes(record)
  batch.documents += 1
}

/** @param seed what makes the id: source, generation, place. */
export function addRejection(
  batch: Batch,
  target: Target,
  reason: IngestReason,
  evidence: string,
  score: number | null,
  seed: readonly string[]
): void {
  const id = hashOf(ingestStage, 'rejection', ...seed)
  const value = { id, stage: ingestStage, reason, score, evidence: evidence.slice(0, 2_000).toWellFormed() }
  const record = outputOf(target, rejections, id, value, { [headerNames.outcome]: 'rejected' })
  batch.outputs.push(record)
  batch.bytes += recordBytes(record)
  batch.reasons[reason] = (batch.reasons[reason] ?? 0) + 1
}

/** Everything to append: the position of a source stands behind its documents. */
export const recordsOf = (batch: Batch, target: Target): readonly OutputRecord[] => [
  ...batch.outputs,
  ...[...batch.positions.values()].map(position => outputOf(target, ingestPositions, position.source, position, {}))
]

function outputOf(
  target: Target,
  handle: (typeof ingestTopics)[number],
  key: string,
  value: unknown,
  headers: Readonly<Record<string, string>>
): OutputRecord {
  const topic = topicName(target.pipeline, handle)
  return {
    topic,
    partition: partitionOf(key, target.partitions(handle.records)),
    key: Buffer.from(key),
    value: target.codec.encode(topic, value),
    headers: { [headerNames.stage]: ingestStage, ...headers }
  }
}
