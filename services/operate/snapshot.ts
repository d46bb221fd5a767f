import type { Inference } from '../../engine/inference/port.ts'
import type { Pipeline, StageProgress } from '../../engine/runtime/process/pipeline.ts'
import type { Snapshot } from '../../engine/telemetry/snapshot.ts'

/** The figures of this moment, as they are exported. */
export const snapshotOf = (
  pipeline: Pipeline,
  stages: readonly StageProgress[],
  inference: Inference,
  halt?: string
): Snapshot => ({
  stages: stages.map(progress => ({
    ...progress,
    ...pipeline.measures(progress.stage),
    usage: inference.usage(progress.stage)
  })),
  modelsPaused: inference.paused() !== undefined,
  logAway: pipeline.waits() !== undefined,
  halt
})
