import { hashOf } from '../../declare/index.ts'
import type { Lineage } from '../../schemas/types.ts'
import type { RecordSpan } from '../../telemetry/port.ts'
import { formatTraceparent, parseTraceparent } from '../../telemetry/traceparent.ts'
import type { StageContext } from '../ground/stage-context.ts'
import { inputOf, traceparentHeader } from './headers.ts'
import type { Input } from './verdict.ts'

/** The input with the span of its processing begun. A deferred record that is read again begins it again. */
export function traced({ telemetry, stage }: Pick<StageContext, 'telemetry' | 'stage'>, input: Input): Input {
  const span = telemetry.record(stage.name, traceparentOf(stage.name, input), input.record)
  return { ...input, span }
}

/** The trace context of what comes of an input: that of its span, or of the span it would have. */
export const traceparentOf = (stage: string, input: Input): string =>
  input.span?.traceparent ?? spanOf(input.record.headers[traceparentHeader], rootOf(input), stage, identityOf(input))

const rootOf = ({ value, id, record }: Input): string =>
  (value?.lineage as Lineage | undefined)?.rootId || (id ?? inputOf(record))

/** Copies of one record, and records that cannot be read, are told apart by where they stood. */
const identityOf = ({ id, isCopy, record }: Input): string => (id === undefined || isCopy ? inputOf(record) : id)

/** Makes a commit within a span that links to the records it settles, and measures it. */
export async function tracedCommit(
  {
    telemetry,
    stage,
    input: topic,
    clock,
    counters
  }: Pick<StageContext, 'telemetry' | 'stage' | 'input' | 'clock' | 'counters'>,
  partition: number,
  batch: readonly { readonly span?: RecordSpan | undefined }[],
  commit: () => Promise<'committed' | 'lost'>
): Promise<'committed' | 'lost'> {
  const records = batch.map(settlement => settlement.span)
  const span = telemetry.commit(stage.name, { topic, partition }, records)
  const began = clock.now()
  let ended: 'committed' | 'lost' | 'halted' = 'halted'
  try {
    ended = await commit()
    if (ended === 'committed') counters.committed(clock.now() - began)
    return ended
  } finally {
    span.end(ended)
  }
}

/**
 * The trace context (W3C) of one stage's work on one record. The trace id is the one the record brought along, else made
 * from its root; the span id is made from stage and record, so that a record processed again has the same span.
 */
export function spanOf(incoming: string | undefined, rootId: string, stage: string, recordId: string): string {
  const { traceId, flags } = parseTraceparent(incoming) ?? { traceId: hashOf('trace', rootId), flags: 1 }
  return formatTraceparent({ traceId, spanId: hashOf('span', stage, recordId).slice(0, 16), flags })
}
