import {
  type AnyPlainStage,
  type AnyStage,
  type AnyTopic,
  decidesInOrder,
  topicName
} from '../../engine/declare/index.ts'
import { configurations, deadLetters, rejections } from '../../engine/runtime/ground/engine-topics.ts'
import { groupOf } from '../../engine/runtime/ground/stage-context.ts'
import { cuts, documents, ingestPositions, pairs, secrets } from '../topics.ts'
import { topology } from '../topology.ts'

/** One thing that a user may do at the brokers (Kafka's ACLs). */
export interface Access {
  readonly user: string
  readonly resource: 'topic' | 'group' | 'transactional-id'
  readonly name: string
  /** `prefixed`: every resource whose name begins so. */
  readonly pattern: 'literal' | 'prefixed'
  readonly operation: 'read' | 'write' | 'describe' | 'create' | 'delete' | 'describe-configs' | 'alter-configs'
}

/**
 * The least that each stage, ingest, an operator, `fanno run` and a reader of pairs need: a user for each, named after it.
 * To look at the offsets of other stages (lag, drained) all may describe the topics and groups of the pipeline, which
 * shows no record.
 */
export function accessOf(pipeline: string): readonly Access[] {
  const name = (topic: AnyTopic) => topicName(pipeline, topic)
  const stages = topology.stages.flatMap(stage => ofStage(pipeline, stage))
  const ingest = [
    ...writes('ingest', [name(documents), name(ingestPositions), name(rejections)]),
    ...reads('ingest', [name(ingestPositions)]),
    ...owns('ingest', `${pipeline}.ingest-`),
    ...describes('ingest', pipeline)
  ]
  const operator = ofOperator(pipeline)
  return [
    ...stages,
    ...ingest,
    ...operator,
    ...ofRun(pipeline, [...stages, ...ingest, ...operator]),
    ...reads('pairs-reader', [name(pairs)]),
    // Most clients read as a group, of whatever name begins so; fanno finds the pipeline by its documents.
    { user: 'pairs-reader', resource: 'group', name: 'pairs-reader', pattern: 'prefixed', operation: 'read' },
    { user: 'pairs-reader', resource: 'topic', name: name(documents), pattern: 'literal', operation: 'describe' }
  ]
}

/** Sets up topics, looks at everything (status, cat, verify, export), and removes a pipeline (`--fresh`). Writes no record. */
function ofOperator(pipeline: string): readonly Access[] {
  const ofAll = (resource: Access['resource'], ...operations: readonly Access['operation'][]) =>
    operations.map(
      (operation): Access => ({
        user: 'operator',
        resource,
        name: `${pipeline}.`,
        pattern: 'prefixed',
        operation
      })
    )
  return [
    ...ofAll('topic', 'create', 'describe', 'describe-configs', 'alter-configs', 'read', 'delete'),
    ...ofAll('group', 'describe', 'delete')
  ]
}

/** `fanno run` does by itself what all the others do, and records cuts (`--pairs`). */
function ofRun(pipeline: string, others: readonly Access[]): readonly Access[] {
  const all = [
    ...others.map(access => ({ ...access, user: 'run' })),
    ...writes('run', [topicName(pipeline, cuts)]),
    ...owns('run', `${pipeline}.cuts-`)
  ]
  return [...new Map(all.map(access => [JSON.stringify(access), access])).values()]
}

function ofStage(pipeline: string, stage: AnyStage): readonly Access[] {
  const name = (topic: AnyTopic) => topicName(pipeline, topic)
  const user = stage.name
  const group = groupOf(pipeline, stage)
  const outlets = Object.values(stage.writes as Record<string, AnyTopic>)
  const decisions = decidesInOrder(stage) ? [stage.decisions] : []
  const viewed = Object.values((stage as AnyPlainStage).view?.reads ?? {}) as AnyTopic[]
  return [
    ...reads(user, [stage.reads, ...decisions, ...viewed, configurations, secrets].map(name)),
    // Of secrets the first counts: to write one later changes nothing.
    ...writes(user, [...outlets, ...decisions, rejections, deadLetters, configurations, secrets].map(name)),
    { user, resource: 'group', name: group, pattern: 'literal', operation: 'read' },
    ...owns(user, `${group}-`),
    ...owns(user, `${pipeline}.secrets-`),
    ...describes(user, pipeline)
  ]
}

const ofTopics = (operation: Access['operation']) => (user: string, names: readonly string[]) =>
  names.map((name): Access => ({ user, resource: 'topic', name, pattern: 'literal', operation }))
const reads = ofTopics('read')
const writes = ofTopics('write')

/** Transactional ids that begin so. */
const owns = (user: string, name: string): readonly Access[] => [
  { user, resource: 'transactional-id', name, pattern: 'prefixed', operation: 'write' },
  { user, resource: 'transactional-id', name, pattern: 'prefixed', operation: 'describe' }
]

const describes = (user: string, pipeline: string): readonly Access[] => [
  { user, resource: 'topic', name: `${pipeline}.`, pattern: 'prefixed', operation: 'describe' },
  { user, resource: 'group', name: `${pipeline}.`, pattern: 'prefixed', operation: 'describe' }
]
