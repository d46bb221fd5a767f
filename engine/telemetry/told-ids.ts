import { tracing } from '@opentelemetry/sdk-node'
import type { TraceContext } from './traceparent.ts'

/**
 * Ids for new spans: those told for the next one, else random ones. A record's span has ids made from the record, and a
 * tracer takes ids from its generator alone; it takes them while it begins a span, before anything else can happen.
 */
export class ToldIds implements tracing.IdGenerator {
  readonly #random = new tracing.RandomIdGenerator()
  #told: Pick<TraceContext, 'traceId' | 'spanId'> | undefined

  /** Begins a span under these ids. The trace id matters only where the span has no parent. */
  during<T>(ids: Pick<TraceContext, 'traceId' | 'spanId'>, begin: () => T): T {
    this.#told = ids
    try {
      return begin()
    } finally {
      this.#told = undefined
    }
  }

  generateTraceId(): string {
    return this.#told?.traceId ?? this.#random.generateTraceId()
  }

  generateSpanId(): string {
    return this.#told?.spanId ?? this.#random.generateSpanId()
  }
}
