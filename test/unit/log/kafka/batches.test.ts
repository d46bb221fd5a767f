import fc from 'fast-check'
import { expect, test } from 'vitest'
import { batchesOf, maxBatchBytes } from '../../../../engine/log/kafka/batches.ts'
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

/** The outputs of each send, by topic and partition, in their order. */
const placesOf = (batch: ReturnType<typeof batchesOf>[number]) =>
  Map.groupBy(
    batch.flatMap(({ topic, messages }) => messages.map(message => ({ topic, ...message }))),
    ({ topic, partition }) => `${topic}/${partition}`
  )

test('every output is sent exactly once, in order within its partition', () => {
  fc.assert(
    fc.property(outputs, all => {
      const sent = batchesOf(all).flatMap(batch => [...placesOf(batch)])
      for (const [place, expected] of Map.groupBy(all, ({ topic, partition }) => `${topic}/${partition}`)) {
        const messages = sent.filter(([name]) => name === place).flatMap(([, messages]) => messages)
        expect(messages).toHaveLength(expected.length)
        // The very same buffers: comparing their bytes would take long.
        const isSame = messages.every(({ key, value, headers }, n) => {
          const output = expected[n]!
          return key === output.key && value === output.value && headers === output.headers
        })
        expect(isSame).toBe(true)
      }
      expect(sent.flatMap(([, messages]) => messages)).toHaveLength(all.length)
    })
  )
})

test('a send keeps to the bytes of one batch per partition, or holds one record of it', () => {
  fc.assert(
    fc.property(outputs, all => {
      for (const batch of batchesOf(all)) {
        expect(batch.length).toBeGreaterThan(0)
        for (const messages of placesOf(batch).values()) {
          const bytes = messages.reduce((sum, message) => sum + recordBytes(message as unknown as OutputRecord), 0)
          if (messages.length > 1) expect(bytes).toBeLessThanOrEqual(maxBatchBytes)
        }
      }
    })
  )
})

test('a send holds at most 2,000 records over all its partitions', () => {
  const all = Array.from({ length: 4_100 }, (_, n) => output('left', n % 3, 1, n))
  const sizes = batchesOf(all).map(batch => batch.reduce((sum, { messages }) => sum + messages.length, 0))
  expect(sizes).toEqual([2_000, 2_000, 100])
})

test('records that fill a batch each share a send where their partitions differ', () => {
  const all = [output('left', 0, 800_000, 0), output('left', 1, 800_000, 1), output('right', 0, 800_000, 2)]
  expect(batchesOf(all)).toHaveLength(1)
  expect(batchesOf([...all, output('left', 0, 800_000, 3)])).toHaveLength(2)
})

test('nothing makes no send', () => {
  expect(batchesOf([])).toEqual([])
})
