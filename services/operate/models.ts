import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { InferenceError } from '../../engine/inference/errors.ts'
import { createInference, type InferenceService } from '../../engine/inference/inference.ts'
import { asksOf } from '../../engine/runtime/process/pipeline.ts'
import { topology } from '../topology.ts'
import { aliases, type Notices, type PipelineConfiguration } from './configuration.ts'
import { inferenceDefaults } from './inference-options.ts'
import { rehearsalName } from './open.ts'

/** The models that a pipeline uses: given endpoints, or the rehearsal model in a thread. */
export interface Models {
  /** Knows its models. Its prompts are prepared when the secret of the pipeline is known: see `session.ts`. */
  readonly inference: InferenceService
  /** One of them says that its output is for rehearsal. */
  readonly rehearsal: boolean
  /** Name of the pipeline that they work for: rehearsal and real output never share one. */
  readonly pipeline: string
  close(): Promise<void>
}

/**
 * Starts the rehearsal model when no endpoint is configured, and learns which models the endpoints serve. An endpoint
 * that does not answer is waited for.
 * @throws InferenceError `configuration`, or `shutdown` when the signal is aborted.
 */
export async function findModels(
  { pipeline, aliases: targets, rehearsalAliases, prompts }: PipelineConfiguration,
  { notice, warning }: Notices,
  signal: AbortSignal
): Promise<Models> {
  if (!targets)
    notice(
      'No OPENAI_BASE_URL is set: using the rehearsal model. Its pairs show how the pipeline works and are not for training.'
    )
  const own = targets ? undefined : await startInThread()
  let inference: InferenceService | undefined
  const close = async () => {
    try {
      await inference?.close()
    } finally {
      await own?.close()
    }
  }
  try {
    inference = createInference({
      ...inferenceDefaults,
      aliases: targets ?? rehearsalAliases(own!.url),
      promptFiles: prompts,
      notice: warning // Shown even with --quiet: an endpoint does not answer.
    })
    await inference.identify(signal)
  } catch (error) {
    await close()
    throw error
  }
  const { model } = inference
  const rehearsal = own !== undefined || aliases.some(alias => model(alias).rehearsal)
  if (targets && rehearsal) notice('An endpoint reports that it is a rehearsal model. Its pairs are not for training.')
  return { inference, rehearsal, pipeline: rehearsal ? rehearsalName(pipeline) : pipeline, close }
}

/** What is wrong with the prompts, those given in place of the stages' own among them. */
export function promptProblems(prompts: ReadonlyMap<string, string>): readonly string[] {
  const inference = createInference({ ...inferenceDefaults, aliases: {}, promptFiles: prompts, notice: () => {} })
  try {
    inference.prepare(asksOf(topology), '')
    return []
  } catch (error) {
    if (error instanceof InferenceError) return error.message.split('\n')
    throw error
  } finally {
    void inference.close()
  }
}

async function startInThread(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const worker = new Worker(new URL(`./rehearsal-thread${extname(import.meta.url)}`, import.meta.url), {
    workerData: {}
  })
  const url = await new Promise<string>((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', code => reject(new Error(`the rehearsal model stopped during startup with code ${code}`)))
  })
  return { url, close: async () => void (await worker.terminate()) }
}
