import type { Attributes } from '@opentelemetry/api'
import { metrics, tracing } from '@opentelemetry/sdk-node'
import { openTelemetry } from '../../engine/telemetry/open-telemetry.ts'
import type { Telemetry } from '../../engine/telemetry/port.ts'
import { ToldIds } from '../../engine/telemetry/told-ids.ts'
import { formatTraceparent } from '../../engine/telemetry/traceparent.ts'

export type Exported = tracing.ReadableSpan

/** Telemetry that exports to this process. */
export interface TelemetryInMemory {
  readonly telemetry: Telemetry
  /** Spans that have ended, in that order. */
  spans(): readonly Exported[]
  /** One span by the beginning of its name. @throws Error when there is none, or several. */
  span(name: string): Exported
  /** Points of one metric as they are now. */
  points(metric: string): Promise<readonly { readonly value: unknown; readonly attributes: Attributes }[]>
  /** All that would leave the process, as text. */
  everything(): Promise<string>
}

export function telemetryInMemory(sampler: tracing.Sampler = new tracing.AlwaysOnSampler()): TelemetryInMemory {
  const ids = new ToldIds()
  const spans = new tracing.InMemorySpanExporter()
  const tracers = new tracing.BasicTracerProvider({
    idGenerator: ids,
    sampler: new tracing.ParentBasedSampler({ root: sampler }),
    spanProcessors: [new tracing.SimpleSpanProcessor(spans)]
  })
  const collected = new metrics.InMemoryMetricExporter(metrics.AggregationTemporality.CUMULATIVE)
  const reader = new metrics.PeriodicExportingMetricReader({ exporter: collected, exportIntervalMillis: 2 ** 30 })
  const meters = new metrics.MeterProvider({ readers: [reader] })
  const collect = async () => {
    collected.reset()
    await reader.forceFlush()
    return collected.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(scope => scope.metrics))
  }
  const span = (name: string) => {
    const found = spans.getFinishedSpans().filter(each => each.name.startsWith(name))
    if (found.length !== 1) throw new Error(`${found.length} spans are named ${name}`)
    return found[0]!
  }
  return {
    telemetry: openTelemetry({
      system: 'test',
      namespace: 'fanno',
      tracing: { tracer: tracers.getTracer('test'), ids },
      meter: meters.getMeter('test'),
      shutdown: async () => {}
    }),
    spans: () => spans.getFinishedSpans(),
    span,
    points: async name => (await collect()).find(({ descriptor }) => descriptor.name === name)?.dataPoints ?? [],
    async everything() {
      const told = spans
        .getFinishedSpans()
        .map(each => [each.name, each.attributes, each.events, each.links, each.status, each.resource.attributes])
      return JSON.stringify([told, await collect()])
    }
  }
}

/** The `traceparent` that names a span. */
export function traceparentOf(span: Exported): string {
  const { traceId, spanId, traceFlags } = span.spanContext()
  return formatTraceparent({ traceId, spanId, flags: traceFlags })
}

/** `traceparent` of a span's parent, flags aside; undefined for a root. */
export const parentOf = ({ parentSpanContext: parent }: Exported): string | undefined =>
  parent && `00-${parent.traceId}-${parent.spanId}`
