import { attributesOf, defaultNamespace, durationsOf } from './attributes.ts'
import { figuresOf } from './figures.ts'
import type { HistogramFigures } from './histogram.ts'
import type { Snapshot, StageFigures } from './snapshot.ts'

/** Of what `prometheusText` returns. */
export const prometheusContentType = 'text/plain; version=0.0.4; charset=utf-8'

/**
 * A snapshot in the text format of Prometheus, version 0.0.4. Names are those that OpenTelemetry's rules make of its
 * own, so that a dashboard serves both ways: dots become underscores, then unit, then `_total`.
 * @param namespace first part of every name, as `startTelemetry` was given it
 */
export function prometheusText(snapshot: Snapshot, namespace: string = defaultNamespace): string {
  const durations = durationsOf(namespace)
  const stageLabel = attributesOf(namespace).stage
  const lines: string[] = []
  for (const { name, kind, unit, description, read } of figuresOf(namespace)) {
    const points = read(snapshot)
    if (points.length === 0) continue
    const metric = plain(name) + (unit === 's' ? '_seconds' : '') + (kind === 'counter' ? '_total' : '')
    lines.push(...head(metric, description, kind))
    for (const { value, attributes } of points) lines.push(`${metric}${labels(attributes)} ${number(value)}`)
  }
  lines.push(...histogram(durations.commit, stageLabel, snapshot, stage => stage.commitSeconds))
  lines.push(...histogram(durations.takeOver, stageLabel, snapshot, stage => stage.takeOverSeconds))
  lines.push(...histogram(durations.answer, stageLabel, snapshot, stage => stage.answerSeconds))
  return `${lines.join('\n')}\n`
}

const head = (metric: string, description: string, type: string): string[] => [
  `# HELP ${metric} ${description.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`,
  `# TYPE ${metric} ${type}`
]

function histogram(
  { name, description }: { readonly name: string; readonly description: string },
  stageLabel: string,
  { stages }: Snapshot,
  of: (stage: StageFigures) => HistogramFigures
): string[] {
  if (stages.length === 0) return []
  const metric = `${plain(name)}_seconds`
  const lines = head(metric, description, 'histogram')
  for (const figures of stages) {
    const stage = { [stageLabel]: figures.stage }
    const { bounds, counts, sum } = of(figures)
    let below = 0
    counts.forEach((count, index) => {
      below += count
      const le = index < bounds.length ? number(bounds[index]!) : '+Inf'
      lines.push(`${metric}_bucket${labels({ ...stage, le })} ${below}`)
    })
    lines.push(`${metric}_sum${labels(stage)} ${number(sum)}`, `${metric}_count${labels(stage)} ${below}`)
  }
  return lines
}

const plain = (name: string): string => name.replaceAll(/[^a-zA-Z0-9_]/g, '_')

function labels(pairs: Readonly<Record<string, string>>): string {
  const all = Object.entries(pairs).map(([name, value]) => `${plain(name)}="${escaped(value)}"`)
  return all.length > 0 ? `{${all.join(',')}}` : ''
}

const escaped = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"').toWellFormed()

/** Not-a-number and the infinities are spelled their way. */
const number = (value: number): string =>
  value === Number.POSITIVE_INFINITY ? '+Inf' : value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value)
