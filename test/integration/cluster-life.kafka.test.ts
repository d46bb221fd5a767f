import { ConfigResourceTypes } from 'kafkajs'
import { expect, inject, test } from 'vitest'
import { eventually } from '../contract/log-driver-context.ts'
import { fannoOnKafka, readmes } from '../support/fanno-on-kafka.ts'
import { administered, client } from '../support/kafka-client.ts'

const cluster = fannoOnKafka()
const documents = readmes('avsc', 'liquidjs', 'yaml')
const status = async () => JSON.parse(await cluster.ok('status', '--json'))
const topicOf = (records: string) => `${cluster.pipeline}.${records}.v1`
const set = (topic: string, name: string, value: string) =>
  administered(client(inject('bootstrap')), admin =>
    admin.alterConfigs({
      validateOnly: false,
      resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configEntries: [{ name, value }] }]
    })
  )

// One story, in order: each test begins where the one before has left the cluster.

test('a service is refused before there are topics and schemas, and told what makes them', async () => {
  const withoutTopics = await cluster.run('start')
  expect([withoutTopics.code, withoutTopics.stderr]).toEqual([78, expect.stringContaining('fanno topics apply')])

  const plan = await cluster.ok('topics', 'plan')
  expect(plan).toContain(`+  ${topicOf('documents')}`)
  expect((await cluster.run('topics', 'check')).code).toBe(1)
  await cluster.ok('topics', 'apply', '--dry-run')
  expect((await cluster.run('topics', 'check')).code).toBe(1)
  await cluster.ok('topics', 'apply')
  await cluster.ok('topics', 'check')

  const withoutSchemas = await cluster.run('start')
  expect([withoutSchemas.code, withoutSchemas.stderr]).toEqual([65, expect.stringContaining('fanno schemas register')])
  expect((await cluster.run('schemas', 'check')).code).toBe(1)
  await cluster.ok('schemas', 'register')
  await cluster.ok('schemas', 'check')
})

test('a topic that somebody changed is found, and set right again', async () => {
  await set(topicOf('passages'), 'retention.ms', '60000')
  const { code, stdout } = await cluster.run('topics', 'check')
  expect(code).toBe(1)
  expect(stdout).toMatch(/retention\.ms.*60000/)
  await cluster.ok('topics', 'apply')
  await cluster.ok('topics', 'check')
})

test('two services share the stages; stopped, they leave nothing half done and nothing to do again', async () => {
  const services = [
    cluster.start('start', 'segment-document', 'screen-passage', 'diversify-passage', '--port', '0'),
    cluster.start('start', 'seed-instruction', 'augment-instruction', 'vet-draft', 'admit-instruction'),
    cluster.start('start', 'respond-instruction', 'judge-response')
  ] as const
  await cluster.ok('ingest', ...documents)
  await eventually(async () => (await status()).pairs > 0)

  await services[0].says('/metrics at port')
  const port = /at port (\d+)/.exec(services[0].said())![1]
  const ask = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).text()
  expect(await ask('/readyz')).toBe('ok\n')
  expect(await ask('/metrics')).toMatch(
    /^fanno_stage_records_total\{fanno_stage="screen-passage",fanno_outcome="emitted"\} \d+$/m
  )

  // In the middle of its work.
  for (const { process } of services) process.kill('SIGTERM')
  for (const { ended } of services) {
    const { code, stderr } = await ended
    expect(code, stderr).toBe(143)
    for (const line of stderr.trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('level')
  }
  expect(await cluster.ok('verify')).toContain('exactly one outcome')

  const again = [
    cluster.start('start', 'segment-document', 'screen-passage', 'diversify-passage'),
    cluster.start('start')
  ]
  await eventually(async () => (await status()).drained)
  for (const { process } of again) process.kill('SIGTERM')
  for (const { ended } of again) expect((await ended).code).toBe(143)
  expect(await cluster.ok('verify')).toContain('exactly one outcome')
})

test('what came out is shown, exported, and there for good: another run asks nobody', async () => {
  const { pairs } = await status()
  const shown = (await cluster.ok('cat', 'pairs', '--json')).trim().split('\n')
  expect(shown).toHaveLength(pairs)
  const run = await cluster.run('run', '--out', 'out')
  expect([run.code, run.stderr]).toEqual([0, expect.stringContaining(`${pairs.toLocaleString('en')} pairs`)])
  expect(run.stderr).toMatch(/Calls and tokens of this run\s+none/)
})

test('topics with another number of partitions are refused, with what to do', async () => {
  await administered(client(inject('bootstrap')), admin =>
    admin.createPartitions({ topicPartitions: [{ topic: topicOf('drafts'), count: 5 }] })
  )
  const { code, stderr } = await cluster.run('start')
  expect(code).toBe(78)
  expect(stderr).toMatch(/drafts.* has 5 partitions, not 2/)
  const check = await cluster.run('topics', 'check')
  expect([check.code, check.stdout]).toEqual([78, expect.stringMatching(/drafts.*5/)])
})
