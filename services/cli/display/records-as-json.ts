import { isUtf8 } from 'node:buffer'
import type { LogRecord } from '../../../engine/log/port.ts'
import { jsonLine } from './printable.ts'

/** A record as `fanno cat --json` prints it. Bytes that are UTF-8 are shown as text, others as {base64}. */
export function asJson(record: LogRecord, value: unknown): string {
  const { topic, partition, offset, timestamp, headers } = record
  const shown = { topic, partition, offset, timestamp, key: bytesAsJson(record.key), headers, value: plain(value) }
  return jsonLine(shown)
}

const bytesAsJson = (bytes: Uint8Array | null): string | { readonly base64: string } | null => {
  if (bytes === null) return null
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return isUtf8(buffer) ? buffer.toString('utf8') : { base64: buffer.toString('base64') }
}

function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return bytesAsJson(value)
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]))
  return value
}
