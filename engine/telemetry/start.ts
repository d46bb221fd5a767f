import { noTelemetry, type Telemetry } from './port.ts'

export interface TelemetryOptions {
  /** Where nothing else names the service: `fanno-<stage>`, or `fanno` for several stages. */
  readonly service: string
  /** `messaging.system` of the log: `kafka`, or `embedded`. */
  readonly system: string
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

/**
 * Telemetry as the environment wants it; nothing of OpenTelemetry is loaded where it wants none. Where it cannot begin,
 * the work goes on without it.
 */
export async function startTelemetry(options: TelemetryOptions): Promise<Telemetry> {
  const wanted = wantedSignals(process.env)
  if (!wanted.traces && !wanted.metrics) return noTelemetry
  // Where a port is asked for (OTEL_METRICS_EXPORTER=prometheus), nobody else may read it unless that is asked for too.
  process.env.OTEL_EXPORTER_PROMETHEUS_HOST ??= '127.0.0.1'
  try {
    const { startSdk } = await import('./sdk.ts')
    return startSdk(options, wanted)
  } catch (error) {
    // The message may hold the endpoint with its password.
    const name = error instanceof Error ? error.name : 'error'
    options.notice(`telemetry is off: the OTEL_* variables cannot be used (${name}); OTEL_LOG_LEVEL=debug tells more`)
    return noTelemetry
  }
}
