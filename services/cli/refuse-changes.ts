import type { AnyStage } from '../../engine/declare/index.ts'
import type { Inference } from '../../engine/inference/port.ts'
import { configurationOf } from '../../engine/runtime/ground/configuration.ts'
import { refuseChanges } from '../../engine/runtime/process/configuration-change.ts'
import { topology } from '../topology.ts'
import type { OpenPipeline } from './open-log.ts'
import type { Configuration } from './settings/configuration.ts'

/**
 * Compares the configuration with the one the pipeline last ran with, before anything is written or asked.
 * @throws ConfigurationChanged naming every difference, unless it is accepted and can be.
 */
export async function refuseOtherConfiguration(
  open: OpenPipeline,
  {
    configuration,
    inference,
    acceptChange: accept,
    stages = topology.stages
  }: {
    readonly configuration: Configuration
    readonly inference: Inference
    readonly acceptChange: boolean
    readonly stages?: readonly AnyStage[]
  }
): Promise<void> {
  const configurations = new Map(
    stages.map(stage => [stage, configurationOf(stage, configuration.settings.get(stage.name), inference)])
  )
  await refuseChanges({ ...open, configurations, accept })
}
