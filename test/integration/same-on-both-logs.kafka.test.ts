import { expect, test } from 'vitest'
import { fanno } from '../support/fanno.ts'
import { fannoOnKafka, readmes } from '../support/fanno-on-kafka.ts'

const cluster = fannoOnKafka()
const documents = readmes('avsc', 'liquidjs', 'yaml', 'zod', 'undici', 'openai')

const here = async (...parameters: string[]): Promise<string> => {
  const { code, stdout, stderr } = await fanno(cluster.dir, parameters, {
    environment: { FANNO_PIPELINE: 'here', FANNO_PARTITIONS: '2' }
  })
  expect(code, stderr).toBe(0)
  return stdout
}
const texts = (shown: string): string[] =>
  shown
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line).value.text)
    .sort()

test('the embedded log and Kafka hold the same passages up to screened-passages, and nearly as many pairs', async () => {
  await here('run', ...documents, '--out', 'here')
  await cluster.ok('run', ...documents, '--out', 'there')
  for (const records of ['passages', 'screened-passages']) {
    const embedded = texts(await here('cat', records, '--json'))
    expect(embedded.length).toBeGreaterThan(15)
    expect(texts(await cluster.ok('cat', records, '--json'))).toEqual(embedded)
  }
  // Beyond, the order of arrival decides who represents a community, and which counterexamples are drawn.
  for (const verified of [await here('verify'), await cluster.ok('verify')])
    expect(verified).toContain('exactly one outcome')
  const pairs = [
    JSON.parse(await here('status', '--json')).pairs,
    JSON.parse(await cluster.ok('status', '--json')).pairs
  ]
  console.log(`pairs: ${pairs.join(' on the embedded log, ')} on Kafka`)
  expect(Math.abs(pairs[0] - pairs[1])).toBeLessThanOrEqual(0.05 * Math.max(...pairs))
}, 240_000)
