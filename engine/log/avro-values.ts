import { inspect } from 'node:util'
import avsc, { type Type } from 'avsc'

const { ArrayType, MapType, RecordType, UnwrappedUnionType } = avsc.types

/**
 * The Avro binary of a value.
 * @throws TypeError naming each field that does not fit.
 */
export function toBody(type: Type, value: unknown): Buffer {
  const filled = fill(type, value)
  try {
    return type.toBuffer(filled)
  } catch (cause) {
    const wrong: string[] = []
    type.isValid(filled, { errorHook: (path, found) => wrong.push(`${path.join('.') || 'it'} is ${describe(found)}`) })
    const what = wrong.join('; ') || (cause as Error).message
    throw new TypeError(`a value does not fit its schema ${type.name ?? type.typeName}: ${what}`, { cause })
  }
}

const describe = (value: unknown): string =>
  value === undefined
    ? 'absent'
    : inspect(value, { depth: 0, maxStringLength: 60, breakLength: Number.POSITIVE_INFINITY })

/** A copy with the defaults of absent fields, and without lone surrogates: they do not survive UTF-8. */
function fill(type: Type, value: unknown, field = 'it'): unknown {
  if (typeof value === 'string') return value.toWellFormed()
  if (typeof value === 'number') return finite(value, field)
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  if (type instanceof UnwrappedUnionType) {
    const branch = type.types.find(each => suits(each, value))
    return branch ? fill(branch, value, field) : value
  }
  if (!suits(type, value)) return value
  if (type instanceof ArrayType) return (value as readonly unknown[]).map(item => fill(type.itemsType, item, field))
  if (type instanceof MapType)
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key.toWellFormed(), fill(type.valuesType, item, key)])
    )
  const filled: Record<string, unknown> = {}
  for (const field of (type as avsc.types.RecordType).fields) {
    const given = (value as Record<string, unknown>)[field.name]
    filled[field.name] = given === undefined ? field.defaultValue() : fill(field.type, given, field.name)
  }
  return filled
}

/** NaN passes every gate, and JSON writes it as null: no record holds one, ours or a stranger's. */
function finite(number: number, field: string): number {
  if (Number.isFinite(number)) return number
  throw new TypeError(`${field} is ${number}, which is no finite number`)
}

const suits = (type: Type, value: object): boolean =>
  Array.isArray(value) ? type instanceof ArrayType : type instanceof RecordType || type instanceof MapType

/** The value without avsc's classes. Bytes stay Buffers. @throws TypeError for a number that is not finite. */
export function plain(value: unknown, field = 'it'): unknown {
  if (typeof value === 'number') return finite(value, field)
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  if (Array.isArray(value)) return value.map(item => plain(item, field))
  const copy: Record<string, unknown> = {}
  for (const [name, inner] of Object.entries(value)) copy[name] = plain(inner, name)
  return copy
}
