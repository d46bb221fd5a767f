import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import kafkajs from 'kafkajs'
import { beforeAll, describe, expect, inject, it } from 'vitest'
import type { Call } from '../../../services/rehearsal-model/index.ts'
import {
  type ClusterUser,
  clusterUser,
  health,
  readmes,
  type Status,
  small,
  statusWhere,
  terminated
} from '../../support/kafka/cluster.ts'
import { administered, client } from '../../support/kafka/kafka-client.ts'

const { ConfigResourceTypes } = kafkajs
const cluster = () => client(inject('bootstrap'))

const first = ['segment-document', 'screen-passage']
const rest = [
  ...['diversify-passage', 'seed-instruction', 'augment-instruction', 'vet-draft'],
  ...['admit-instruction', 'respond-instruction', 'judge-response']
]

const question = ({ stage, record, prompt, ask }: Call): string => [stage, record, prompt, ask].join()

// One pipeline from before its topics to after its export: each test goes on where the one before has ended.
describe('a pipeline on a cluster', () => {
  let user: ClusterUser
  beforeAll(async () => {
    user = await clusterUser()
  })

  it('is not started before its topics and schemas are there, and says which command makes them', async () => {
    const early = await user.run(['start', ...first])
    expect(early.code).toBe(78)
    expect(early.stderr).toContain('fanno topics apply')

    const planned = await user.run(['topics', 'plan'])
    expect(planned.code).toBe(0)
    expect(planned.stdout).toMatch(new RegExp(`\\+ +${user.pipeline}\\.pairs\\.v1 +2 partitions`))
    expect((await user.run(['topics', 'check'])).code).toBe(1)
    expect((await user.run(['topics', 'apply'])).code).toBe(0)
    expect((await user.run(['topics', 'check'])).code).toBe(0)

    const unregistered = await user.run(['start', ...first])
    expect(unregistered.code).toBe(65)
    expect(unregistered.stderr).toContain('fanno schemas register')
    expect((await user.run(['schemas', 'check'])).code).toBe(1)
    expect((await user.run(['schemas', 'register'])).code).toBe(0)
    expect((await user.run(['schemas', 'check'])).code).toBe(0)
  })

  it('shows a setting that somebody changed by hand, and puts it right', async () => {
    const name = `${user.pipeline}.pairs.v1`
    const configEntries = [{ name: 'retention.ms', value: '60000' }]
    await administered(cluster(), admin =>
      admin.alterConfigs({ validateOnly: false, resources: [{ type: ConfigResourceTypes.TOPIC, name, configEntries }] })
    )
    const found = await user.run(['topics', 'check'])
    expect(found.code).toBe(1)
    expect(found.stdout).toContain('retention.ms: 60000, should be -1')
    expect((await user.run(['topics', 'apply'])).stdout).toMatch(/0 created, 1 changed/)
    expect((await user.run(['topics', 'check'])).code).toBe(0)
  })

  it('is served by two processes that share its stages, tells how it is, and drains on SIGTERM', async () => {
    const [front, back] = [
      user.start(['start', ...first, '--port', '0', ...small]),
      user.start(['start', ...rest, ...small])
    ]
    const ask = await health(front)
    const documents = readmes(user, 6)
    expect(await user.json(['ingest', ...documents])).toMatchObject({ pipeline: user.pipeline, documents: 6 })
    await expect.poll(async () => (await ask('/readyz')).status, { timeout: 30_000 }).toBe(200)
    expect(await ask('/livez')).toMatchObject({ status: 200 })
    await statusWhere(user, ({ drained, pairs }) => drained && pairs > 0)
    expect((await ask('/metrics')).text).toMatch(/^fanno_\w+\{[^}]*stage="screen-passage"[^}]*\} [1-9]/m)
    expect(await terminated(front, back)).toEqual([143, 143])
    expect(await user.run(['verify'])).toMatchObject({ code: 0 })
  })

  it('is read by whoever wants its pairs, and exported', async () => {
    const { pairs } = await user.json<Status>(['status'])
    const found = await user.cat<{ instruction: string; response: string }>('pairs')
    expect(found).toHaveLength(pairs)
    expect((await user.run(['export', '--format', 'alpaca', '--out', 'set'])).code).toBe(0)
    const file = join(user.folder, 'set', user.pipeline, 'rehearsal-alpaca.json')
    expect(existsSync(file)).toBe(true)
    const exported = JSON.parse(readFileSync(file, 'utf8')) as { instruction: string }[]
    expect(exported.map(({ instruction }) => instruction).sort()).toEqual(
      found.map(({ value }) => value.instruction).sort()
    )
  })

  it('that has drained asks nothing a second time when it is started again', async () => {
    const before = user.model.calls()
    const asked = new Set(before.map(question))
    const again = user.start(['start', ...small])
    // That nothing comes cannot be awaited: a document that comes later, and is through, shows that all were looked at.
    await user.json(['ingest', ...readmes(user, 7)])
    await statusWhere(user, ({ drained, stages }) => drained && stages[0]!.settled === 7)
    expect(await terminated(again)).toEqual([143])
    const since = user.model.calls().slice(before.length)
    expect(since.some(({ stage }) => stage === 'screen-passage')).toBe(true)
    expect(since.filter(call => call.stage !== 'preflight' && asked.has(question(call)))).toEqual([])
  })

  it('is not started on a topic with another number of partitions, which nothing changes in place', async () => {
    const other = await clusterUser()
    const topic = `${other.pipeline}.passages.v1`
    await administered(cluster(), admin => admin.createTopics({ topics: [{ topic, numPartitions: 3 }] }))
    const refused = await other.run(['start'])
    expect(refused.code).toBe(78)
    expect(refused.stderr).toContain(`${topic} has 3 partitions, not 2`)
    const applied = await other.run(['topics', 'apply'])
    expect(applied.code).toBe(78)
    expect(applied.stdout).toContain('partitions: 3, should be 2')
    expect(applied.stdout).toContain('cannot be changed')
    const topics = await administered(cluster(), admin => admin.listTopics())
    expect(topics.filter(name => name.startsWith(other.pipeline))).toEqual([topic])
  })
})
