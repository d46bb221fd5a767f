import { noTelemetry, type Telemetry } from './port.ts'
import { type TelemetryOptions, wantedSignals } from './wanted-signals.ts'

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
    options.notice(
      `telemetry is off: the OTEL_* variables are not valid (${name}). Set OTEL_LOG_LEVEL=debug for details`
    )
    return noTelemetry
  }
}
