import { expect, it } from 'vitest'
import { kafkaBed } from '../../support/kafka/kafka-bed.ts'
import { at, eventually, output, visible } from '../../support/log-driver-context.ts'

const bed = kafkaBed()

/** Two topics, of which one takes small records only: less than the driver can know. */
async function topics() {
  const driver = await bed.driver({
    newTopic: ({ topic, partitions }) => ({
      topic,
      numPartitions: partitions,
      replicationFactor: 1,
      configEntries: topic.startsWith('small') ? [{ name: 'max.message.bytes', value: '2000' }] : []
    })
  })
  const [plain, small] = [bed.name(), `small-${bed.name()}`]
  await driver.createTopics([
    { topic: plain, partitions: 1 },
    { topic: small, partitions: 1 }
  ])
  return { driver, plain, small, tooLarge: output(small, 'x'.repeat(5_000)) }
}

// kafkajs takes back the sequence numbers of the whole send, though the broker has appended to the other partition: what
// is sent under these numbers next, it takes for a repeat, and says that all is well.
it('what an owner commits after the broker refused a record is there', async () => {
  const { driver, plain, small, tooLarge } = await topics()
  const { membership, has } = await bed.join(driver, bed.name(), plain)
  await eventually(() => has.has(0))
  let owner = await membership.take(0)
  for (let n = 1; n <= 3; n++) {
    const refused = await owner.commit([output(plain, 'never'), tooLarge], at(2 * n - 1))
    expect(refused).toMatchObject({ cause: { code: 'record-too-large' } })
    if (refused.status !== 'aborted') {
      owner = await membership.take(0)
      expect(owner.commitAtTake).toEqual(n === 1 ? undefined : at(2 * n - 2))
    }
    expect(await owner.commit([output(plain, `${n}`), output(small, `${n}`)], at(2 * n))).toEqual({
      status: 'committed'
    })
  }
  expect(await visible(driver, plain)).toEqual(['1', '2', '3'])
  expect(await visible(driver, small)).toEqual(['1', '2', '3'])
  await owner.release()
})

it('what a writer commits after the broker refused a record is there', async () => {
  const { driver, plain, tooLarge } = await topics()
  const id = bed.name()
  const writer = await driver.writer(id)
  const refused = await writer.commit([output(plain, 'never'), tooLarge])
  expect(refused).toMatchObject({ cause: { code: 'record-too-large' } })
  const next = refused.status === 'aborted' ? writer : await driver.writer(id)
  expect(await next.commit([output(plain, 'a')])).toEqual({ status: 'committed' })
  expect(await visible(driver, plain)).toEqual(['a'])
})
