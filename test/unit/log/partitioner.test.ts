import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { murmur2, partitionOf } from '../../../engine/log/partitioner.ts'

describe('the partitioner', () => {
  // From the tests of Apache Kafka's own Utils.murmur2.
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971]
  ])('hashes %s as Kafka does', (text, hash) => {
    expect(murmur2(Buffer.from(text))).toBe(hash)
  })

  // From the tests of kafka-python, which are taken from the Java client: hash without its sign, modulo 1,000.
  it.each([
    ['', 681],
    ['a', 524],
    ['ab', 434],
    ['abc', 107],
    ['123456789', 566],
    ['\u0000 ', 742]
  ])('puts %j where Kafka puts it', (key, partition) => {
    expect(partitionOf(key, 1_000)).toBe(partition)
  })

  it('clears the sign before it divides', () => {
    expect(partitionOf('foobar', 7)).toBe((-790332482 & 0x7fffffff) % 7)
  })

  it('hashes the key as UTF-8', () => {
    expect(partitionOf('größe', 1_000)).toBe((murmur2(new TextEncoder().encode('größe')) & 0x7fffffff) % 1_000)
  })

  it('always answers one of the partitions, and the same one', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 1_000 }), (key, partitions) => {
        const partition = partitionOf(key, partitions)
        expect(partition).toBeGreaterThanOrEqual(0)
        expect(partition).toBeLessThan(partitions)
        expect(partitionOf(key, partitions)).toBe(partition)
      })
    )
  })

  it('uses every partition', () => {
    const used = new Set(Array.from({ length: 500 }, (_, n) => partitionOf(`https://example.org/${n}`, 12)))
    expect(used.size).toBe(12)
  })
})
