import avsc, { type Type } from 'avsc'
import { defaultNamespace, keyOfSchema, loadSchema, nameOfSchema, type SchemaSource } from '../schemas/load.ts'
import { bodyCheck } from './avro-body.ts'
import { plain, toBody } from './avro-values.ts'
import { LogError } from './errors.ts'
import { type SchemaRegistry, subjectOf } from './registry.ts'

/**
 * Values to and from Confluent wire format: a zero byte, the schema id (four bytes, big-endian), the Avro binary.
 * Readers resolve by their own schema, so that older and newer writers are understood.
 */
export interface Codec {
  /** Registers or looks up the schema of a topic's values. Must precede `encode` for it. */
  prepare(topic: string, schema: SchemaSource): Promise<void>
  /**
   * Absent fields take their schema's default; a lone surrogate in a string becomes U+FFFD.
   * @throws TypeError naming the field that does not fit.
   */
  encode(topic: string, value: unknown): Buffer
  /**
   * A plain object, at once when the writer's schema is known, else after asking the registry for it.
   * @throws LogError `bad-frame` or `unknown-schema`; whatever the registry throws when it cannot be reached.
   */
  decode(schema: SchemaSource, frame: Buffer | null): unknown | Promise<unknown>
}

type Decoder = (body: Buffer) => unknown

const magicByte = 0
const headerBytes = 5

/** @param namespace of records whose schema names none: those that the engine writes for itself. */
export function createCodec(registry: SchemaRegistry, namespace = defaultNamespace): Codec {
  const readers = new Map<unknown, { readonly type: Type; readonly text: string }>()
  const prepared = new Map<string, { readonly type: Type; readonly id: number }>()
  /** By writer id and reader schema: building a resolver costs as much as decoding hundreds of records. */
  const decoders = new Map<unknown, Map<number, Decoder>>()
  /** Questions to the registry under way, so that a burst of records asks once. */
  const asked = new Map<number, Promise<string>>()

  const readerOf = (schema: SchemaSource) => {
    const key = keyOfSchema(schema)
    const known = readers.get(key)
    if (known) return known
    const text = JSON.stringify(loadSchema(schema, namespace))
    const made = { type: typeOf(text), text }
    readers.set(key, made)
    return made
  }
  const decodersOf = (schema: SchemaSource): Map<number, Decoder> => {
    const key = keyOfSchema(schema)
    const known = decoders.get(key)
    if (known) return known
    const made = new Map<number, Decoder>()
    decoders.set(key, made)
    return made
  }
  const writerText = (id: number): Promise<string> => {
    const known = asked.get(id)
    if (known) return known
    const answer = registry.schemaOf(id).finally(() => asked.delete(id))
    asked.set(id, answer)
    return answer
  }
  const learn = (id: number, schema: SchemaSource, writer: () => Type): Decoder => {
    const known = decodersOf(schema).get(id)
    if (known) return known
    const decoder = decoderOf(id, nameOfSchema(schema), readerOf(schema).type, writer)
    decodersOf(schema).set(id, decoder)
    return decoder
  }

  return {
    async prepare(topic, schema) {
      const { type, text } = readerOf(schema)
      const id = await registry.idOf(subjectOf(topic), text)
      prepared.set(topic, { type, id })
      learn(id, schema, () => type)
    },
    encode(topic, value) {
      const target = prepared.get(topic)
      if (!target) throw new Error(`the codec was not prepared for ${topic}`)
      const header = Buffer.alloc(headerBytes)
      header.writeUInt32BE(target.id, 1)
      return Buffer.concat([header, toBody(target.type, value)])
    },
    decode(schema, frame) {
      const { id, body } = split(frame)
      const known = decodersOf(schema).get(id)
      if (known) return known(body)
      return writerText(id).then(text => learn(id, schema, () => typeOf(text))(body))
    }
  }
}

/** Unions are plain values (`null | string`); only where a foreign schema is ambiguous are its branches wrapped. */
const typeOf = (text: string): Type => avsc.Type.forSchema(JSON.parse(text), { wrapUnions: 'auto' })

function split(frame: Buffer | null): { readonly id: number; readonly body: Buffer } {
  if (frame === null) throw new LogError('bad-frame', 'the record has no value')
  if (frame.length < headerBytes) throw new LogError('bad-frame', `${frame.length} bytes are too few for a frame`)
  if (frame[0] !== magicByte) throw new LogError('bad-frame', `the value begins with byte ${frame[0]}, not with 0`)
  return { id: frame.readUInt32BE(1), body: frame.subarray(headerBytes) }
}

function decoderOf(id: number, schema: string, reader: Type, writerType: () => Type): Decoder {
  const attempt = <T>(what: string, action: () => T): T => {
    try {
      return action()
    } catch (cause) {
      throw new LogError('bad-frame', `${what}: ${(cause as Error).message}`, { cause })
    }
  }
  const unreadable = `values of schema ${id} cannot be read as ${schema}`
  const { writer, resolver } = attempt(unreadable, () => {
    const writer = writerType()
    return { writer, resolver: writer === reader ? undefined : reader.createResolver(writer) }
  })
  const check = bodyCheck(writer)
  return body =>
    attempt(`the Avro body, of schema ${id}, cannot be decoded`, () => {
      check(body)
      return plain(reader.decode(body, 0, resolver).value)
    })
}
