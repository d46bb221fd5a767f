import { isUtf8 } from 'node:buffer'
import type { Schema, Type, types } from 'avsc'

/**
 * Avro bodies come from strangers, and avsc trusts them: it turns invalid UTF-8 into other text, reads on past what
 * belongs to the value, and believes five bytes that announce 33 million items. So each body is walked by its writer's
 * schema before it is decoded.
 */
export type BodyCheck = (body: Buffer) => void

interface Cursor {
  readonly body: Buffer
  at: number
  /** Array items and map entries so far. Honest ones take a byte at least. */
  items: number
}

type Walk = (cursor: Cursor) => void

/** A check for bodies written by the type. It throws an Error that says what is wrong. */
export function bodyCheck(type: Type): BodyCheck {
  const walk = walkOf(type, new Map())
  return body => {
    const cursor: Cursor = { body, at: 0, items: 0 }
    walk(cursor)
    if (cursor.at < body.length) throw new Error(`${body.length - cursor.at} bytes follow the value`)
  }
}

function walkOf(type: Type, named: Map<Type, Walk>): Walk {
  const known = named.get(type)
  if (known) return known
  // A record may contain itself: its walk is known before the walks of its fields are.
  let walk: Walk = () => {}
  named.set(type, cursor => walk(cursor))
  walk = makeWalk(type, inner => walkOf(inner, named))
  return walk
}

function makeWalk(type: Type, walkOf: (type: Type) => Walk): Walk {
  switch (type.typeName as string) {
    case 'null':
      return () => {}
    case 'boolean':
      return cursor => {
        const byte = cursor.body[cursor.at]
        skip(cursor, 1)
        if (byte! > 1) throw new Error(`byte ${byte} is no boolean`)
      }
    case 'int':
      return cursor => {
        const value = readLong(cursor)
        if (value !== (value | 0)) throw new Error(`${value} is no 32-bit integer`)
      }
    case 'long':
      return readLong
    case 'float':
      return cursor => skip(cursor, 4)
    case 'double':
      return cursor => skip(cursor, 8)
    case 'bytes':
      return readBytes
    case 'string':
      return readString
    case 'fixed':
      return cursor => skip(cursor, (type as types.FixedType).size)
    case 'enum':
      return cursor => void choose((type as types.EnumType).symbols, cursor)
    case 'array':
      return blocks(walkOf((type as types.ArrayType).itemsType))
    case 'map':
      return entries(walkOf((type as types.MapType).valuesType))
    case 'record':
    case 'error': {
      const fields = (type as types.RecordType).fields.map(field => walkOf(field.type))
      return cursor => {
        for (const walk of fields) walk(cursor)
      }
    }
    case 'union:wrapped':
    case 'union:unwrapped': {
      const branches = [...(type as types.UnwrappedUnionType).types].map(walkOf)
      return cursor => choose(branches, cursor)(cursor)
    }
    default:
      throw new Error(`Avro type ${type.typeName} (${JSON.stringify(type.schema() as Schema)}) is not supported`)
  }
}

function skip(cursor: Cursor, bytes: number): void {
  const left = cursor.body.length - cursor.at
  if (bytes < 0 || bytes > left) throw new Error(`${bytes} bytes are announced at byte ${cursor.at}, ${left} are left`)
  cursor.at += bytes
}

/** A zigzag varint. Beyond 2^53 it is inexact, which no length or index is; avsc refuses such values itself. */
function readLong(cursor: Cursor): number {
  let raw = 0
  for (let scale = 1, read = 1; ; scale *= 128, read++) {
    const byte = cursor.body[cursor.at]
    skip(cursor, 1)
    raw += (byte! & 0x7f) * scale
    if (byte! < 0x80) return raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2
    if (read === 10) throw new Error('a number has more than ten bytes')
  }
}

function readBytes(cursor: Cursor): Buffer {
  const length = readLong(cursor)
  const begin = cursor.at
  skip(cursor, length)
  return cursor.body.subarray(begin, cursor.at)
}

function readString(cursor: Cursor): Buffer {
  const text = readBytes(cursor)
  if (!isUtf8(text)) throw new Error(`the text before byte ${cursor.at} is not UTF-8`)
  return text
}

function choose<T>(choices: readonly T[], cursor: Cursor): T {
  const index = readLong(cursor)
  const choice = choices[index]
  if (choice === undefined) throw new Error(`there is no choice ${index} among ${choices.length}`)
  return choice
}

const blocks =
  (walk: Walk): Walk =>
  cursor => {
    for (let count = readLong(cursor); count !== 0; count = readLong(cursor)) {
      // A negative count is followed by the block's size in bytes.
      if (count < 0) readLong(cursor)
      const items = Math.abs(count)
      cursor.items += items
      if (cursor.items > cursor.body.length) throw new Error(`${items} items are announced at byte ${cursor.at}`)
      for (let item = 0; item < items; item++) walk(cursor)
    }
  }

/** An object cannot hold this key as its own through avsc: the entry would vanish. */
const forbiddenKey = Buffer.from('__proto__')

const entries = (walk: Walk): Walk =>
  blocks(cursor => {
    if (readString(cursor).equals(forbiddenKey)) throw new Error(`a map has the key ${forbiddenKey}`)
    walk(cursor)
  })
