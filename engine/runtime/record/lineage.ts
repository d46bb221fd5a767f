import { hashOf } from '../../declare/index.ts'
import { formatTraceparent, parseTraceparent } from '../../telemetry/traceparent.ts'

/**
 * The trace context (W3C) of one stage's work on one record. The trace id is the one the record brought along, else made
 * from its root; the span id is made from stage and record, so that a record processed again has the same span.
 */
export function spanOf(incoming: string | undefined, rootId: string, stage: string, recordId: string): string {
  const { traceId, flags } = parseTraceparent(incoming) ?? { traceId: hashOf('trace', rootId), flags: 1 }
  return formatTraceparent({ traceId, spanId: hashOf('span', stage, recordId).slice(0, 16), flags })
}
