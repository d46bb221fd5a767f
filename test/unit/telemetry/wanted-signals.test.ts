import { describe, expect, it } from 'vitest'
import { noTelemetry } from '../../../engine/telemetry/port.ts'
import { startTelemetry } from '../../../engine/telemetry/start.ts'
import { wantedSignals } from '../../../engine/telemetry/wanted-signals.ts'

const endpoint = 'http://127.0.0.1:4318'
const none = { traces: false, metrics: false }
const both = { traces: true, metrics: true }

describe('telemetry is exported', () => {
  it.each([
    ['nothing', {}, none],
    ['an empty endpoint', { OTEL_EXPORTER_OTLP_ENDPOINT: ' ' }, none],
    ['an endpoint for all', { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }, both],
    ['an endpoint for traces', { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: endpoint }, { traces: true, metrics: false }],
    ['an endpoint for metrics', { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: endpoint }, { traces: false, metrics: true }],
    ['an exporter for traces', { OTEL_TRACES_EXPORTER: 'console' }, { traces: true, metrics: false }],
    ['an exporter for metrics', { OTEL_METRICS_EXPORTER: 'otlp' }, { traces: false, metrics: true }],
    [
      'no traces, in spite of an endpoint',
      { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_TRACES_EXPORTER: 'none' },
      { traces: false, metrics: true }
    ],
    ['a disabled SDK', { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_SDK_DISABLED: 'True' }, none],
    ['an SDK that is not disabled', { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_SDK_DISABLED: 'false' }, both]
  ])('as the variables say: %s', (_, environment, wanted) => {
    expect(wantedSignals(environment)).toEqual(wanted)
  })
  it('by nobody where no variable asks for it', async () => {
    const told: string[] = []
    const telemetry = await startTelemetry({ service: 'fanno', system: 'embedded', notice: text => told.push(text) })
    expect(telemetry).toBe(noTelemetry)
    expect(told).toEqual([])
  })
})

describe('telemetry that is off', () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00'
  const input = { topic: 'a', partition: 0, offset: 0, headers: {} }

  it('hands on the trace context as it came', () => {
    const record = noTelemetry.record('a-stage', traceparent, input)
    expect(record.traceparent).toBe(traceparent)
    expect(record.call({ operation: 'chat', model: 'm', ask: 'a', number: 1 }).traceparent).toBe(traceparent)
  })
  it('takes whatever it is told, and ends', async () => {
    const record = noTelemetry.record('a-stage', traceparent, input)
    record.call({ operation: 'chat', model: 'm', ask: 'a', number: 1 }).failed('timeout')
    record.end('rejected', 'dull', 0)
    noTelemetry.commit('a-stage', input, [record, undefined]).end('lost')
    noTelemetry.observe({ stages: [], modelsPaused: false, logAway: false, halt: undefined })
    await expect(noTelemetry.shutdown()).resolves.toBeUndefined()
  })
})
