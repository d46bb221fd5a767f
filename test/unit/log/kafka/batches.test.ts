import fc from 'fast-check'
import { expect, it } from 'vitest'
import { batchesOf, maxBatchBytes } from '../../../../engine/log/kafka/client/batches.ts'
import { type OutputRecord, recordBytes } from '../../../../engine/log/port.ts'

const output = (topic: string, partition: number, bytes: number, key: number): OutputRecord => ({
  topic,
  partition,
  key: Buffer.from(String(key)),
  value: Buffer.alloc(bytes),
  headers: { n: String(key) }
})

const outputs = fc
  .array(
    fc.record({
      topic: fc.constantFrom('left', 'right'),
      partition: fc.nat({ max: 2 }),
      bytes: fc.oneof(fc.nat({ max: 200 }), fc.integer({ min: 100_000, max: 1_000_000 }))
    }),
    { maxLength: 40 }
  )
  .map(parts => parts.map(({ topic, partition, bytes }, n) => output(topic, partition, bytes, n)))

const placeOf = ({ topic, partition }: { topic: string; partition: number }) => `${topic}/${partition}`

it('every output is sent exactly once, in order within its partition', () => {
  fc.assert(
    fc.property(outputs, all => {
      const sent = batchesOf(all)
      for (const [place, expected] of Map.groupBy(all, placeOf)) {
        const messages = sent.filter(batch => placeOf(batch) === place).flatMap(({ messages }) => messages)
        expect(messages).toHaveLength(expected.length)
        // The very same buffers: comparing their bytes would take long.
        const isSame = messages.every(({ partition, key, value, headers }, n) => {
          const output = expected[n]!
          return (
            partition === output.partition && key === output.key && value === output.value && headers === output.headers
          )
        })
        expect(isSame).toBe(true)
      }
      expect(sent.flatMap(({ messages }) => messages)).toHaveLength(all.length)
    })
  )
})

it('a batch is of one partition, and keeps to its bytes or holds one record', () => {
  fc.assert(
    fc.property(outputs, all => {
      for (const { partition, messages } of batchesOf(all)) {
        expect(messages.length).toBeGreaterThan(0)
        expect(new Set(messages.map(message => message.partition))).toEqual(new Set([partition]))
        const bytes = messages.reduce((sum, message) => sum + recordBytes(message as unknown as OutputRecord), 0)
        if (messages.length > 1) expect(bytes).toBeLessThanOrEqual(maxBatchBytes)
      }
    })
  )
})

it('a batch holds at most 2,000 records', () => {
  const all = Array.from({ length: 4_100 }, (_, n) => output('left', 0, 1, n))
  expect(batchesOf(all).map(({ messages }) => messages.length)).toEqual([2_000, 2_000, 100])
})

it('nothing makes no send', () => {
  expect(batchesOf([])).toEqual([])
})
