import type { Producer } from 'kafkajs'
import { expect, it } from 'vitest'
import type { LogDriver } from '../../../engine/log/port.ts'
import { kafkaBed } from '../../support/kafka/kafka-bed.ts'
import { fetchAll, recordsOf, valuesOf, visible } from '../../support/log-driver-context.ts'

const bed = kafkaBed()
const zeros = Buffer.alloc(4)

/** Numbers that look random and are the same in each run. */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state % below
  }
}

async function producers(count: number): Promise<Producer[]> {
  const all = Array.from({ length: count }, () =>
    bed.plain().producer({ transactionalId: bed.name(), idempotent: true, maxInFlightRequests: 1 })
  )
  for (const producer of all) {
    await producer.connect()
    bed.closing(() => producer.disconnect())
  }
  return all
}

/** Transactions of several producers at once, of which many abort. @returns the committed values, in the order of the log. */
async function interleaved(topic: string, seed: number, rounds: number): Promise<string[]> {
  const random = numbersFrom(seed)
  const open = (await producers(4)).map(producer => ({ producer, transaction: undefined as Transaction | undefined }))
  const appended: { value: string; of: Transaction }[] = []
  const end = async (one: (typeof open)[number], commits: boolean) => {
    if (!one.transaction) return
    one.transaction.commits = commits
    await (commits ? one.transaction.handle.commit() : one.transaction.handle.abort())
    one.transaction = undefined
  }
  for (let round = 0; round < rounds; round++) {
    const one = open[random(open.length)]!
    if (random(4) === 0) await end(one, random(2) === 0)
    one.transaction ??= { handle: await one.producer.transaction(), commits: false }
    const values = Array.from({ length: 1 + random(3) }, (_, n) => `${round}.${n}`)
    const messages = values.map(value => ({ partition: 0, key: random(3) === 0 ? zeros : null, value }))
    await one.transaction.handle.send({ topic, messages })
    for (const value of values) appended.push({ value, of: one.transaction })
  }
  for (const [index, one] of open.entries()) await end(one, index % 2 === 0)
  return appended.flatMap(({ value, of }) => (of.commits ? value : []))
}

interface Transaction {
  readonly handle: Awaited<ReturnType<Producer['transaction']>>
  commits: boolean
}

async function owned(driver: LogDriver, topic: string, count: number, maxRecords: number, maxBytes: number) {
  const fetches = await fetchAll(await bed.owner(driver, topic), 0, count, { maxRecords, maxBytes })
  return valuesOf(fetches.flatMap(({ records }) => records))
}

it('exactly the committed records are read, from the beginning and from anywhere', async () => {
  const driver = await bed.driver()
  const topic = await bed.topic(driver)
  const committed = await interleaved(topic, 7, 150)
  expect(committed.length).toBeGreaterThan(60)
  expect(await visible(driver, topic)).toEqual(committed)
  expect(await owned(driver, topic, committed.length, 1_000, 1_000_000)).toEqual(committed)
  // Fetches of a batch or two begin and end in the midst of transactions.
  expect(await owned(driver, topic, committed.length, 2, 150)).toEqual(committed)
  const [end] = await driver.ends(topic)
  const all = await recordsOf(driver, topic)
  for (let from = 0; from < end!; from += 5) {
    const to = Math.min(from + 25, end!)
    const expected = all.filter(({ offset }) => offset >= from && offset < to)
    expect(await recordsOf(driver, topic, 0, from, to)).toEqual(expected)
  }
})

it('markers at the end are passed, so that a lag can reach zero', async () => {
  const driver = await bed.driver()
  const topic = await bed.topic(driver)
  const [producer] = (await producers(1)) as [Producer]
  for (const commits of [true, false, false]) {
    const transaction = await producer.transaction()
    await transaction.send({ topic, messages: [{ partition: 0, value: commits ? 'kept' : 'aborted' }] })
    await (commits ? transaction.commit() : transaction.abort())
  }
  const [end] = await driver.ends(topic)
  const owner = await bed.owner(driver, topic)
  const values: (string | undefined)[] = []
  for (let next = 0; next < end!; ) {
    const limits = { maxRecords: 10, maxBytes: 1_000, waitMs: 10_000 }
    const fetched = await owner.next(next, limits, new AbortController().signal)
    expect(fetched.nextOffset).toBeGreaterThan(next)
    next = fetched.nextOffset
    values.push(...valuesOf(fetched.records))
  }
  expect(values).toEqual(['kept'])
})
