import { describe, expect, it } from 'vitest'
import { at, type ContractContext, fetchAll, output, recordsOf, valuesOf } from '../support/log-driver-context.ts'

const generous = { maxRecords: 1_000, maxBytes: 10_000_000 }
const never = new AbortController().signal

export function fetchingContract(context: ContractContext): void {
  const filled = async (...values: string[]) => {
    const topic = await context.topic()
    await (await context.writer()).commit(values.map(value => output(topic, value)))
    return topic
  }
  const start = async (topic: string) => (await context.driver.starts(topic))[0]!

  describe('fetching', () => {
    it('finds the records in order, and says where to go on', async () => {
      const topic = await filled('a', 'b', 'c')
      const owner = await context.owner(topic)
      const fetches = await fetchAll(owner, await start(topic), 3, generous)
      const records = fetches.flatMap(fetched => fetched.records)
      expect(records).toEqual(await recordsOf(context.driver, topic))
      expect(fetches.at(-1)!.nextOffset).toBeGreaterThan(records.at(-1)!.offset)
    })

    it('begins where it is told', async () => {
      const topic = await filled('a', 'b', 'c')
      const [, b] = await recordsOf(context.driver, topic)
      const fetches = await fetchAll(await context.owner(topic), b!.offset, 2, generous)
      expect(valuesOf(fetches.flatMap(fetched => fetched.records))).toEqual(['b', 'c'])
    })

    it('finds at most so many records', async () => {
      const values = Array.from({ length: 20 }, (_, n) => `${n}`)
      const topic = await filled(...values)
      const fetches = await fetchAll(await context.owner(topic), await start(topic), 20, { ...generous, maxRecords: 3 })
      expect(fetches.every(({ records }) => records.length <= 3)).toBe(true)
      expect(valuesOf(fetches.flatMap(fetched => fetched.records))).toEqual(values)
    })

    it('finds at most so many bytes', async () => {
      const topic = await filled(...Array.from({ length: 8 }, () => 'x'.repeat(1_000)))
      const fetches = await fetchAll(await context.owner(topic), await start(topic), 8, {
        ...generous,
        maxBytes: 2_500
      })
      expect(fetches.every(({ records }) => records.length <= 2)).toBe(true)
    })

    it('finds one record, however large it is', async () => {
      const topic = await filled('x'.repeat(50_000), 'y'.repeat(50_000))
      const fetches = await fetchAll(await context.owner(topic), await start(topic), 2, {
        maxRecords: 10,
        maxBytes: 100
      })
      expect(fetches.flatMap(({ records }) => records.map(({ value }) => value!.length))).toEqual([50_000, 50_000])
    })

    it('answers with none when none came in time', async () => {
      const topic = await context.topic()
      const from = await start(topic)
      const fetched = await (await context.owner(topic)).next(from, { ...generous, waitMs: 50 }, never)
      expect(fetched).toEqual({ records: [], nextOffset: from })
    })

    it('wakes when a record is appended', async () => {
      const topic = await context.topic()
      const owner = await context.owner(topic)
      const from = await start(topic)
      const fetched = owner.next(from, { ...generous, waitMs: 3_600_000 }, never)
      await (await context.writer()).commit([output(topic, 'a')])
      expect(valuesOf((await fetched).records)).toEqual(['a'])
    })

    it('wakes when another driver appends', async () => {
      const topic = await context.topic()
      const owner = await context.owner(topic)
      const writer = await (await context.reopen()).writer(context.name())
      const fetched = owner.next(await start(topic), { ...generous, waitMs: 3_600_000 }, never)
      await writer.commit([output(topic, 'from elsewhere')])
      expect(valuesOf((await fetched).records)).toEqual(['from elsewhere'])
      await writer.close()
    })

    it('ends with none when it is aborted', async () => {
      const topic = await context.topic()
      const owner = await context.owner(topic)
      const from = await start(topic)
      const abort = new AbortController()
      const fetched = owner.next(from, { ...generous, waitMs: 3_600_000 }, abort.signal)
      abort.abort()
      expect(await fetched).toEqual({ records: [], nextOffset: from })
      expect(await owner.next(from, generousFor(3_600_000), abort.signal)).toEqual({ records: [], nextOffset: from })
    })

    it('never finds a record of a commit that was not made', async () => {
      const topic = await context.topic()
      const writer = await context.writer()
      const tooLarge = output(topic, Buffer.alloc(context.driver.limits.maxRecordBytes + 1))
      for (let round = 0; round < 5; round++) {
        expect(await writer.commit([output(topic, 'never'), tooLarge])).toMatchObject({ status: 'aborted' })
        expect(await writer.commit([output(topic, `${round}`)])).toEqual({ status: 'committed' })
      }
      const fetches = await fetchAll(await context.owner(topic), await start(topic), 5, { ...generous, maxRecords: 2 })
      expect(valuesOf(fetches.flatMap(fetched => fetched.records))).toEqual(['0', '1', '2', '3', '4'])
    })

    it('goes on beside commits of the same owner', async () => {
      const [input, target] = [await filled('a', 'b', 'c'), await context.topic()]
      const owner = await context.owner(input)
      const from = await start(input)
      const [fetches, result] = await Promise.all([
        fetchAll(owner, from, 3, generous),
        owner.commit([output(target, 'x')], at(from + 1))
      ])
      expect(valuesOf(fetches.flatMap(fetched => fetched.records))).toEqual(['a', 'b', 'c'])
      expect(result).toEqual({ status: 'committed' })
    })
  })
}

const generousFor = (waitMs: number) => ({ ...generous, waitMs })
