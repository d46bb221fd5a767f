import { describe, expect, it } from 'vitest'
import { figuresOf } from '../../../engine/telemetry/figures.ts'
import { Histogram } from '../../../engine/telemetry/histogram.ts'
import { prometheusContentType, prometheusText as textOf } from '../../../engine/telemetry/prometheus.ts'
import { snapshot, stageFigures } from '../../support/simulated/snapshots.ts'

const prometheusText = (figures: Parameters<typeof textOf>[0]): string => textOf(figures, 'fanno')

interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** A reader of the text format, strict about what it does not know. */
function parse(text: string): { readonly types: ReadonlyMap<string, string>; readonly samples: readonly Sample[] } {
  expect(text.endsWith('\n')).toBe(true)
  const types = new Map<string, string>()
  const samples: Sample[] = []
  for (const line of text.slice(0, -1).split('\n')) {
    const [, about, metric, rest] = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$/.exec(line) ?? []
    if (about === 'TYPE') types.set(metric!, rest!)
    if (about) continue
    const [, name, inner, value] =
      /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*",?)*)\})? (\S+)$/.exec(
        line
      ) ?? []
    if (!name) throw new Error(`not a line of the format: ${line}`)
    const labels = [...(inner ?? '').matchAll(/([a-zA-Z0-9_]+)="((?:[^"\\]|\\.)*)"/g)].map(
      ([, label, text]) =>
        [label!, text!.replaceAll(/\\(.)/g, (_, sign: string) => (sign === 'n' ? '\n' : sign))] as const
    )
    samples.push({ name, labels: Object.fromEntries(labels), value: value === '+Inf' ? Infinity : Number(value) })
  }
  return { types, samples }
}

const { types, samples } = parse(prometheusText(snapshot()))
const values = (name: string) => samples.filter(sample => sample.name === name)

describe('the text for Prometheus', () => {
  it('says of each metric what it is, once, before its samples', () => {
    const text = prometheusText(snapshot())
    for (const name of types.keys()) {
      expect(text.split(`# TYPE ${name} `).length).toBe(2)
      expect(text.indexOf(`# TYPE ${name} `)).toBeLessThan(text.search(new RegExp(`^${name}(_bucket)?[{ ]`, 'm')))
    }
    expect(types.size).toBe(figuresOf('fanno').length + 3)
    expect(prometheusContentType).toContain('version=0.0.4')
  })
  it('counts records by outcome and by reason', () => {
    const stage = { fanno_stage: 'screen-passage' }
    expect(types.get('fanno_stage_records_total')).toBe('counter')
    expect(values('fanno_stage_records_total')).toEqual([
      { name: 'fanno_stage_records_total', labels: { ...stage, fanno_outcome: 'emitted' }, value: 5 },
      { name: 'fanno_stage_records_total', labels: { ...stage, fanno_outcome: 'rejected' }, value: 3 },
      { name: 'fanno_stage_records_total', labels: { ...stage, fanno_outcome: 'dead-lettered' }, value: 1 }
    ])
    expect(values('fanno_stage_reasons_total').map(({ labels, value }) => [labels.fanno_reason, value])).toEqual([
      ['advertisement', 2],
      ['dull', 1],
      ['stage-defect', 1]
    ])
  })
  it.each([
    ['fanno_stage_in_flight', 4],
    ['fanno_stage_held', 9],
    ['fanno_stage_deferred', 2],
    ['fanno_stage_lag', 70],
    ['fanno_stage_paused', 1],
    ['fanno_models_paused', 0],
    ['fanno_log_away', 0],
    ['fanno_stage_oldest_age_seconds', 12.5],
    ['fanno_stage_input_held_back', 1]
  ])('has the gauge %s', (name, value) => {
    expect(types.get(name)).toBe('gauge')
    expect(values(name).map(sample => sample.value)).toEqual([value])
  })
  it('counts calls, tokens, and commits by result', () => {
    expect(values('fanno_stage_calls_total')[0]!.value).toBe(20)
    expect(values('fanno_stage_tokens_total').map(({ labels, value }) => [labels.gen_ai_token_type, value])).toEqual([
      ['input', 3_000],
      ['output', 40]
    ])
    expect(values('fanno_commits_total').map(({ labels, value }) => [labels.fanno_commit_result, value])).toEqual([
      ['committed', 4],
      ['aborted', 1]
    ])
  })
  it('has histograms whose buckets rise to the count', () => {
    expect(types.get('fanno_commit_duration_seconds')).toBe('histogram')
    const buckets = values('fanno_commit_duration_seconds_bucket')
    expect(buckets.map(({ value }) => value)).toEqual([1, 1, 1, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 4])
    expect(buckets.at(-1)!.labels.le).toBe('+Inf')
    expect(values('fanno_commit_duration_seconds_count')[0]!.value).toBe(4)
    expect(values('fanno_commit_duration_seconds_sum')[0]!.value).toBeCloseTo(400.064)
    expect(values('fanno_answer_duration_seconds_count')[0]!.value).toBe(1)
  })
  it('escapes what stands in labels', () => {
    const reason = 'a "quoted"\\ reason\nof two lines'
    const told = parse(prometheusText(snapshot({ stages: [stageFigures({ reasons: { [reason]: 1 } })] })))
    expect(told.samples.find(({ name }) => name === 'fanno_stage_reasons_total')!.labels.fanno_reason).toBe(reason)
  })
  it('leaves out a lag that is not known, and says nothing of stages where there are none', () => {
    const unknown = parse(prometheusText(snapshot({ stages: [stageFigures({ lag: undefined })] })))
    expect(unknown.types.has('fanno_stage_lag')).toBe(false)
    const empty = parse(prometheusText(snapshot({ stages: [] })))
    expect(empty.samples.map(({ name }) => name)).toEqual(['fanno_log_away', 'fanno_halted', 'fanno_models_paused'])
  })
})

describe('a histogram', () => {
  it('counts a value in the first bucket that it fits, bounds included', () => {
    const histogram = new Histogram([1, 2])
    for (const value of [0, 1, 1.5, 2, 3]) histogram.record(value)
    expect(histogram.counts).toEqual([2, 2, 1])
    expect(histogram.sum).toBe(7.5)
  })
})
