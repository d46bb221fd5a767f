import { describe, expect, it } from 'vitest'
import type { OutputRecord } from '../../engine/log/port.ts'
import { recordBytes } from '../../engine/log/port.ts'
import { type ContractContext, output, recordsOf, valuesOf, visible } from '../support/log-driver-context.ts'

const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))

export function recordsContract(context: ContractContext): void {
  const roundTrip = async (...outputs: OutputRecord[]) => {
    expect(await (await context.writer()).commit(outputs)).toEqual({ status: 'committed' })
    return recordsOf(context.driver, outputs[0]!.topic)
  }

  describe('records', () => {
    it('come back as they were appended', async () => {
      const topic = await context.topic()
      const [record] = await roundTrip(
        output(topic, 'value', {
          key: Buffer.from('key'),
          headers: { stage: 'vet-draft', empty: '', größe: '日本 🙂' }
        })
      )
      expect(record).toMatchObject({ topic, partition: 0, key: Buffer.from('key'), value: Buffer.from('value') })
      expect(record!.headers).toEqual({ stage: 'vet-draft', empty: '', größe: '日本 🙂' })
    })

    it('may lack a key, a value, or both', async () => {
      const topic = await context.topic()
      const records = await roundTrip(
        output(topic, null, { key: Buffer.from('k') }),
        output(topic, 'v'),
        output(topic, null)
      )
      expect(records.map(({ key, value }) => [key?.toString() ?? null, value?.toString() ?? null])).toEqual([
        ['k', null],
        [null, 'v'],
        [null, null]
      ])
    })

    it('tell an empty key or value from none', async () => {
      const topic = await context.topic()
      const [record] = await roundTrip(output(topic, '', { key: Buffer.alloc(0) }))
      expect(record).toMatchObject({ key: Buffer.alloc(0), value: Buffer.alloc(0) })
    })

    it('hold any bytes, four zero bytes as a key included', async () => {
      const topic = await context.topic()
      const records = await roundTrip(
        output(topic, everyByte, { key: everyByte }),
        output(topic, 'z', { key: Buffer.alloc(4) })
      )
      expect(records[0]).toMatchObject({ key: everyByte, value: everyByte })
      expect(records[1]).toMatchObject({ key: Buffer.alloc(4), value: Buffer.from('z') })
    })

    it('keep a header whatever it is called', async () => {
      const topic = await context.topic()
      const headers = Object.fromEntries([
        ['__proto__', 'a'],
        ['constructor', 'b']
      ])
      const [record] = await roundTrip(output(topic, 'v', { headers }))
      expect(Object.entries(record!.headers).sort()).toEqual(Object.entries(headers).sort())
    })

    it('carry the time they were appended, in milliseconds, never going back', async () => {
      const topic = await context.topic()
      const [first] = await roundTrip(output(topic, 'first'))
      const [, second] = await roundTrip(output(topic, 'second'))
      expect(first!.timestamp).toSatisfy(Number.isSafeInteger)
      expect(first!.timestamp).toBeGreaterThan(1_500_000_000_000)
      expect(second!.timestamp).toBeGreaterThanOrEqual(first!.timestamp)
    })

    it('stay intact while others are read after them', async () => {
      const topic = await context.topic()
      const outputs = Array.from({ length: 1_500 }, (_, n) => output(topic, `${n}-`.repeat(1 + (n % 400))))
      const records = await roundTrip(...outputs)
      expect(valuesOf(records)).toEqual(outputs.map(({ value }) => value!.toString()))
    })

    it('have growing offsets below the end of their partition', async () => {
      const topic = await context.topic()
      const records = await roundTrip(output(topic, 'a'), output(topic, 'b'), output(topic, 'c'))
      const offsets = records.map(({ offset }) => offset)
      expect(offsets).toEqual([...new Set(offsets)].sort((a, b) => a - b))
      expect((await context.driver.ends(topic))[0]).toBeGreaterThan(offsets.at(-1)!)
    })

    it('go to the partition they name', async () => {
      const topic = await context.topic(3)
      await roundTrip(
        output(topic, 'two', { partition: 2 }),
        output(topic, 'nought'),
        output(topic, 'two again', { partition: 2 })
      )
      expect(await visible(context.driver, topic, 0)).toEqual(['nought'])
      expect(await visible(context.driver, topic, 1)).toEqual([])
      expect(await visible(context.driver, topic, 2)).toEqual(['two', 'two again'])
    })

    it('are read by another driver on the same log', async () => {
      const topic = await context.topic()
      const other = await context.reopen()
      await roundTrip(output(topic, 'a'))
      expect(await visible(other, topic)).toEqual(['a'])
      await roundTrip(output(topic, 'b'))
      expect(await visible(other, topic)).toEqual(['a', 'b'])
    })
  })

  describe('a range', () => {
    it('holds the records from its beginning to before its end', async () => {
      const topic = await context.topic()
      const records = await roundTrip(...['a', 'b', 'c', 'd'].map(value => output(topic, value)))
      const [, b, , d] = records.map(({ offset }) => offset)
      expect(valuesOf(await recordsOf(context.driver, topic, 0, b, d))).toEqual(['b', 'c'])
      expect(await recordsOf(context.driver, topic, 0, b, b)).toEqual([])
    })

    it('ends where the partition ends, at the latest', async () => {
      const topic = await context.topic()
      await roundTrip(output(topic, 'a'))
      const [end] = await context.driver.ends(topic)
      expect(valuesOf(await recordsOf(context.driver, topic, 0, 0, end! + 100))).toEqual(['a'])
      expect(await recordsOf(context.driver, topic, 0, end!, end! + 100)).toEqual([])
    })

    it('may be left before its end', async () => {
      const topic = await context.topic()
      await roundTrip(...['a', 'b', 'c'].map(value => output(topic, value)))
      const [end] = await context.driver.ends(topic)
      const seen: string[] = []
      for await (const record of context.driver.read(topic, 0, 0, end!)) {
        seen.push(record.value!.toString())
        break
      }
      expect(seen).toEqual(['a'])
      expect(await visible(context.driver, topic)).toEqual(['a', 'b', 'c'])
    })
  })

  describe('size', () => {
    const ofSize = (topic: string, bytes: number) => {
      const overhead = recordBytes(output(topic, ''))
      return output(topic, Buffer.alloc(bytes - overhead, 'x'))
    }

    it('may reach the limit', async () => {
      const topic = await context.topic()
      const { maxRecordBytes } = context.driver.limits
      const [record] = await roundTrip(ofSize(topic, maxRecordBytes))
      expect(recordBytes(record!)).toBe(maxRecordBytes)
    })

    it('beyond the limit is refused, and the whole commit with it', async () => {
      const topic = await context.topic()
      const writer = await context.writer()
      const tooLarge = ofSize(topic, context.driver.limits.maxRecordBytes + 1)
      const result = await writer.commit([output(topic, 'small'), tooLarge])
      expect(result).toMatchObject({ status: 'aborted', cause: { code: 'record-too-large' } })
      expect(await visible(context.driver, topic)).toEqual([])
      expect(await writer.commit([output(topic, 'next')])).toEqual({ status: 'committed' })
      expect(await visible(context.driver, topic)).toEqual(['next'])
    })
  })
}
