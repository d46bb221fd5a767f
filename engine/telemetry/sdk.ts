import { DiagLogLevel, diag, metrics, trace } from '@opentelemetry/api'
import { NodeSDK, resources } from '@opentelemetry/sdk-node'
import { defaultNamespace, defaultScope } from './attributes.ts'
import { openTelemetry } from './open-telemetry.ts'
import type { Telemetry } from './port.ts'
import { ToldIds } from './told-ids.ts'
import type { TelemetryOptions, WantedSignals } from './wanted-signals.ts'

/** For what is left when the process ends, in milliseconds. */
const shutdownMs = 5_000
/** One trouble is spoken of at most that often, in milliseconds. */
const noticeMs = 600_000

/** Where the environment says nothing. The SDK reads its variables itself, and takes these from nowhere else. */
const defaults = {
  // One export with its retries, in milliseconds: the SDK's 10 seconds would outlast a shutdown.
  OTEL_EXPORTER_OTLP_TIMEOUT: '4000',
  // Spans that wait for export. Records end in bursts: the SDK's 2,048 are less than the windows of a few partitions.
  // 16 batches of them go out at once at a shutdown, and an exporter takes 30.
  OTEL_BSP_MAX_QUEUE_SIZE: '8192'
}

/** Starts the SDK as its own variables say: exporters, protocol, headers, sampler, limits, intervals, resource. */
export function startSdk(options: TelemetryOptions, wanted: WantedSignals): Telemetry {
  const { service, system, namespace = defaultNamespace, scope = defaultScope, notice } = options
  for (const [name, value] of Object.entries(defaults)) process.env[name] ??= value
  const troubles = speakOfTroubles(notice)
  const ids = new ToldIds()
  const sdk = new NodeSDK({
    ...(isServiceNamed() ? {} : { serviceName: service }),
    // An empty list is "none"; an absent one is "as the variables say".
    ...(wanted.traces ? {} : { spanProcessors: [] }),
    ...(wanted.metrics ? {} : { metricReaders: [] }),
    logRecordProcessors: [],
    idGenerator: ids,
    // Contexts are handed over by hand: nothing is to be carried along behind our backs.
    textMapPropagator: null,
    ...detectors()
  })
  sdk.start()
  return openTelemetry({
    system,
    namespace,
    ...(wanted.traces ? { tracing: { tracer: trace.getTracer(scope), ids } } : {}),
    ...(wanted.metrics ? { meter: metrics.getMeter(scope) } : {}),
    async shutdown() {
      if (!(await endsWithin(shutdownMs, () => sdk.shutdown()))) troubles.notExported()
      // The SDK leaves itself in place: what starts later in this process would find it there, and closed.
      for (const api of [trace, metrics, diag]) api.disable()
    }
  })
}

const isServiceNamed = (): boolean =>
  Boolean(process.env.OTEL_SERVICE_NAME) ||
  /(?:^|,)\s*service\.name\s*=/.test(process.env.OTEL_RESOURCE_ATTRIBUTES ?? '')

/** Unless the user names detectors: not the process, whose command line and owner are nobody's business. */
function detectors() {
  if (process.env.OTEL_NODE_RESOURCE_DETECTORS) return {}
  const { envDetector, hostDetector, serviceInstanceIdDetector } = resources
  return { resourceDetectors: [serviceInstanceIdDetector, hostDetector, envDetector] }
}

/** What the SDK has to complain of would fill the screen, and may quote what it was given: a line of ours, now and then. */
function speakOfTroubles(notice: (text: string) => void): { readonly notExported: () => void } {
  const seldom = (text: string) => {
    let saidAt = Number.NEGATIVE_INFINITY
    return () => {
      if (performance.now() - saidAt < noticeMs) return
      saidAt = performance.now()
      notice(text)
    }
  }
  const notExported = seldom(
    'telemetry could not be exported; processing continues. Set OTEL_LOG_LEVEL=error to see the cause'
  )
  const dropped = seldom(
    'more spans end than can be exported, and some are lost. OTEL_TRACES_SAMPLER=parentbased_traceidratio with OTEL_TRACES_SAMPLER_ARG=0.1 takes one record in ten'
  )
  // Whoever sets a level wants to read it all.
  if (!process.env.OTEL_LOG_LEVEL) {
    const nothing = () => {}
    const warn = (text: string) => (text.startsWith('Dropped') ? dropped() : undefined)
    const logger = { error: notExported, warn, info: nothing, debug: nothing, verbose: nothing }
    diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true })
  }
  return { notExported }
}

/** Waits for the work, or until the time is over: the process is about to end. False when it failed or took longer. */
async function endsWithin(ms: number, work: () => Promise<void>): Promise<boolean> {
  const { promise: over, resolve } = Promise.withResolvers<false>()
  const timer = setTimeout(resolve, ms, false)
  const worked = work().then(
    () => true,
    () => false
  )
  const ended = await Promise.race([worked, over])
  clearTimeout(timer)
  return ended
}
