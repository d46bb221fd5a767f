import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  type AnyStage,
  type AnyTopic,
  defineStage,
  defineTopic,
  defineTopology,
  downstreamOf,
  TopologyError
} from '../../../engine/declare/index.ts'
import { schemaOf } from '../../../schemas/schema-of.ts'

const topic = (records: string, partitions: 'single' | 'many' = 'many') =>
  defineTopic<{ readonly id: string }>({ records, schema: schemaOf('passage'), partitions })

const [raw, cut, chosen, spare, product] = ['raw', 'cut', 'chosen', 'spare', 'product'].map(name => topic(name)) as [
  AnyTopic,
  AnyTopic,
  AnyTopic,
  AnyTopic,
  AnyTopic
]

const stage = (name: string, reads: AnyTopic, ...writes: AnyTopic[]): AnyStage =>
  defineStage({
    name,
    summary: '',
    reads,
    writes: Object.fromEntries(writes.map(outlet => [outlet.records, outlet])),
    asks: {},
    rejects: ['none'],
    settings: z.object({}),
    question: () => ({ rejected: 'none' }),
    decide: () => ({ rejected: 'none' })
  })

const inOrder = (name: string, reads: AnyTopic, decisions: AnyTopic, ...writes: AnyTopic[]): AnyStage =>
  ({
    ...stage(name, reads, ...writes),
    decisions,
    createView: () => undefined,
    fold: () => {}
  }) as AnyStage

const problemsOf = (source: AnyTopic, sink: AnyTopic, stages: readonly AnyStage[]): readonly string[] => {
  try {
    defineTopology(source, sink, stages)
    return []
  } catch (error) {
    if (error instanceof TopologyError) return error.problems
    throw error
  }
}

/** raw -> cut -> (chosen, spare) -> product, the two branches of different length. */
const sound = [
  stage('cut-raw', raw, cut),
  stage('choose-cut', cut, chosen, spare),
  stage('polish-chosen', chosen, spare),
  stage('finish-spare', spare, product)
]

describe('a topology', () => {
  it('is a frozen value when the stages fit together', () => {
    const topology = defineTopology(raw, product, sound)
    expect(topology.stages.map(({ name }) => name)).toEqual(sound.map(({ name }) => name))
    expect(() => Object.assign(topology, { stages: [] })).toThrow(TypeError)
  })

  it('knows the longest way from each stage to the sink', () => {
    expect(Object.fromEntries(defineTopology(raw, product, sound).depths)).toEqual({
      'cut-raw': 3,
      'choose-cut': 2,
      'polish-chosen': 1,
      'finish-spare': 0
    })
  })

  it('knows which stages a record of a topic may pass', () => {
    const topology = defineTopology(raw, product, sound)
    const names = (from: AnyTopic) => downstreamOf(topology, from).map(({ name }) => name)
    expect(names(raw)).toHaveLength(4)
    expect(names(chosen)).toEqual(['polish-chosen', 'finish-spare'])
    expect(names(spare)).toEqual(['finish-spare'])
    expect(names(product)).toEqual([])
  })

  it.each<[string, readonly AnyStage[], string]>([
    [
      'two stages of one name',
      [stage('cut-raw', raw, cut), stage('cut-raw', cut, product)],
      'two stages are called cut-raw'
    ],
    ['a name that is not verb-noun', [stage('Cutter', raw, product)], 'Cutter is not named verb-noun'],
    [
      'two readers of one topic',
      [stage('cut-raw', raw, product), stage('see-raw', raw, product)],
      'raw is read by cut-raw and by see-raw: one reader a topic'
    ],
    [
      'a topic read before it is written',
      [stage('cut-raw', raw, cut), stage('finish-spare', spare, product), stage('choose-cut', cut, spare)],
      'finish-spare reads spare, which no stage before it writes'
    ],
    [
      'decisions over many partitions',
      [inOrder('cut-raw', raw, topic('decisions', 'single'), product)],
      'cut-raw decides in offset order, but raw has many partitions'
    ],
    [
      'decisions kept in many partitions',
      [inOrder('cut-raw', topic('raw', 'single'), topic('decisions'), product)],
      'decisions must have a single partition'
    ],
    [
      'a stage that writes nothing',
      [stage('cut-raw', raw, cut, product), stage('end-cut', cut)],
      'end-cut writes nothing'
    ],
    ['a topic that nobody reads', [stage('cut-raw', raw, cut, product)], 'no stage reads cut'],
    [
      'a sink that is read',
      [stage('cut-raw', raw, product), stage('use-product', product, product)],
      'product is the end of the topology, but is read'
    ],
    ['a sink that nobody writes', [stage('cut-raw', raw, raw)], 'no stage writes product'],
    ['a source that nobody reads', [], 'no stage reads raw']
  ])('refuses %s', (_what, stages, problem) => {
    expect(problemsOf(raw, product, stages)).toContain(problem)
  })

  it('names every problem at once', () => {
    const problems = problemsOf(raw, product, [
      stage('Cutter', raw, cut),
      stage('see-raw', raw, spare),
      inOrder('rank-chosen', chosen, topic('decisions'), spare)
    ])
    expect(problems).toEqual([
      'Cutter is not named verb-noun',
      'raw is read by Cutter and by see-raw: one reader a topic',
      'rank-chosen reads chosen, which no stage before it writes',
      'rank-chosen decides in offset order, but chosen has many partitions',
      'decisions must have a single partition',
      'no stage reads cut',
      'no stage reads spare',
      'no stage writes product'
    ])
    expect(new TopologyError(problems).message).toContain(problems.join('\n  - '))
  })
})
