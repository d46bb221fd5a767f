import type { Call } from '../../inference/port.ts'
import type { Lineage, Step } from '../../schemas/types.ts'
import type { StageContext } from '../ground/stage-context.ts'
import { traceparentOf } from './spans.ts'
import type { Input } from './verdict.ts'

/** The lineage of what comes of an input: its own, and one step more. */
export function lineageOf(
  { stage, configuration }: Pick<StageContext, 'stage' | 'configuration'>,
  input: Input,
  calls: readonly Call[]
): Lineage {
  const before = input.value?.lineage as Lineage | undefined
  const rootId = before?.rootId || input.id || ''
  const step: Step = {
    stage: stage.name,
    configuration: configuration.hash,
    recordId: input.id ?? '',
    topic: input.record.topic,
    partition: input.record.partition,
    offset: input.record.offset,
    calls
  }
  return {
    rootId,
    parentId: input.id ?? '',
    traceparent: traceparentOf(stage.name, input),
    steps: [...(before?.steps ?? []), step]
  }
}
