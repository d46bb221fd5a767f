import type { Notices, PipelineConfiguration } from './configuration.ts'
import { backendOf, rehearsalName } from './open.ts'

/**
 * The pipeline that documents go to: the one of that name that exists, of a rehearsal or not; when there is none or both,
 * the models decide. They are asked last, so that documents can be taken in while they are down.
 */
export async function pipelineToFeed(
  configuration: PipelineConfiguration,
  notices: Notices,
  signal: AbortSignal
): Promise<string> {
  const { pipeline, log } = configuration
  if (!configuration.aliases) return rehearsalName(pipeline)
  const there = (await (await backendOf(log)).pipelines()).filter(
    name => name === pipeline || name === rehearsalName(pipeline)
  )
  if (there.length === 1 && there[0] === pipeline) return pipeline
  const { findModels } = await import('./models.ts')
  const models = await findModels(configuration, notices, signal)
  await models.close()
  return models.pipeline
}
