import { attributesOf, model } from './attributes.ts'
import type { Snapshot, StageFigures } from './snapshot.ts'

export interface Point {
  readonly value: number
  readonly attributes: Readonly<Record<string, string>>
}

/** A metric that is read from a snapshot. `counter` never falls while the process lives, `gauge` may. */
export interface Figure {
  readonly name: string
  readonly kind: 'counter' | 'gauge'
  readonly unit: string
  readonly description: string
  read(snapshot: Snapshot): readonly Point[]
}

type Values = readonly (readonly [number, Readonly<Record<string, string>>])[]

/** All that is exported of a snapshot, by OTLP and for Prometheus alike; names begin with the namespace. */
export function figuresOf(namespace: string): readonly Figure[] {
  const { stage, outcome, reason, commitResult, move, haltCode } = attributesOf(namespace)
  const ofStages =
    (values: (figures: StageFigures) => Values) =>
    ({ stages }: Snapshot): Point[] =>
      stages.flatMap(figures =>
        values(figures).map(([value, more]) => ({ value, attributes: { [stage]: figures.stage, ...more } }))
      )
  const one = (value: (figures: StageFigures) => number) => ofStages(figures => [[value(figures), {}]])
  const each = (counts: (figures: StageFigures) => Readonly<Record<string, number>>, attribute: string) =>
    ofStages(figures => Object.entries(counts(figures)).map(([name, count]) => [count, { [attribute]: name }] as const))
  return [
    {
      name: `${namespace}.stage.records`,
      kind: 'counter',
      unit: '{record}',
      description: 'Input records settled, by outcome.',
      read: ofStages(({ emitted, rejected, deadLettered }) => [
        [emitted, { [outcome]: 'emitted' }],
        [rejected, { [outcome]: 'rejected' }],
        [deadLettered, { [outcome]: 'dead-lettered' }]
      ])
    },
    {
      name: `${namespace}.stage.reasons`,
      kind: 'counter',
      unit: '{record}',
      description: 'Input records rejected or dead-lettered, by reason or code.',
      read: each(({ reasons }) => reasons, reason)
    },
    {
      name: `${namespace}.stage.outputs`,
      kind: 'counter',
      unit: '{record}',
      description: 'Records written to the outlets of the stage.',
      read: one(({ outputs }) => outputs)
    },
    {
      name: `${namespace}.stage.in_flight`,
      kind: 'gauge',
      unit: '{record}',
      description: 'Records with questions at a model.',
      read: one(({ inFlight }) => inFlight)
    },
    {
      name: `${namespace}.stage.held`,
      kind: 'gauge',
      unit: '{record}',
      description: 'Records read and not settled: how full the window is.',
      read: one(({ held }) => held)
    },
    {
      name: `${namespace}.stage.deferred`,
      kind: 'gauge',
      unit: '{record}',
      description: 'Records that wait for a view.',
      read: one(({ deferred }) => deferred)
    },
    {
      name: `${namespace}.stage.lag`,
      kind: 'gauge',
      unit: '{record}',
      description: 'Input records not settled yet.',
      read: ofStages(({ lag }) => (lag === undefined ? [] : [[lag, {}]]))
    },
    {
      name: `${namespace}.stage.input.held_back`,
      kind: 'gauge',
      unit: '{partition}',
      description:
        'Partitions of the input of which more cannot be read, since another producer has a transaction open there.',
      read: one(({ heldBack }) => heldBack.length)
    },
    {
      name: `${namespace}.stage.paused`,
      kind: 'gauge',
      unit: '',
      description: '1 while the stage takes nothing in because the one behind it lags.',
      read: one(({ paused }) => Number(paused))
    },
    {
      name: `${namespace}.stage.calls`,
      kind: 'counter',
      unit: '{call}',
      description: 'Replies of models, usable or not.',
      read: one(({ usage }) => usage.calls)
    },
    {
      name: `${namespace}.stage.tokens`,
      kind: 'counter',
      unit: '{token}',
      description: 'Tokens of prompts (input) and completions (output).',
      read: ofStages(({ usage }) => [
        [usage.promptTokens, { [model.tokenType]: 'input' }],
        [usage.completionTokens, { [model.tokenType]: 'output' }]
      ])
    },
    {
      name: `${namespace}.commits`,
      kind: 'counter',
      unit: '{commit}',
      description: 'Attempts to commit, by result.',
      read: each(({ commits }) => commits, commitResult)
    },
    {
      name: `${namespace}.stage.oldest.age`,
      kind: 'gauge',
      unit: 's',
      description:
        'Age of the oldest record that was read and is not settled, deferred ones included; absent when there is none.',
      read: ofStages(({ oldestSeconds }) => (oldestSeconds === undefined ? [] : [[oldestSeconds, {}]]))
    },
    {
      name: `${namespace}.partition.moves`,
      kind: 'counter',
      unit: '{partition}',
      description: 'Partitions that rebalances assigned to this process, and took away from it.',
      read: each(({ moves }) => moves, move)
    },
    {
      name: `${namespace}.log.away`,
      kind: 'gauge',
      unit: '',
      description: '1 while the log cannot be reached.',
      read: ({ logAway }) => [{ value: Number(logAway), attributes: {} }]
    },
    {
      name: `${namespace}.halted`,
      kind: 'gauge',
      unit: '',
      description: '1 when the pipeline can not go on, with the code of the halt; 0 while it can.',
      read: ({ halt }) =>
        halt === undefined ? [{ value: 0, attributes: {} }] : [{ value: 1, attributes: { [haltCode]: halt } }]
    },
    {
      name: `${namespace}.models.paused`,
      kind: 'gauge',
      unit: '',
      description: '1 while no endpoint of some model answers.',
      read: ({ modelsPaused }) => [{ value: Number(modelsPaused), attributes: {} }]
    }
  ]
}
