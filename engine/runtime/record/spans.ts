import type { Lineage } from '../../../schemas/types.ts'
import type { StageContext } from '../ground/stage-context.ts'
import { headerNames, inputOf } from './headers.ts'
import { spanOf } from './lineage.ts'
import type { Input, Settlement } from './settlement.ts'

/** The input with the span of its processing begun. A deferred record that is read again begins it again. */
export function traced(context: StageContext, input: Input): Input {
  const span = context.telemetry.record(context.stage.name, traceparentOf(context, input), input.record)
  return { ...input, span }
}

/** The trace context of what comes of an input: that of its span, or of the span it would have. */
export const traceparentOf = (context: StageContext, input: Input): string =>
  input.span?.traceparent ??
  spanOf(input.record.headers[headerNames.traceparent], rootOf(input), context.stage.name, identityOf(input))

const rootOf = ({ value, id, record }: Input): string =>
  (value?.lineage as Lineage | undefined)?.rootId || (id ?? inputOf(record))

/** Copies of one record, and records that cannot be read, are told apart by where they stood. */
const identityOf = ({ id, isCopy, record }: Input): string => (id === undefined || isCopy ? inputOf(record) : id)

/** Makes a commit within a span that links to the records it settles, and measures it. */
export async function tracedCommit(
  { telemetry, stage, input: topic, clock, counters }: StageContext,
  partition: number,
  batch: readonly Settlement[],
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
