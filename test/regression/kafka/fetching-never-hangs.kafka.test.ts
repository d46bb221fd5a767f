import kafkajs from 'kafkajs'
import { describe, expect, it } from 'vitest'
import { kafkaBed } from '../../support/kafka/kafka-bed.ts'
import { at, fetchAll, output, recordsOf, valuesOf, visible } from '../../support/log-driver-context.ts'

const { CompressionTypes } = kafkajs
const bed = kafkaBed()
const never = new AbortController().signal
const limits = { maxRecords: 100, maxBytes: 1_000_000, waitMs: 3_600_000 }

/** An empty record batch whose attributes name the codec: what a foreign producer's looks like to a reader. */
async function produce(topic: string, compression: number, values: readonly string[]): Promise<void> {
  const producer = bed.plain().producer()
  await producer.connect()
  await producer.send({ topic, compression, messages: values.map(value => ({ partition: 0, value })) })
  await producer.disconnect()
}

describe('batches that others have compressed', () => {
  it.each(['GZIP', 'ZSTD'] as const)('with %s are read', async codec => {
    const driver = await bed.driver()
    const topic = await bed.topic(driver)
    const values = Array.from({ length: 50 }, (_, n) => `${n} ${'again '.repeat(100)}`)
    await produce(topic, CompressionTypes[codec], values)
    expect(await visible(driver, topic)).toEqual(values)
  })
})

describe('a partition that cannot be read', () => {
  it('whose topic was deleted holds up no other, and fails when its time is up', async () => {
    const driver = await bed.driver()
    const [gone, there] = [await bed.topic(driver), await bed.topic(driver)]
    const [lost, owner] = [await bed.owner(driver, gone), await bed.owner(driver, there)]
    const waiting = lost.next(0, { ...limits, waitMs: 2_000 }, never)
    waiting.catch(() => {})
    await bed.administered(admin => admin.deleteTopics({ topics: [gone] }))
    const writer = await driver.writer(bed.name())
    let next = 0
    for (let n = 0; n < 5; n++) {
      expect(await writer.commit([output(there, `${n}`)])).toEqual({ status: 'committed' })
      const [fetched] = await fetchAll(owner, next, 1, limits)
      expect(valuesOf(fetched!.records)).toEqual([`${n}`])
      next = fetched!.nextOffset
    }
    await expect(waiting).rejects.toMatchObject({ code: 'unavailable' })
  })

  it('whose topic was deleted leaves topics made later readable', async () => {
    const driver = await bed.driver()
    const gone = await bed.topic(driver)
    expect(await visible(driver, gone)).toEqual([])
    await driver.committed(bed.name(), gone)
    await bed.administered(admin => admin.deleteTopics({ topics: [gone] }))
    const later = await bed.topic(driver)
    const group = bed.name()
    await (await driver.writer(bed.name())).commit([output(later, 'a')])
    expect(await visible(driver, later)).toEqual(['a'])
    const owner = await bed.owner(driver, later, group)
    expect(await owner.commit([], at(1))).toEqual({ status: 'committed' })
    expect(await driver.committed(group, later)).toHaveLength(1)
  })

  it('from behind its end, or from before its start, says which offsets are gone', async () => {
    const driver = await bed.driver()
    const topic = await bed.topic(driver)
    await (await driver.writer(bed.name())).commit(['a', 'b', 'c', 'd'].map(value => output(topic, value)))
    const owner = await bed.owner(driver, topic)
    await expect(owner.next(1_000, limits, never)).rejects.toMatchObject({
      code: 'offset-gone',
      message: expect.stringContaining('was to be read from 1000')
    })
    await bed.administered(async admin => {
      await admin.fetchTopicMetadata({ topics: [topic] })
      await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '3' }] })
    })
    await expect(owner.next(1, limits, never)).rejects.toMatchObject({
      code: 'offset-gone',
      message: expect.stringContaining(`offsets 1 to 2 of ${topic}/0`)
    })
    expect(valuesOf((await owner.next(3, limits, never)).records)).toEqual(['d'])
    expect(await driver.starts(topic)).toEqual([3])
  })
})

describe('a fetch that waits', () => {
  it('ends when its partition is given back', async () => {
    const driver = await bed.driver()
    const owner = await bed.owner(driver, await bed.topic(driver))
    const waiting = owner.next(0, limits, never)
    await owner.release()
    await expect(waiting).rejects.toMatchObject({ code: 'partition-lost' })
  })

  it('ends when the log is closed', async () => {
    const driver = await bed.driver()
    const owner = await bed.owner(driver, await bed.topic(driver))
    const waiting = owner.next(0, limits, never)
    waiting.catch(() => {})
    await driver.close()
    await expect(waiting).rejects.toMatchObject({ name: 'LogError' })
  })

  it('ends with none once it is aborted, even where records were fetched ahead', async () => {
    const driver = await bed.driver()
    const topic = await bed.topic(driver)
    await (await driver.writer(bed.name())).commit(['a', 'b'].map(value => output(topic, value)))
    const owner = await bed.owner(driver, topic)
    const { nextOffset } = await owner.next(0, { ...limits, maxRecords: 1 }, never)
    const aborted = await owner.next(nextOffset, limits, AbortSignal.abort())
    expect(aborted).toEqual({ records: [], nextOffset })
    expect(valuesOf((await owner.next(nextOffset, limits, never)).records)).toEqual(['b'])
  })

  it('survives connections that are cut, one after the other', async () => {
    const [proxy, outside] = [await bed.proxy(), await bed.driver()]
    const driver = await bed.driverBehind(proxy)
    const topic = await bed.topic(outside)
    const owner = await bed.owner(driver, topic)
    const rule = proxy.inject({ apis: ['Fetch', 'ListOffsets', 'Metadata'], how: 'execute-and-cut', oneIn: 3 })
    const writer = await outside.writer(bed.name())
    const seen: (string | undefined)[] = []
    for (let n = 0, next = 0; n < 20; n++) {
      await writer.commit([output(topic, `${n}`)])
      const [fetched] = await fetchAll(owner, next, 1, limits)
      seen.push(...valuesOf(fetched!.records))
      next = fetched!.nextOffset
    }
    expect(rule.hits).toBeGreaterThan(5)
    expect(seen).toEqual(Array.from({ length: 20 }, (_, n) => `${n}`))
    expect(await visible(driver, topic)).toEqual(seen)
  })
})

describe('records of others', () => {
  it('may lack key and value, and have headers that are repeated, empty, or called like a prototype', async () => {
    const driver = await bed.driver()
    const topic = await bed.topic(driver)
    const producer = bed.plain().producer()
    await producer.connect()
    const headers = Object.fromEntries([
      ['twice', ['first', 'second']],
      ['__proto__', 'own'],
      ['constructor', ['a', 'b']],
      ['empty', '']
    ])
    await producer.send({ topic, messages: [{ partition: 0, key: null, value: null, headers }] })
    await producer.disconnect()
    const [record] = await recordsOf(driver, topic)
    expect(record).toMatchObject({ key: null, value: null, offset: 0 })
    expect(Object.entries(record!.headers).sort()).toEqual([
      ['__proto__', 'own'],
      ['constructor', 'b'],
      ['empty', ''],
      ['twice', 'second']
    ])
  })
})
