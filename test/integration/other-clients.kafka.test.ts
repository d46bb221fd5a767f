import { execFileSync } from 'node:child_process'
import { beforeAll, expect, inject, test } from 'vitest'
import { fannoOnKafka, readmes } from '../support/fanno-on-kafka.ts'
import { python, whyNoReader } from '../support/independent-reader.ts'
import { client } from '../support/kafka-client.ts'

const cluster = fannoOnKafka()
const shown = async (records: string) =>
  (await cluster.ok('cat', records, '--json'))
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line))

/** As `fanno cat` shows them: text where they are text. */
const bytes = (shown: string | { base64: string } | null): Buffer | null => {
  if (shown === null) return null
  return typeof shown === 'string' ? Buffer.from(shown) : Buffer.from(shown.base64, 'base64')
}

beforeAll(async () => {
  await cluster.ok('run', ...readmes('avsc', 'yaml'))
}, 120_000)

test.runIf(!whyNoReader() || process.env.KAFKA_TESTS === 'required')(
  'a consumer in Python decodes the pairs with the schema from the registry',
  async () => {
    const script = new URL('../support/read_avro.py', import.meta.url).pathname
    const topic = `${cluster.pipeline}.pairs.v1`
    const read: { partition: number; offset: number; value: Record<string, unknown> }[] = JSON.parse(
      execFileSync(python, [script, inject('bootstrap'), inject('registryUrl'), topic, '2'], {
        encoding: 'utf8',
        maxBuffer: 1e9
      })
    )
    const ours = await shown('pairs')
    expect(ours.length).toBeGreaterThan(20)
    const named = (pairs: typeof read) =>
      new Map(
        pairs.map(({ partition, offset, value: { id, instruction, response, score, lineage } }) => [
          `${partition}/${offset}`,
          { id, instruction, response, score, lineage }
        ])
      )
    expect(named(read)).toEqual(named(ours))
  }
)

test('records that nobody of ours wrote become dead letters with their bytes, and hold up nothing', async () => {
  const topic = `${cluster.pipeline}.instructions.v1`
  const before = await shown('dead-letters')
  const random = Buffer.from([...Array(64).keys()].map(byte => (byte * 37 + 11) % 256))
  const strange = [
    { value: Buffer.from([0, 0x7f, 0xff, 0xff, 0xff, 1, 2, 3]), code: 'unknown-schema' },
    { value: Buffer.from([0, 0, 0]), code: 'bad-frame' },
    { value: random, code: 'bad-frame' },
    { value: null, code: 'bad-frame' }
  ]
  const producer = client(inject('bootstrap')).producer()
  await producer.connect()
  await producer.send({
    topic,
    messages: strange.map(({ value }, n) => ({ key: `strange-${n}`, value, partition: n % 2 }))
  })
  await producer.disconnect()

  const { code, stderr } = await cluster.run('run')
  expect(code, stderr).toBe(0)
  const after = (await shown('dead-letters')).slice(before.length)
  const told = after.map(({ value: { key, code, value } }) => [bytes(key)!.toString(), { code, value: bytes(value) }])
  expect(new Map(told as [string, object][])).toEqual(
    new Map(strange.map(({ value, code }, n) => [`strange-${n}`, { code, value }]))
  )
  expect(await cluster.ok('verify')).toContain('exactly one outcome')
})
