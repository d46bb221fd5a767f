import fc from 'fast-check'
import { expect, it } from 'vitest'
import { frame, unframe } from '../../../engine/log/embedded/format/framing.ts'

const bytes = (maxLength = 300) => fc.uint8Array({ maxLength }).map(array => Buffer.from(array))
const record = fc.record({
  topic: fc.constant('t'),
  partition: fc.constant(3),
  key: fc.option(bytes()),
  value: fc.option(bytes(20_000)),
  headers: fc.dictionary(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme', maxLength: 200 }))
})

it('a framed record is the same record', () => {
  fc.assert(
    fc.property(record, fc.nat({ max: 2 ** 48 - 1 }), fc.maxSafeNat(), (given, timestamp, offset) => {
      const back = unframe(frame(given, timestamp), 't', 3, offset)
      expect({ ...back, headers: Object.entries(back.headers) }).toEqual({
        ...given,
        headers: Object.entries(given.headers),
        timestamp,
        offset
      })
    })
  )
})

it('a frame costs few bytes beyond what it holds', () => {
  const given = { topic: 't', partition: 0, key: Buffer.alloc(16), value: Buffer.alloc(1_000), headers: { stage: 'x' } }
  expect(frame(given, 1).length).toBeLessThanOrEqual(16 + 1_000 + 'stagex'.length + 12)
})
