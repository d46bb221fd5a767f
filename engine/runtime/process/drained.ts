import { type AnyTopic, downstreamOf, type Topology, topicName } from '../../declare/index.ts'
import type { LogDriver } from '../../log/port.ts'
import { lagOf } from '../commit/lag.ts'
import { groupOf } from '../ground/stage-context.ts'

/**
 * Whether everything that had entered `from` when this was called has settled, in all stages behind it, with nothing
 * deferred in between. Walks in dataflow order: the end of a topic is read after its writers were found settled, so that
 * nothing can slip through. Needs offsets alone, and so works across processes.
 */
export async function drainedFrom(
  driver: LogDriver,
  topology: Topology,
  pipeline: string,
  from: AnyTopic
): Promise<boolean> {
  for (const stage of downstreamOf(topology, from)) {
    const { drained } = await lagOf(driver, groupOf(pipeline, stage), topicName(pipeline, stage.reads))
    if (!drained) return false
  }
  return true
}
