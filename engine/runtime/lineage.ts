import { hashOf } from '../declare/index.ts'

const traceparentPattern = /^00-([0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})$/

/**
 * The trace context (W3C) of one stage's work on one record. The trace id is the one the record brought along, else made
 * from its root; the span id is made from stage and record, so that a record processed again has the same span.
 */
export function spanOf(incoming: string | undefined, rootId: string, stage: string, recordId: string): string {
  const [, traceId, flags] = traceparentPattern.exec(incoming ?? '') ?? []
  const span = hashOf('span', stage, recordId).slice(0, 16)
  return `00-${traceId ?? hashOf('trace', rootId)}-${span}-${flags ?? '01'}`
}
