import avsc, { type Type } from 'avsc'
import { loadSchema } from '../../schemas/load.ts'
import { LogError } from './errors.ts'
import { type SchemaRegistry, subjectOf } from './registry.ts'

/**
 * Values to and from Confluent wire format: a zero byte, the schema id (four bytes, big-endian), the Avro binary.
 * Readers resolve by their own schema, so that older and newer writers are understood.
 */
export interface Codec {
  /** Registers or looks up the schema of a topic's values. Must precede `encode` for that topic. */
  prepare(topic: string, schema: string): Promise<void>
  /** Absent fields take their schema's default. @throws TypeError naming the field that does not fit. */
  encode(topic: string, value: unknown): Buffer
  /**
   * At once when the writer's schema is known, else after asking the registry for it.
   * @throws LogError `bad-frame` or `unknown-schema`; whatever the registry throws when it cannot be reached.
   */
  decode(schema: string, frame: Buffer | null): unknown | Promise<unknown>
}

type Decoder = (body: Buffer) => unknown

const magicByte = 0
const frameBytes = 5

export function createCodec(registry: SchemaRegistry): Codec {
  const types = new Map<string, { readonly type: Type; readonly text: string }>()
  const prepared = new Map<string, { readonly type: Type; readonly id: number }>()
  const decoders = new Map<string, Decoder>()

  const typeOf = (schema: string) => {
    const known = types.get(schema)
    if (known) return known
    const text = JSON.stringify(loadSchema(schema))
    const made = { type: parse(text), text }
    types.set(schema, made)
    return made
  }
  const learn = (id: number, schema: string, writer: Type): Decoder => {
    const decoder = decoderOf(typeOf(schema).type, writer)
    decoders.set(`${id}/${schema}`, decoder)
    return decoder
  }

  return {
    async prepare(topic, schema) {
      const { type, text } = typeOf(schema)
      const id = await registry.idOf(subjectOf(topic), text)
      prepared.set(topic, { type, id })
      learn(id, schema, type)
    },
    encode(topic, value) {
      const target = prepared.get(topic)
      if (!target) throw new Error(`the codec was not prepared for ${topic}`)
      const header = Buffer.alloc(frameBytes)
      header.writeUInt32BE(target.id, 1)
      return Buffer.concat([header, encodeBody(target.type, value)])
    },
    decode(schema, frame) {
      if (frame === null) throw new LogError('bad-frame', 'the record has no value')
      if (frame.length < frameBytes) throw new LogError('bad-frame', `${frame.length} bytes are too few for a frame`)
      if (frame[0] !== magicByte) throw new LogError('bad-frame', `the value begins with byte ${frame[0]}, not with 0`)
      const id = frame.readUInt32BE(1)
      const body = frame.subarray(frameBytes)
      const known = decoders.get(`${id}/${schema}`)
      if (known) return known(body)
      return registry.schemaOf(id).then(text => learn(id, schema, parse(text))(body))
    }
  }
}

const parse = (text: string): Type => avsc.Type.forSchema(JSON.parse(text), { wrapUnions: false })

function encodeBody(type: Type, value: unknown): Buffer {
  const filled = fill(type, value)
  try {
    return type.toBuffer(filled)
  } catch (error) {
    const wrong: string[] = []
    type.isValid(filled, { errorHook: (path, any) => wrong.push(`${path.join('.')} is ${describe(any)}`) })
    throw new TypeError(`the value does not fit its schema: ${wrong.join('; ') || (error as Error).message}`)
  }
}

const describe = (value: unknown): string => (value === undefined ? 'absent' : JSON.stringify(value).slice(0, 80))

/** A copy in which absent fields have their defaults and every string is well-formed: lone surrogates do not round-trip. */
function fill(type: Type, value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed()
  if (Array.isArray(value)) {
    const items = (type as unknown as { itemsType?: Type }).itemsType
    return items ? value.map(item => fill(items, item)) : value
  }
  if (type instanceof avsc.types.RecordType && typeof value === 'object' && value !== null) {
    const filled: Record<string, unknown> = {}
    for (const field of type.fields) {
      const given = (value as Record<string, unknown>)[field.name]
      filled[field.name] = given === undefined ? field.defaultValue() : fill(field.type, given)
    }
    return filled
  }
  if (type instanceof avsc.types.MapType && typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key.toWellFormed(), fill(type.valuesType, item)])
    )
  if (
    type instanceof avsc.types.UnwrappedUnionType &&
    value !== null &&
    typeof value === 'object' &&
    !Buffer.isBuffer(value)
  ) {
    const branch = type.types.find(each => each instanceof avsc.types.RecordType)
    return branch ? fill(branch, value) : value
  }
  return value
}

function decoderOf(reader: Type, writer: Type): Decoder {
  const resolver = reader === writer ? undefined : reader.createResolver(writer)
  return body => {
    let decoded: { value: unknown; offset: number }
    try {
      decoded = reader.decode(body, 0, resolver)
    } catch (error) {
      throw new LogError('bad-frame', `the Avro body cannot be decoded: ${(error as Error).message}`, { cause: error })
    }
    if (decoded.offset !== body.length)
      throw new LogError('bad-frame', `the Avro body has ${body.length} bytes, of which ${decoded.offset} were read`)
    return decoded.value
  }
}
