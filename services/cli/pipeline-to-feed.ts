import { placeOfLog, rehearsalName } from './open-log.ts'
import type { Configuration } from './settings/configuration.ts'

/**
 * The pipeline that documents go to: the one there is under that name, of a rehearsal or not; where there is none or
 * both, as the models say. Asking them is the last resort, so that documents can be taken in while they are down.
 */
export async function pipelineToFeed(
  configuration: Configuration,
  notice: (text: string) => void,
  signal: AbortSignal
): Promise<string> {
  const { pipeline, log } = configuration
  if (!configuration.aliases) return rehearsalName(pipeline)
  const there = (await (await placeOfLog(log)).pipelines()).filter(
    name => name === pipeline || name === rehearsalName(pipeline)
  )
  if (there.length === 1 && there[0] === pipeline) return pipeline
  const { findModels } = await import('./models.ts')
  const models = await findModels(configuration, { notice, warning: notice }, signal)
  await models.close()
  return models.pipeline
}
