import type { StageProgress } from '../../engine/runtime/pipeline.ts'

interface Metric {
  readonly name: string
  readonly type: 'counter' | 'gauge'
  readonly help: string
  /** Values with their further labels. */
  readonly samples: (
    stage: StageProgress
  ) => readonly (readonly [value: number, labels?: Readonly<Record<string, string>>])[]
}

const metrics: readonly Metric[] = [
  {
    name: 'fanno_records_settled_total',
    type: 'counter',
    help: 'Input records with a committed outcome, by outcome.',
    samples: ({ emitted, rejected, deadLettered }) => [
      [emitted, { outcome: 'emitted' }],
      [rejected, { outcome: 'rejected' }],
      [deadLettered, { outcome: 'dead_lettered' }]
    ]
  },
  {
    name: 'fanno_records_rejected_total',
    type: 'counter',
    help: 'Rejections and dead letters, by reason.',
    samples: ({ reasons }) => Object.entries(reasons).map(([reason, count]) => [count, { reason }] as const)
  },
  {
    name: 'fanno_records_written_total',
    type: 'counter',
    help: 'Records committed to the outlets of the stage.',
    samples: ({ outputs }) => [[outputs]]
  },
  {
    name: 'fanno_records_in_flight',
    type: 'gauge',
    help: 'Records with questions at a model.',
    samples: ({ inFlight }) => [[inFlight]]
  },
  {
    name: 'fanno_records_deferred',
    type: 'gauge',
    help: 'Records that wait for something else to drain.',
    samples: ({ deferred }) => [[deferred]]
  },
  {
    name: 'fanno_lag_records',
    type: 'gauge',
    help: 'Input offsets of the whole group without an outcome.',
    samples: ({ lag }) => (lag === undefined ? [] : [[lag]])
  },
  {
    name: 'fanno_paused',
    type: 'gauge',
    help: '1 while intake rests because the stage behind lags.',
    samples: ({ paused }) => [[paused ? 1 : 0]]
  }
]

/** What the stages of this process count, in Prometheus' text format (version 0.0.4). */
export function metricsText(stages: readonly StageProgress[]): string {
  return metrics
    .map(({ name, type, help, samples }) => {
      const lines = stages.flatMap(progress =>
        samples(progress).map(
          ([value, labels = {}]) => `${name}${labelsText({ stage: progress.stage, ...labels })} ${value}`
        )
      )
      return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines, ''].join('\n')
    })
    .join('')
}

const labelsText = (labels: Readonly<Record<string, string>>): string =>
  `{${Object.entries(labels)
    .map(
      ([name, value]) => `${name}="${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`
    )
    .join(',')}}`
