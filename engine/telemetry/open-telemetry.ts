import {
  type Attributes,
  type Meter,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace
} from '@opentelemetry/api'
import {
  attributesOf,
  defaultNamespace,
  durationsOf,
  errorType,
  finishReasons,
  messaging,
  model,
  provider,
  tokenBounds
} from './attributes.ts'
import { type Figure, figuresOf } from './figures.ts'
import { secondsBounds } from './histogram.ts'
import type { CallDescription, CallSpan, CommitSpan, RecordSpan, Telemetry, TracedInput } from './port.ts'
import type { Snapshot } from './snapshot.ts'
import type { ToldIds } from './told-ids.ts'
import { formatTraceparent, isSampled, parseTraceparent, type TraceContext } from './traceparent.ts'

export interface OpenTelemetryParts {
  /** `messaging.system`: `kafka`, or a name of its own for another log. */
  readonly system: string
  /** First part of every metric and attribute that no convention names. Default `dataflow`. */
  readonly namespace?: string
  /** Absent where no traces are wanted: trace context then goes through as it came. */
  readonly tracing?: { readonly tracer: Tracer; readonly ids: ToldIds }
  readonly meter?: Meter
  readonly shutdown: () => Promise<void>
}

/** Links of one commit: as many as a span has by default. */
const maxLinks = 128

/** Telemetry as spans and metrics of OpenTelemetry. */
export function openTelemetry(parts: OpenTelemetryParts): Telemetry {
  const { system, namespace = defaultNamespace, tracing, meter, shutdown } = parts
  const attributes = attributesOf(namespace)
  const durations = durationsOf(namespace)
  const seconds = meter && histogram(meter, durations.call, secondsBounds)
  const tokens = meter && histogram(meter, durations.tokens, tokenBounds)
  const commitSeconds = meter && histogram(meter, durations.commit, secondsBounds)
  const observe = meter ? observing(meter, figuresOf(namespace)) : () => {}

  const beginRecord = (stage: string, own: TraceContext, input: TracedInput): Span => {
    if (!tracing) return trace.wrapSpanContext(spanContext(own))
    const { topic, partition, offset, headers } = input
    const incoming = parseTraceparent(headers.traceparent)
    const parent = incoming
      ? trace.setSpanContext(ROOT_CONTEXT, { ...spanContext(incoming), isRemote: true })
      : ROOT_CONTEXT
    const about: Attributes = {
      [messaging.system]: system,
      [messaging.operationName]: 'process',
      [messaging.operationType]: 'process',
      [messaging.topic]: topic,
      [messaging.partition]: String(partition),
      [messaging.offset]: offset,
      [attributes.stage]: stage
    }
    return tracing.ids.during(own, () =>
      tracing.tracer.startSpan(`process ${topic}`, { kind: SpanKind.CONSUMER, attributes: about }, parent)
    )
  }

  const beginCall = (stage: string, call: CallDescription, record: Span): CallSpan => {
    const measured = {
      [model.operation]: call.operation,
      [model.provider]: provider,
      [model.model]: short(call.model),
      [attributes.stage]: stage
    }
    const asked = { [attributes.ask]: call.ask, [attributes.askNumber]: call.number }
    const span = tracing?.tracer.startSpan(
      `${call.operation} ${short(call.model)}`,
      { kind: SpanKind.CLIENT, attributes: { ...measured, ...asked, ...sentWith(call) } },
      trace.setSpan(ROOT_CONTEXT, record)
    )
    const began = performance.now()
    const end = (more: Attributes = {}) => {
      span?.end()
      seconds?.record((performance.now() - began) / 1_000, { ...measured, ...more })
    }
    return {
      traceparent: traceparentOf(span ?? record),
      replied({ promptTokens, completionTokens, finishReason }) {
        span?.setAttributes(repliedWith(promptTokens, completionTokens, finishReason))
        tokens?.record(promptTokens, { ...measured, [model.tokenType]: 'input' })
        if (completionTokens !== undefined)
          tokens?.record(completionTokens, { ...measured, [model.tokenType]: 'output' })
        end()
      },
      failed(kind) {
        span?.setAttribute(errorType, kind).setStatus({ code: SpanStatusCode.ERROR })
        end({ [errorType]: kind })
      }
    }
  }

  return {
    record(stage, traceparent, input): RecordSpan {
      const own = parseTraceparent(traceparent)
      if (!own) throw new TypeError(`a span was begun without ids: ${traceparent}`)
      const span = beginRecord(stage, own, input)
      return {
        traceparent: traceparentOf(span),
        call: call => beginCall(stage, call, span),
        end(outcome, reason, outputs) {
          span.setAttribute(attributes.outcome, outcome)
          if (reason) span.setAttribute(attributes.reason, reason)
          if (outputs > 0) span.setAttribute(attributes.outputs, outputs)
          // A rejection is a judgement, and no error.
          if (outcome === 'dead-lettered')
            span.setAttribute(errorType, reason).setStatus({ code: SpanStatusCode.ERROR })
          span.end()
        }
      }
    },
    commit(stage, { topic, partition }, records): CommitSpan {
      const span = tracing?.tracer.startSpan(
        `commit ${topic}`,
        {
          kind: SpanKind.CLIENT,
          links: linksTo(records),
          attributes: {
            [messaging.system]: system,
            [messaging.operationName]: 'commit',
            [messaging.operationType]: 'settle',
            [messaging.topic]: topic,
            [messaging.partition]: String(partition),
            [messaging.batchRecords]: records.length,
            [attributes.stage]: stage
          }
        },
        ROOT_CONTEXT
      )
      const began = performance.now()
      return {
        end(result) {
          span?.setAttribute(attributes.commitResult, result)
          if (result !== 'committed') span?.setAttribute(errorType, result)
          if (result !== 'committed') span?.setStatus({ code: SpanStatusCode.ERROR })
          span?.end()
          const about = { [attributes.stage]: stage, [attributes.commitResult]: result }
          commitSeconds?.record((performance.now() - began) / 1_000, about)
        }
      }
    },
    observe,
    shutdown
  }
}

type Described = { readonly name: string; readonly unit: string; readonly description: string }

const histogram = (meter: Meter, { name, unit, description }: Described, bounds: readonly number[]) =>
  meter.createHistogram(name, { unit, description, advice: { explicitBucketBoundaries: [...bounds] } })

/** Registers the figures of a snapshot. @returns what takes the next one. */
function observing(meter: Meter, figures: readonly Figure[]): (snapshot: Snapshot) => void {
  let latest: Snapshot | undefined
  for (const { name, kind, unit, description, read } of figures) {
    const about = { description, ...(unit && { unit }) }
    const instrument =
      kind === 'counter' ? meter.createObservableCounter(name, about) : meter.createObservableGauge(name, about)
    instrument.addCallback(result => {
      if (latest) for (const point of read(latest)) result.observe(point.value, { ...point.attributes })
    })
  }
  return snapshot => {
    latest = snapshot
  }
}

const spanContext = ({ traceId, spanId, flags }: TraceContext) => ({ traceId, spanId, traceFlags: flags })

function traceparentOf(span: Span): string {
  const { traceId, spanId, traceFlags } = span.spanContext()
  return formatTraceparent({ traceId, spanId, flags: traceFlags })
}

/** Links to the records that are themselves recorded: a link to any other leads nowhere. */
function linksTo(records: readonly (RecordSpan | undefined)[]): { context: ReturnType<typeof spanContext> }[] {
  const links: { context: ReturnType<typeof spanContext> }[] = []
  for (const record of records) {
    const context = parseTraceparent(record?.traceparent)
    if (context && isSampled(context) && links.push({ context: spanContext(context) }) === maxLinks) break
  }
  return links
}

const sentWith = ({ prompt, sampling }: CallDescription): Attributes => ({
  ...(prompt && { [model.prompt]: short(prompt.id), [model.promptVersion]: prompt.hash }),
  ...(sampling && {
    [model.temperature]: sampling.temperature,
    [model.topP]: sampling.topP,
    [model.maxTokens]: sampling.maxTokens,
    [model.seed]: sampling.seed
  })
})

const repliedWith = (input: number, output: number | undefined, finishReason: string | undefined): Attributes => ({
  [model.inputTokens]: input,
  ...(output !== undefined && { [model.outputTokens]: output }),
  // A server's own word: a reply may say anything there.
  ...(finishReason !== undefined && {
    [model.finishReasons]: [finishReasons.has(finishReason) ? finishReason : 'other']
  })
})

/** Names that a server or a user chose have no length of their own. */
const short = (name: string): string => name.slice(0, 128).toWellFormed()
