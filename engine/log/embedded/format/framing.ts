import type { Headers, LogRecord, OutputRecord } from '../../port.ts'

/**
 * A record's bytes in the `records` table:
 *
 *     1  flags: 1 = has a key, 2 = has a value
 *     6  timestamp, milliseconds, big-endian
 *     n  number of headers; for each its name and its value, each preceded by its length
 *     n  the key, preceded by its length, where there is one
 *     …  the value: the rest, where there is one
 *
 * Numbers of `n` bytes are unsigned LEB128.
 */
const hasKey = 1
const hasValue = 2

export function frame(record: OutputRecord, timestamp: number): Buffer {
  const head = Buffer.allocUnsafe(7)
  head[0] = (record.key ? hasKey : 0) | (record.value ? hasValue : 0)
  head.writeUIntBE(timestamp, 1, 6)
  const headers = Object.entries(record.headers)
  const parts: Uint8Array[] = [head, varint(headers.length)]
  const sized = (bytes: Buffer) => parts.push(varint(bytes.length), bytes)
  for (const [name, value] of headers) {
    sized(Buffer.from(name))
    sized(Buffer.from(value))
  }
  if (record.key) sized(record.key)
  if (record.value) parts.push(record.value)
  return Buffer.concat(parts)
}

export function unframe(bytes: Buffer, topic: string, partition: number, offset: number): LogRecord {
  let at = 7
  const number = () => {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++]!
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
  }
  const sized = () => {
    const length = number()
    at += length
    return bytes.subarray(at - length, at)
  }
  const headers = headersOf(Array.from({ length: number() }, () => [sized().toString(), sized().toString()]))
  const flags = bytes[0]!
  const key = flags & hasKey ? sized() : null
  const value = flags & hasValue ? bytes.subarray(at) : null
  return { topic, partition, offset, timestamp: bytes.readUIntBE(1, 6), key, value, headers }
}

/** `fromEntries` defines properties, so that a header called `__proto__` is a header like any other. */
const headersOf = (entries: readonly (readonly [string, string])[]): Headers => Object.fromEntries(entries)

function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80)
    rest >>>= 7
  }
  return Buffer.from([...bytes, rest])
}
