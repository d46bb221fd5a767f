import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Codec, createCodec } from '../../../engine/log/codec.ts'
import { isLogError } from '../../../engine/log/errors.ts'
import { schemaNamed, schemaNames } from '../../support/schemas.ts'
import { memoryRegistry } from '../../support/simulated/memory-registry.ts'

const header = (id: number) => {
  const bytes = Buffer.alloc(5)
  bytes.writeUInt32BE(id, 1)
  return bytes
}

let codec: Codec
const registry = memoryRegistry()

beforeAll(async () => {
  codec = createCodec(registry)
  for (const name of schemaNames()) await codec.prepare(name, schemaNamed(name))
})

const badFrame = (frame: Buffer | null, message: string | RegExp) => {
  expect(() => codec.decode(schemaNamed('document'), frame)).toThrow(message)
  expect(() => codec.decode(schemaNamed('document'), frame)).toThrow(expect.objectContaining({ code: 'bad-frame' }))
}
const encoded = () => codec.encode('document', { givenId: 'größe', metadata: { a: 'b' } })
/** A body under a schema of a stranger. */
const underSchema = async (schema: unknown, body: readonly number[]) =>
  codec.decode(
    schemaNamed('document'),
    Buffer.concat([header(registry.add(JSON.stringify(schema))), Buffer.from(body)])
  )

/** A record with the one field, so that it can be read as a document as far as its schema goes. */
const documentWith = (name: string, type: unknown) => ({
  type: 'record',
  namespace: 'fanno',
  name: 'Document',
  fields: [
    { name: 'givenId', type: 'string' },
    { name, type }
  ]
})

describe('a frame', () => {
  it('without a value is bad', () => badFrame(null, 'no value'))
  it('that is empty is bad', () => badFrame(Buffer.alloc(0), 'too few'))
  it('of four bytes is bad', () => badFrame(Buffer.alloc(4), 'too few'))
  it('without the zero byte in front is bad', () => badFrame(Buffer.from('{"id": "json"}'), 'begins with byte 123'))

  it('that was cut anywhere is bad', () => {
    const whole = encoded()
    for (let length = 0; length < whole.length; length++) badFrame(whole.subarray(0, length), /too few|announced/)
  })

  it('with bytes after its value is bad', () => {
    badFrame(Buffer.concat([encoded(), Buffer.from([0])]), '1 bytes follow the value')
  })

  it('with text that is not UTF-8 is bad', () => {
    const frame = encoded()
    frame[frame.indexOf(Buffer.from('ö')) + 1] = 0x20
    badFrame(frame, 'not UTF-8')
  })

  it('with a map key that no object can hold is bad, not silently poorer', () => {
    const frame = codec.encode('document', { givenId: 'a', metadata: Object.fromEntries([['__proto__', 'x']]) })
    badFrame(frame, '__proto__')
  })

  it('with a choice that a union does not have is bad', () => {
    const frame = codec.encode('document', { givenId: '' })
    frame[6] = 4
    badFrame(frame, 'no choice 2 among 2')
  })

  it.each([
    ['nulls', 'null'],
    ['empty records', { type: 'record', name: 'Empty', fields: [] }]
  ])('that announces millions of %s is bad, at once', async (_, items) => {
    const schema = documentWith('extra', { type: 'array', items })
    const million = [0x80, 0x89, 0x7a]
    await expect(underSchema(schema, [0, ...million, 0])).rejects.toMatchObject({ code: 'bad-frame' })
    const manyBlocks = Array.from({ length: 1_000 }, () => [0x40]).flat()
    await expect(underSchema(schema, [0, ...manyBlocks, 0])).rejects.toMatchObject({ code: 'bad-frame' })
  })

  it('nested deeper than the stack is bad', async () => {
    const list = { type: 'record', name: 'List', fields: [{ name: 'next', type: ['null', 'List'] }] }
    const depth = Array.from({ length: 500_000 }, () => 2)
    await expect(underSchema(documentWith('extra', list), [0, ...depth, 0])).rejects.toMatchObject({
      code: 'bad-frame'
    })
  })

  it.each([
    ['boolean', [7]],
    ['int', [0x80, 0x80, 0x80, 0x80, 0x80, 0x01]],
    ['long', Array.from({ length: 11 }, () => 0x80)],
    ['double', [1, 2, 3]],
    [{ type: 'fixed', name: 'F', size: 4 }, [1, 2, 3]],
    [{ type: 'enum', name: 'E', symbols: ['A'] }, [2]],
    ['bytes', [1]]
  ])('with a broken %j is bad', async (type, bytes) => {
    await expect(underSchema(documentWith('extra', type), [0, ...bytes])).rejects.toMatchObject({ code: 'bad-frame' })
  })

  it('in blocks with their size in front is as good as any', async () => {
    const schema = documentWith('metadata', { type: 'map', values: 'string' })
    // -1 entries in 4 bytes: "a" -> "b"; then no more.
    const decoded = await underSchema(schema, [0, 1, 8, 2, 97, 2, 98, 0])
    expect(decoded).toMatchObject({ metadata: { a: 'b' } })
  })
})

describe('random bytes', () => {
  const settles = (schema: string, frame: Buffer) => {
    try {
      codec.decode(schemaNamed(schema), frame)
    } catch (error) {
      expect(isLogError(error, 'bad-frame')).toBe(true)
    }
  }

  it('behind a known schema id decode, or are a bad frame', () => {
    const names = schemaNames()
    fc.assert(
      fc.property(fc.nat({ max: names.length - 1 }), fc.uint8Array({ maxLength: 200 }), (index, body) => {
        settles(names[index]!, Buffer.concat([header(index + 1), body]))
      }),
      { numRuns: 10_000 }
    )
  })

  it('in the midst of a good frame decode, or are a bad frame', () => {
    const good = encoded()
    fc.assert(
      fc.property(
        fc.integer({ min: 5, max: good.length - 1 }),
        fc.uint8Array({ minLength: 1, maxLength: 4 }),
        (at, noise) => {
          const frame = Buffer.from(good)
          frame.set(noise.subarray(0, frame.length - at), at)
          settles('document', frame)
        }
      ),
      { numRuns: 10_000 }
    )
  })

  it('from the first byte on are a bad frame, or of an unknown schema', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 64 }), async bytes => {
        const attempt = async () => codec.decode(schemaNamed('document'), Buffer.from(bytes))
        await expect(attempt()).rejects.toSatisfy(
          error => isLogError(error, 'bad-frame') || isLogError(error, 'unknown-schema')
        )
      }),
      { numRuns: 2_000 }
    )
  })

  it('that decode are encoded again to what decodes alike', () => {
    fc.assert(
      fc.property(
        fc.record({
          givenId: fc.string({ unit: 'binary' }),
          title: fc.option(fc.string({ unit: 'grapheme' })),
          content: fc.uint8Array().map(bytes => Buffer.from(bytes)),
          metadata: fc.dictionary(fc.string(), fc.string())
        }),
        value => {
          fc.pre(!Object.hasOwn(value.metadata, '__proto__'))
          const decoded = codec.decode(schemaNamed('document'), codec.encode('document', value))
          expect(decoded).toMatchObject({ ...value, metadata: { ...value.metadata } })
          expect(codec.decode(schemaNamed('document'), codec.encode('document', decoded))).toStrictEqual(decoded)
        }
      )
    )
  })
})
