export interface TelemetryOptions {
  /** `service.name` where neither OTEL_SERVICE_NAME nor OTEL_RESOURCE_ATTRIBUTES gives one. */
  readonly service: string
  /** `messaging.system` of the log: `kafka`, or `embedded`. */
  readonly system: string
  /** First part of every metric and attribute that no convention names: `acme` gives `acme.stage.records`. Default `dataflow`. */
  readonly namespace?: string
  /** Name of the instrumentation scope of spans and metrics. Default `inference-dataflow`. */
  readonly scope?: string
  /** Something a person should read, in one line. */
  readonly notice: (text: string) => void
}

export interface WantedSignals {
  readonly traces: boolean
  readonly metrics: boolean
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * What the `OTEL_*` variables ask for. A signal is exported if its exporter is named, or an endpoint that takes it: the
 * SDK's own default, a collector on this machine, would be a guess.
 */
export function wantedSignals(environment: Environment): WantedSignals {
  const value = (name: string) => environment[name]?.trim() ?? ''
  const isWanted = (signal: 'TRACES' | 'METRICS') => {
    const exporter = value(`OTEL_${signal}_EXPORTER`)
    if (exporter !== '') return exporter !== 'none'
    return value('OTEL_EXPORTER_OTLP_ENDPOINT') !== '' || value(`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`) !== ''
  }
  if (value('OTEL_SDK_DISABLED').toLowerCase() === 'true') return { traces: false, metrics: false }
  return { traces: isWanted('TRACES'), metrics: isWanted('METRICS') }
}
