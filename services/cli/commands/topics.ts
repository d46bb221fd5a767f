import { administer, type ExistingTopic } from '../../../engine/log/kafka/administration.ts'
import { topicConfig, type WantedTopic, wantedTopics } from '../../cluster/topic-settings.ts'
import { connectionOf } from '../../operate/backend/kafka.ts'
import type { KafkaTarget } from '../../operate/configuration.ts'
import { jsonLine, table } from '../display/printable.ts'
import { exitCodes } from '../ending/exit-codes.ts'

export interface TopicsCommand {
  readonly target: KafkaTarget
  readonly pipeline: string
  readonly partitions: number
  readonly action: 'plan' | 'apply' | 'check'
  readonly dryRun: boolean
  readonly json: boolean
  readonly write: (text: string) => void
}

export interface TopicFinding {
  readonly topic: string
  readonly state: 'missing' | 'different' | 'fixed' | 'as-wanted'
  /** What differs: `setting: is, should be`. */
  readonly differences: readonly string[]
}

/** Shows how topics differ from what they should be, and mends what can be mended in place. */
export async function topics(options: TopicsCommand): Promise<number> {
  const { target, pipeline, partitions, action, json, write } = options
  const wanted = wantedTopics(pipeline, partitions, target.environment)
  const cluster = await administer(connectionOf(target, `fanno-${pipeline}-topics`))
  try {
    const there = await cluster.describe(wanted.map(({ topic }) => topic))
    const findings = wanted.map(topic => compare(topic, there.get(topic.topic)))
    const of = (state: TopicFinding['state']) => findings.filter(finding => finding.state === state)
    const changes = action === 'apply' && !options.dryRun && of('fixed').length === 0
    if (changes) {
      const missing = wanted.filter(({ topic }) => !there.has(topic))
      if (missing.length > 0) await cluster.create(missing.map(topicConfig))
      for (const { topic } of of('different'))
        await cluster.change(topic, changesOf(wanted.find(wish => wish.topic === topic)!, there.get(topic)!))
    }
    if (json) write(`${jsonLine({ pipeline, applied: changes, topics: findings })}\n`)
    else write(text(findings, changes))
    if (of('fixed').length > 0) return exitCodes.configuration
    return action === 'check' && of('as-wanted').length < findings.length ? exitCodes.problems : exitCodes.ok
  } finally {
    await cluster.close()
  }
}

export function compare(wanted: WantedTopic, there: ExistingTopic | undefined): TopicFinding {
  const { topic } = wanted
  if (!there) {
    const how = `${wanted.partitions} partitions, ${wanted.replicas} replicas`
    return { topic, state: 'missing', differences: [how] }
  }
  const fixed = [
    ...(there.partitions === wanted.partitions
      ? []
      : [`partitions: ${there.partitions}, should be ${wanted.partitions}`]),
    ...(there.replicas === wanted.replicas ? [] : [`replicas: ${there.replicas}, should be ${wanted.replicas}`])
  ]
  const settings = [...wanted.settings].flatMap(([name, value]) => {
    const is = there.settings.get(name)
    return is === value ? [] : [`${name}: ${is ?? 'not set'}, should be ${value}`]
  })
  const tooSmall = tooSmallOf(wanted, there)
  for (const [name, least] of tooSmall)
    settings.push(`${name}: ${there.settings.get(name)}, should be ${least} or more`)
  if (fixed.length > 0) return { topic, state: 'fixed', differences: [...fixed, ...settings] }
  return { topic, state: settings.length > 0 ? 'different' : 'as-wanted', differences: settings }
}

const tooSmallOf = (wanted: WantedTopic, there: ExistingTopic): readonly (readonly [string, number])[] =>
  [...wanted.least].filter(([name, least]) => Number(there.settings.get(name) ?? least) < least)

/** What `apply` sets: what is wanted, and the least where there is less. */
const changesOf = (wanted: WantedTopic, there: ExistingTopic): ReadonlyMap<string, string> =>
  new Map([...wanted.settings, ...tooSmallOf(wanted, there).map(([name, least]) => [name, String(least)] as const)])

const marks = { missing: '+', different: '~', fixed: '!', 'as-wanted': '=' } as const

function text(findings: readonly TopicFinding[], changed: boolean): string {
  const rows = findings.flatMap(({ topic, state, differences }) =>
    differences.length === 0
      ? [[marks[state], topic, 'up to date']]
      : differences.map((difference, index) => [index === 0 ? marks[state] : '', index === 0 ? topic : '', difference])
  )
  const count = (state: TopicFinding['state']) => findings.filter(finding => finding.state === state).length
  const lines = [...table(['', 'topic', ''], rows), '']
  if (count('fixed') > 0)
    lines.push(
      'Partitions and replicas cannot be changed in place: keys are mapped to partitions by their number. Nothing was changed.',
      'Set --partitions to the number that the topics have, move replicas with kafka-reassign-partitions, or use another --pipeline.'
    )
  else if (changed)
    lines.push(`${count('missing')} created, ${count('different')} changed, ${count('as-wanted')} up to date.`)
  else if (count('missing') + count('different') === 0) lines.push('All topics are up to date.')
  else lines.push(`${count('missing')} to create, ${count('different')} to change. Apply with: fanno topics apply`)
  return `${lines.join('\n')}\n`
}
