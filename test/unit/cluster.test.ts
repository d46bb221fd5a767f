import { describe, expect, it } from 'vitest'
import { topicName } from '../../engine/declare/index.ts'
import { groupOf } from '../../engine/runtime/ground/stage-context.ts'
import { acls } from '../../services/cli/commands/acls.ts'
import { compare } from '../../services/cli/commands/topics.ts'
import { accessOf } from '../../services/cluster/access.ts'
import { wantedTopics } from '../../services/cluster/topic-settings.ts'
import { topology } from '../../services/topology.ts'
import { decisionTopics } from '../support/records/decision-topics.ts'

const production = wantedTopics('p', 6, 'production')
const wanted = (records: string) => production.find(({ handle }) => handle.records === records)!

describe('the topics of a cluster', () => {
  it('keep for ever what nothing can make again', () => {
    for (const records of ['pairs', 'drafts', 'configurations', 'secrets', 'ingest-positions', ...decisionTopics])
      expect(wanted(records).settings.get('retention.ms')).toBe('-1')
    expect(Number(wanted('passages').settings.get('retention.ms'))).toBe(30 * 86_400_000)
  })

  it('are never compacted: an earlier record of a key has an outcome of its own', () => {
    expect(new Set(production.map(({ settings }) => settings.get('cleanup.policy')))).toEqual(new Set(['delete']))
  })

  it('survive the loss of a broker in production', () => {
    for (const { replicas, settings } of production)
      expect([replicas, settings.get('min.insync.replicas')]).toEqual([3, '2'])
  })

  it('have one partition where a stage decides in order, and as many as are asked for elsewhere', () => {
    for (const stage of topology.stages)
      expect(wanted(stage.reads.records).partitions).toBe(stage.reads.partitions === 'single' ? 1 : 6)
  })
})

describe('comparing a topic with what it should be', () => {
  const there = (more: object = {}) => ({ partitions: 6, replicas: 3, settings: wanted('pairs').settings, ...more })
  it.each([
    ['missing', undefined, ['6 partitions, 3 replicas']],
    ['as-wanted', there(), []],
    [
      'different',
      there({ settings: new Map([...wanted('pairs').settings, ['retention.ms', '604800000']]) }),
      ['retention.ms: 604800000, should be -1']
    ],
    [
      'different',
      there({ settings: new Map([...wanted('pairs').settings, ['max.message.bytes', '524288']]) }),
      ['max.message.bytes: 524288, should be 1048588 or more']
    ],
    ['as-wanted', there({ settings: new Map([...wanted('pairs').settings, ['max.message.bytes', '8388608']]) }), []],
    ['fixed', there({ partitions: 5 }), ['partitions: 5, should be 6']],
    ['fixed', there({ replicas: 1 }), ['replicas: 1, should be 3']]
  ])('finds it %s', (state, found, differences) => {
    expect(compare(wanted('pairs'), found)).toEqual({ topic: 'p.pairs.v1', state, differences })
  })
})

describe('the access of a stage', () => {
  const all = accessOf('p')
  const may = (user: string, operation: string, resource: string) =>
    all
      .filter(access => access.user === user && access.operation === operation && access.resource === resource)
      .map(({ name }) => name)

  it.each(topology.stages.map(stage => [stage.name, stage] as const))(
    '%s writes what it declares, and no other topic',
    (name, stage) => {
      const outlets = Object.values(stage.writes as Record<string, (typeof topology)['source']>)
      const decisions = 'decisions' in stage ? [topicName('p', stage.decisions as never)] : []
      const engine = ['rejections', 'dead-letters', 'configurations', 'secrets'].map(records => `p.${records}.v1`)
      expect(may(name, 'write', 'topic').sort()).toEqual(
        [...new Set([...outlets.map(topic => topicName('p', topic)), ...decisions, ...engine])].sort()
      )
      expect(may(name, 'read', 'topic')).toContain(topicName('p', stage.reads))
      expect(may(name, 'read', 'group')).toEqual([groupOf('p', stage)])
      expect(may(name, 'write', 'transactional-id')).toEqual([`${groupOf('p', stage)}-`, 'p.secrets-'])
    }
  )

  it('lets an operator write no record and use no transactional id', () => {
    expect(may('operator', 'write', 'topic')).toEqual([])
    expect(all.filter(({ user, resource }) => user === 'operator' && resource === 'transactional-id')).toEqual([])
    expect(may('operator', 'alter-configs', 'topic')).toEqual(['p.'])
  })

  it('lets fanno run, and nobody else, record cuts', () => {
    const writers = all.filter(({ name, operation }) => name === 'p.cuts.v1' && operation === 'write')
    expect(writers.map(({ user }) => user)).toEqual(['run'])
    expect(may('run', 'write', 'transactional-id')).toContain('p.cuts-')
  })

  it('is printed as commands that Kafka’s own tool takes', () => {
    let printed = ''
    acls('p', false, text => (printed += text))
    expect(printed.split('\n').filter(line => line.includes('User:operator'))[3]).toBe(
      'kafka-acls.sh --bootstrap-server "$KAFKA_BROKERS" --add --allow-principal User:operator ' +
        "--operation AlterConfigs --topic 'p.' --resource-pattern-type prefixed"
    )
  })

  it('lets a reader of pairs do nothing but read them, in groups of its own, and see that the pipeline is there', () => {
    expect(all.filter(({ user }) => user === 'pairs-reader')).toEqual([
      { user: 'pairs-reader', resource: 'topic', name: 'p.pairs.v1', pattern: 'literal', operation: 'read' },
      { user: 'pairs-reader', resource: 'group', name: 'pairs-reader', pattern: 'prefixed', operation: 'read' },
      { user: 'pairs-reader', resource: 'topic', name: 'p.documents.v1', pattern: 'literal', operation: 'describe' }
    ])
  })
})
