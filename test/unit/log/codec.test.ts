import { beforeEach, describe, expect, it } from 'vitest'
import { type Codec, createCodec } from '../../../engine/log/codec.ts'
import { type AvroObject, loadSchema } from '../../../engine/schemas/load.ts'
import type { Pair } from '../../../schemas/types.ts'
import { aPair } from '../../support/records/instructions.ts'
import { schemaNamed } from '../../support/schemas.ts'
import { type MemoryRegistry, memoryRegistry } from '../../support/simulated/memory-registry.ts'

const topic = 'p.documents.v1'

const document = {
  givenId: 'https://example.org/1',
  url: 'https://example.org/1',
  title: null,
  licence: 'CC-BY-4.0',
  mediaType: 'text/html',
  content: Buffer.from([0, 255, 128, 10]),
  source: 'corpus.jsonl',
  metadata: { language: 'en' }
}

let registry: MemoryRegistry
let codec: Codec

beforeEach(async () => {
  registry = memoryRegistry()
  codec = createCodec(registry)
  await codec.prepare(topic, schemaNamed('document'))
})

/** The document schema as another version of the program would have it. */
const otherVersion = (change: (schema: AvroObject) => void): string => {
  const schema = loadSchema(schemaNamed('document'))
  change(schema)
  return JSON.stringify(schema)
}
const addField = (name: string) => (schema: AvroObject) => schema.fields!.push({ name, type: 'string', default: '' })
const removeField = (name: string) => (schema: AvroObject) => {
  schema.fields = schema.fields!.filter(field => field.name !== name)
}
/** A frame that a foreign producer wrote under its own version of the schema. */
const foreignFrame = async (text: string, value: unknown): Promise<Buffer> => {
  const { default: avsc } = await import('avsc')
  const body = avsc.Type.forSchema(JSON.parse(text)).toBuffer(value)
  const header = Buffer.alloc(5)
  header.writeUInt32BE(registry.add(text), 1)
  return Buffer.concat([header, body])
}

describe('a number that is none', () => {
  const pairs = 'p.pairs.v1'
  beforeEach(() => codec.prepare(pairs, schemaNamed('pair')))
  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('(%d) is not written', number => {
    const pair = aPair('p1')
    expect(() => codec.encode(pairs, { ...pair, score: number })).toThrow(`score is ${number}`)
    expect(() => codec.encode(pairs, { ...pair, scoreProbabilities: [number, 1] })).toThrow('scoreProbabilities')
  })
  it('is not read from a record of a stranger, in lists neither', async () => {
    const text = JSON.stringify(loadSchema(schemaNamed('pair')))
    const { default: avsc } = await import('avsc')
    const whole = codec.decode(schemaNamed('pair'), codec.encode(pairs, aPair('p1'))) as Pair
    for (const odd of [{ score: Number.NaN }, { scoreProbabilities: [0, Number.NaN] }]) {
      const body = avsc.Type.forSchema(JSON.parse(text), { wrapUnions: 'auto' }).toBuffer({ ...whole, ...odd })
      const header = Buffer.alloc(5)
      header.writeUInt32BE(registry.add(text), 1)
      const decode = async () => codec.decode(schemaNamed('pair'), Buffer.concat([header, body]))
      await expect(decode()).rejects.toMatchObject({ code: 'bad-frame', message: expect.stringContaining('NaN') })
    }
  })
})

describe('encoding', () => {
  it('puts a zero byte and the schema id in front', () => {
    const frame = codec.encode(topic, document)
    expect(frame[0]).toBe(0)
    expect(frame.readUInt32BE(1)).toBe(1)
  })

  it('is undone by decoding, at once, into plain objects', () => {
    const decoded = codec.decode(schemaNamed('document'), codec.encode(topic, document))
    expect(decoded).toStrictEqual(document)
    expect(Object.getPrototypeOf(decoded)).toBe(Object.prototype)
    expect({ ...(decoded as object), title: 'other' }).toStrictEqual({ ...document, title: 'other' })
  })

  it('keeps nested records, arrays and numbers', async () => {
    await codec.prepare('cuts', schemaNamed('cut'))
    const cut = { id: 'c', pairs: 100, rule: 'hash', ends: [0, Number.MAX_SAFE_INTEGER - 1, 7] }
    expect(codec.decode(schemaNamed('cut'), codec.encode('cuts', cut))).toStrictEqual(cut)
    await codec.prepare('passages', schemaNamed('passage'))
    const passage = codec.decode(schemaNamed('passage'), codec.encode('passages', { passage: { textHash: 'h' } })) as {
      passage: object
    }
    expect(passage.passage).toMatchObject({ textHash: 'h' })
    expect(Object.getPrototypeOf(passage.passage)).toBe(Object.prototype)
  })

  it('gives absent fields their defaults', () => {
    const decoded = codec.decode(schemaNamed('document'), codec.encode(topic, { givenId: 'a' }))
    expect(decoded).toStrictEqual({
      givenId: 'a',
      url: null,
      title: null,
      licence: null,
      mediaType: 'text/plain',
      content: Buffer.alloc(0),
      source: null,
      metadata: {}
    })
  })

  it('treats an undefined field as an absent one', () => {
    const decoded = codec.decode(schemaNamed('document'), codec.encode(topic, { ...document, source: undefined }))
    expect(decoded).toStrictEqual({ ...document, source: null })
  })

  it('replaces lone surrogates, wherever they are', () => {
    const broken = { ...document, title: 'a\ud800b', metadata: { 'k\udc00': 'v\ud800' } }
    const decoded = codec.decode(schemaNamed('document'), codec.encode(topic, broken))
    expect(decoded).toStrictEqual({ ...document, title: 'a\ufffdb', metadata: { 'k\ufffd': 'v\ufffd' } })
  })

  it('leaves the value as it was', () => {
    const value = { givenId: 'a\ud800' }
    codec.encode(topic, value)
    expect(value).toStrictEqual({ givenId: 'a\ud800' })
  })

  it.each([
    ['of another type', { ...document, title: 7 }, 'title is 7'],
    ['that is missing', { ...document, givenId: undefined }, 'givenId is absent'],
    ['inside a map', { ...document, metadata: { language: 1n } }, 'metadata.language is 1n'],
    ['of text for bytes', { ...document, content: 'text' }, "content is 'text'"],
    ['of a list for a map', { ...document, metadata: ['a'] }, 'metadata is ']
  ])('names a field %s', (_, value, message) => {
    expect(() => codec.encode(topic, value)).toThrow(TypeError)
    expect(() => codec.encode(topic, value)).toThrow(message)
  })

  it('names all fields that do not fit', () => {
    expect(() => codec.encode(topic, { ...document, title: 7, url: 8 })).toThrow(/url is 8.*title is 7/)
  })

  it('refuses numbers that a double cannot hold exactly', async () => {
    await codec.prepare('cuts', schemaNamed('cut'))
    expect(() => codec.encode('cuts', { pairs: 2 ** 60 })).toThrow('pairs is 11529215')
  })

  it.each([null, undefined, 'text', 7, []])('refuses %j for a record', value => {
    expect(() => codec.encode(topic, value)).toThrow(TypeError)
  })

  it('refuses a topic that was not prepared', () => {
    expect(() => codec.encode('p.other.v1', document)).toThrow('not prepared for p.other.v1')
  })
})

describe('decoding', () => {
  it('asks the registry once about a writer it does not know', async () => {
    const text = otherVersion(addField('added'))
    const frame = await foreignFrame(text, { ...document, added: 'x' })
    const decoded = await Promise.all([1, 2, 3].map(() => codec.decode(schemaNamed('document'), frame)))
    expect(decoded).toStrictEqual([document, document, document])
    expect(codec.decode(schemaNamed('document'), frame)).toStrictEqual(document)
    expect(registry.questions.schemaOf).toBe(1)
  })

  it('never asks about what it wrote itself', () => {
    codec.decode(schemaNamed('document'), codec.encode(topic, document))
    expect(registry.questions.schemaOf).toBe(0)
  })

  it('gives a field that the writer did not know its default', async () => {
    const frame = await foreignFrame(otherVersion(removeField('metadata')), document)
    expect(await codec.decode(schemaNamed('document'), frame)).toStrictEqual({ ...document, metadata: {} })
  })

  it('reads one writer by several schemas', async () => {
    const frame = await foreignFrame(otherVersion(addField('added')), { ...document, added: 'x' })
    expect(await codec.decode(schemaNamed('document'), frame)).toStrictEqual(document)
    await expect(codec.decode(schemaNamed('draft'), frame)).rejects.toMatchObject({ code: 'bad-frame' })
  })

  it('says which schemas do not go together', async () => {
    const incompatible = otherVersion(schema => {
      schema.fields![0]!.type = 'long'
    })
    const frame = await foreignFrame(incompatible, { ...document, givenId: 7 })
    await expect(codec.decode(schemaNamed('document'), frame)).rejects.toMatchObject({
      code: 'bad-frame',
      message: expect.stringContaining('cannot be read as document')
    })
  })

  it('calls a schema that is no Avro a bad frame', async () => {
    const header = Buffer.from([0, 0, 0, 0, registry.add('{"type":"nonsense"}')])
    await expect(codec.decode(schemaNamed('document'), header)).rejects.toMatchObject({ code: 'bad-frame' })
  })

  it('tells an unknown id from a registry that cannot be reached', async () => {
    const frame = Buffer.from([0, 0, 0, 9, 9, 2, 97])
    await expect(codec.decode(schemaNamed('document'), frame)).rejects.toMatchObject({ code: 'unknown-schema' })
    registry.outage = new Error('connect ECONNREFUSED')
    await expect(codec.decode(schemaNamed('document'), frame)).rejects.toThrow(registry.outage)
  })

  it('asks again after an outage, and decodes known ids during it', async () => {
    const frame = await foreignFrame(otherVersion(addField('added')), { ...document, added: 'x' })
    registry.outage = new Error('connect ECONNREFUSED')
    await expect(codec.decode(schemaNamed('document'), frame)).rejects.toThrow(registry.outage)
    expect(codec.decode(schemaNamed('document'), codec.encode(topic, document))).toStrictEqual(document)
    registry.outage = undefined
    expect(await codec.decode(schemaNamed('document'), frame)).toStrictEqual(document)
  })

  it('decodes any schema id up to 32 bits', async () => {
    await expect(codec.decode(schemaNamed('document'), Buffer.from([0, 255, 255, 255, 255, 0]))).rejects.toThrow(
      '4294967295'
    )
  })
})
