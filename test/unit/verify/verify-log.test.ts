import { describe, expect, it } from 'vitest'
import { type AnyTopic, topicName } from '../../../engine/declare/index.ts'
import { createCodec } from '../../../engine/log/codec.ts'
import { formatMetadata } from '../../../engine/runtime/commit/commit-metadata.ts'
import { rejections } from '../../../engine/runtime/ground/engine-topics.ts'
import { groupOf } from '../../../engine/runtime/ground/stage-context.ts'
import { topicsOf } from '../../../engine/runtime/process/topics.ts'
import { judgeResponse } from '../../../services/judge-response/stage.ts'
import { headerNames, pairs, responses } from '../../../services/topics.ts'
import { topology } from '../../../services/topology.ts'
import { verify } from '../../../services/verify/index.ts'
import { createMemoryLog } from '../../support/simulated/memory-log.ts'

/** A log on which judge-response has settled three of four responses: emitted, rejected, (waiting), emitted. */
async function aLog() {
  const log = createMemoryLog()
  const codec = createCodec(log.driver.registry, 'fanno')
  const topics = topicsOf(topology, 'p', 1)
  await log.driver.createTopics(topics)
  for (const { topic, handle } of topics) await codec.prepare(topic, handle.schema)
  const write = (handle: AnyTopic, id: string, headers: Record<string, string> = {}) => {
    const topic = topicName('p', handle)
    log.append([{ topic, partition: 0, key: Buffer.from(id), value: codec.encode(topic, { id }), headers }])
  }
  const outcome = (handle: AnyTopic, id: string, offset: number, kind: string, configuration = 'c') =>
    write(handle, id, {
      [headerNames.stage]: judgeResponse.name,
      [headerNames.input]: `${topicName('p', responses)}/0/${offset}`,
      [headerNames.outcome]: kind,
      [headerNames.configuration]: configuration
    })
  const commit = (base: number, beyond: readonly number[]) =>
    log.setCommit(groupOf('p', judgeResponse), topicName('p', responses), 0, {
      offset: base,
      metadata: formatMetadata('c', base, beyond)
    })
  for (const id of ['r0', 'r1', 'r2', 'r3']) write(responses, id, { [headerNames.stage]: 'ingest' })
  outcome(pairs, 'p0', 0, 'emitted')
  outcome(rejections, 'x1', 1, 'rejected')
  outcome(pairs, 'p3', 3, 'emitted')
  commit(2, [3])
  const check = () => verify({ driver: log.driver, codec, topology, pipeline: 'p' })
  return { log, write, outcome, commit, check }
}

const kindsOf = async (log: Awaited<ReturnType<typeof aLog>>) => [
  ...new Set((await log.check()).violations.map(({ kind }) => kind))
]

describe('verifying a log', () => {
  it('finds nothing where every settled record has its outcome', async () => {
    const { check } = await aLog()
    const { violations, counts, records, foreign } = await check()
    expect(violations).toEqual([])
    expect(counts.find(({ stage }) => stage === 'judge-response')).toMatchObject({
      settled: 3,
      emitted: 2,
      rejected: 1,
      waiting: 1
    })
    expect([records, foreign]).toEqual([7, 0])
  })
  it('finds a record that is settled without an outcome', async () => {
    const log = await aLog()
    log.commit(4, [])
    expect(await log.check()).toMatchObject({
      violations: [{ kind: 'no-outcome', records: ['p.responses.v1/0/2'] }, { kind: 'wrong-count' }]
    })
  })
  it('finds an outcome of a record that is not settled', async () => {
    const log = await aLog()
    log.commit(2, [])
    expect(await log.check()).toMatchObject({
      violations: [{ kind: 'outcome-of-unsettled', records: ['p.pairs.v1/0/1', 'p.responses.v1/0/3'] }]
    })
  })
  it('finds a record that was processed twice, under one configuration or two', async () => {
    const twice = await aLog()
    twice.outcome(pairs, 'p0', 0, 'emitted')
    expect(await twice.check()).toMatchObject({
      violations: [{ kind: 'id-twice', of: 'p.pairs.v1', records: ['p.pairs.v1/0/0', 'p.pairs.v1/0/2'] }]
    })
    const changed = await aLog()
    changed.outcome(pairs, 'another', 0, 'emitted', 'c2')
    expect(await kindsOf(changed)).toEqual(['two-outcomes'])
  })
  it('finds two outcomes that exclude each other, across topics', async () => {
    const log = await aLog()
    log.outcome(rejections, 'x0', 0, 'rejected')
    expect(await kindsOf(log)).toContain('two-outcomes')
  })
  it('takes a hole for settled', async () => {
    const log = await aLog()
    log.log.skip('p.responses.v1', 0)
    log.commit(2, [3, 4])
    expect((await log.check()).violations).toEqual([])
  })
  it('finds what a stage wrote and cannot be decoded, and counts what no stage wrote', async () => {
    const log = await aLog()
    const junk = { topic: 'p.pairs.v1', partition: 0, key: null, value: Buffer.from('junk'), headers: {} }
    log.log.append([junk])
    expect(await log.check()).toMatchObject({ violations: [], foreign: 1 })
    log.log.append([{ ...junk, headers: { 'fanno-stage': 'judge-response' } }])
    expect(await log.check()).toMatchObject({ violations: [{ kind: 'undecodable', records: ['p.pairs.v1/0/3'] }] })
  })
  it('does not take for a violation what stages do while it reads', async () => {
    const log = await aLog()
    const { committed } = log.log.driver
    let first = true
    // Between the two readings of the ends: one more record is settled and its outcome written.
    log.log.driver.committed = async (group, topic) => {
      if (first) {
        first = false
        log.outcome(pairs, 'p2', 2, 'emitted')
        log.commit(4, [])
      }
      return committed(group, topic)
    }
    expect((await log.check()).violations).toEqual([])
  })
  it('has nothing to say about a log without topics', async () => {
    const { driver } = createMemoryLog()
    const found = await verify({ driver, codec: createCodec(driver.registry, 'fanno'), topology, pipeline: 'p' })
    expect(found).toMatchObject({ violations: [], records: 0 })
  })
})
