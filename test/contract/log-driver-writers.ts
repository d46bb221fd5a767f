import { describe, expect, it } from 'vitest'
import { type ContractContext, output, visible } from '../support/log-driver-context.ts'

export function writersContract(context: ContractContext): void {
  describe('a writer', () => {
    it('appends to several topics and partitions at once', async () => {
      const [left, right] = [await context.topic(2), await context.topic()]
      const writer = await context.writer()
      expect(await writer.commit([output(left, 'a', { partition: 1 }), output(right, 'b')])).toEqual({
        status: 'committed'
      })
      expect(await visible(context.driver, left, 1)).toEqual(['a'])
      expect(await visible(context.driver, right)).toEqual(['b'])
    })

    it('is fenced by a later one of the same id', async () => {
      const [topic, id] = [await context.topic(), context.name()]
      const early = await context.writer(id)
      expect(await early.commit([output(topic, 'early')])).toEqual({ status: 'committed' })
      const late = await context.writer(id)
      expect(await early.commit([output(topic, 'fenced')])).toEqual({ status: 'fenced' })
      expect(await late.commit([output(topic, 'late')])).toEqual({ status: 'committed' })
      expect(await early.commit([output(topic, 'fenced')])).toEqual({ status: 'fenced' })
      expect(await visible(context.driver, topic)).toEqual(['early', 'late'])
    })

    it('is fenced by one of another driver', async () => {
      const [topic, id] = [await context.topic(), context.name()]
      const early = await context.writer(id)
      const late = await (await context.reopen()).writer(id)
      expect(await early.commit([output(topic, 'fenced')])).toEqual({ status: 'fenced' })
      expect(await late.commit([output(topic, 'late')])).toEqual({ status: 'committed' })
      expect(await visible(context.driver, topic)).toEqual(['late'])
      await late.close()
    })

    it('leaves those of other ids alone', async () => {
      const topic = await context.topic()
      const [one, other] = [await context.writer(), await context.writer()]
      expect(await one.commit([output(topic, 'one')])).toEqual({ status: 'committed' })
      expect(await other.commit([output(topic, 'other')])).toEqual({ status: 'committed' })
    })

    it('closes once, and appends nothing after that', async () => {
      const topic = await context.topic()
      const writer = await context.writer()
      await writer.close()
      await writer.close()
      expect(await writer.commit([output(topic, 'late')])).toEqual({ status: 'fenced' })
      expect(await visible(context.driver, topic)).toEqual([])
    })

    it('keeps the order of its commits while others write beside it', async () => {
      const topic = await context.topic()
      const numbers = Array.from({ length: 15 }, (_, n) => n)
      const write = async (name: string) => {
        const writer = await context.writer()
        for (const n of numbers)
          expect(await writer.commit([output(topic, `${name}${n}`)])).toEqual({ status: 'committed' })
      }
      await Promise.all(['a', 'b', 'c'].map(write))
      const seen = await visible(context.driver, topic)
      for (const name of ['a', 'b', 'c'])
        expect(seen.filter(value => value!.startsWith(name))).toEqual(numbers.map(n => `${name}${n}`))
    })
  })
}
