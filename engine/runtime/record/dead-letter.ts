import { hashOf } from '../../declare/index.ts'
import type { Headers, LogRecord } from '../../log/port.ts'
import { inputOf } from './headers.ts'
import type { DeadLettering, Input } from './verdict.ts'

const evidenceCharacters = 2_000

/** The original bytes, as far as the log takes them, and what went wrong. */
export function deadLetterOf(
  stage: string,
  input: Input,
  { deadLetter }: DeadLettering,
  maxRecordBytes: number
): Record<string, unknown> {
  const { record } = input
  // Room for the rest of the dead letter beside the original value.
  const room = maxRecordBytes - 64 * 1024
  const truncated = (record.value?.length ?? 0) > room
  return {
    id: hashOf(stage, input.id ?? '', 'dead-letter', inputOf(record)),
    stage: stage,
    code: deadLetter.code,
    error: shorten(deadLetter.error),
    stack: deadLetter.stack === undefined ? null : shorten(deadLetter.stack),
    recordId: input.id ?? null,
    ...positionOf(record),
    key: record.key?.subarray(0, 4_096) ?? null,
    value: truncated ? record.value!.subarray(0, room) : record.value,
    truncated,
    headers: firstHeaders(record.headers)
  }
}

/** As many as 32 headers and 32 KiB of them, long ones cut: a dead letter must never be too large itself. */
function firstHeaders(headers: Headers): Headers {
  let room = 32 * 1024
  const cut = Object.entries(headers)
    .slice(0, 32)
    .map(([name, value]) => [name.slice(0, 128), value.slice(0, 512)] as const)
  const kept = cut.filter(([name, value]) => {
    room -= Buffer.byteLength(name) + Buffer.byteLength(value)
    return room >= 0
  })
  return Object.fromEntries(kept)
}

export const positionOf = (record: LogRecord) => ({
  inputTopic: record.topic,
  inputPartition: record.partition,
  inputOffset: record.offset
})

/** Of evidence and errors, so that a record about a record stays small. */
export const shorten = (text: string): string => text.slice(0, evidenceCharacters).toWellFormed()

/** The headers by which Kafka Connect's tools know a dead letter (KIP-298). */
export const connectHeaders = (record: LogRecord, deadLetter: Record<string, unknown>): Record<string, string> => ({
  '__connect.errors.topic': record.topic,
  '__connect.errors.partition': String(record.partition),
  '__connect.errors.offset': String(record.offset),
  '__connect.errors.stage': String(deadLetter.stage),
  '__connect.errors.exception.class.name': String(deadLetter.code),
  '__connect.errors.exception.message': String(deadLetter.error).slice(0, 500)
})
