import { describe, expect, it } from 'vitest'
import { type ContractContext, output, recordsOf, visible } from '../support/log-driver-context.ts'

const schema = (name: string) => JSON.stringify({ type: 'record', name, fields: [{ name: 'id', type: 'string' }] })

export function topicsContract(context: ContractContext): void {
  describe('topics', () => {
    it('are there once they were created', async () => {
      const topic = await context.topic(3)
      expect((await context.driver.topics()).get(topic)).toEqual({ topic, partitions: 3 })
    })

    it('may be created again', async () => {
      const topic = await context.topic(2)
      await (await context.writer()).commit([output(topic, 'kept')])
      await context.driver.createTopics([{ topic, partitions: 2 }])
      expect(await visible(context.driver, topic)).toEqual(['kept'])
    })

    it('keep their number of partitions', async () => {
      const topic = await context.topic(2)
      const created = context.driver.createTopics([{ topic, partitions: 3 }])
      await expect(created).rejects.toMatchObject({ code: 'topic-mismatch', message: expect.stringContaining(topic) })
      expect((await context.driver.topics()).get(topic)?.partitions).toBe(2)
    })

    it('begin and end at the same offset while they are empty', async () => {
      const topic = await context.topic(3)
      const [starts, ends] = [await context.driver.starts(topic), await context.driver.ends(topic)]
      expect(starts).toHaveLength(3)
      expect(ends).toEqual(starts)
    })

    it('that do not exist are named in the error', async () => {
      const topic = context.name()
      await expect(context.driver.ends(topic)).rejects.toMatchObject({ code: 'unknown-topic' })
      await expect(context.driver.starts(topic)).rejects.toMatchObject({ code: 'unknown-topic' })
      await expect(context.driver.committed('group', topic)).rejects.toMatchObject({ code: 'unknown-topic' })
      await expect(recordsOf(context.driver, topic, 0, 0, 1)).rejects.toMatchObject({ code: 'unknown-topic' })
    })

    it('that do not exist cannot be written to', async () => {
      const topic = await context.topic()
      const result = await (await context.writer()).commit([output(topic, 'a'), output(context.name(), 'b')])
      expect(result).toMatchObject({ status: 'aborted', cause: { code: 'unknown-topic' } })
      expect(await visible(context.driver, topic)).toEqual([])
    })

    it('take records in their own partitions only', async () => {
      const topic = await context.topic(2)
      const result = await (await context.writer()).commit([output(topic, 'a', { partition: 2 })])
      expect(result).toMatchObject({ status: 'aborted', cause: { code: 'unknown-topic' } })
    })
  })

  describe('the registry', () => {
    it('gives back a schema by its id', async () => {
      const text = schema('GivenBack')
      const id = await context.driver.registry.idOf(`${context.name()}-value`, text)
      expect(JSON.parse(await context.driver.registry.schemaOf(id))).toEqual(JSON.parse(text))
    })

    it('knows one id for one schema, under any subject and by any driver', async () => {
      const text = schema('Shared')
      const other = await context.reopen()
      const ids = [
        await context.driver.registry.idOf('one-value', text),
        await context.driver.registry.idOf('one-value', text),
        await other.registry.idOf('two-value', ` ${text}\n`)
      ]
      expect(new Set(ids).size).toBe(1)
    })

    it('knows different ids for different schemas', async () => {
      const { registry } = context.driver
      const left = await registry.idOf('left-value', schema('Left'))
      expect(await registry.idOf('right-value', schema('Right'))).not.toBe(left)
    })

    it('says so when it knows no such id', async () => {
      await expect(context.driver.registry.schemaOf(2_000_000_000)).rejects.toMatchObject({ code: 'unknown-schema' })
    })
  })

  describe('a closed log', () => {
    it('closes once, and then answers nothing', async () => {
      const { driver, cleanup } = await context.make()
      const topic = context.name()
      await driver.createTopics([{ topic, partitions: 1 }])
      const writer = await driver.writer(context.name())
      expect(await writer.commit([output(topic, 'a')])).toEqual({ status: 'committed' })
      await driver.close()
      await driver.close()
      await expect(driver.ends(topic)).rejects.toMatchObject({ code: 'log-closed' })
      await expect(driver.writer(context.name())).rejects.toMatchObject({ code: 'log-closed' })
      await cleanup()
    })

    it('had finished what was begun', async () => {
      const { driver, cleanup, reopen } = await context.make()
      const topic = context.name()
      await driver.createTopics([{ topic, partitions: 1 }])
      const writer = await driver.writer(context.name())
      const begun = writer.commit([output(topic, 'a')])
      await driver.close()
      const { status } = await begun
      const other = await reopen()
      expect(await visible(other, topic)).toEqual(status === 'committed' ? ['a'] : [])
      expect(status).toBe('committed')
      await other.close()
      await cleanup()
    })
  })
}
