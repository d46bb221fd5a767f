import { Worker } from 'node:worker_threads'
import { InferenceError } from '../../engine/inference/errors.ts'
import { createInference, type InferenceService } from '../../engine/inference/inference.ts'
import { asksOf } from '../../engine/runtime/process/pipeline.ts'
import { requestNames } from '../topics.ts'
import { topology } from '../topology.ts'
import type { Display } from './display/progress.ts'
import { rehearsalName } from './open-log.ts'
import { CommandError, exitCodes } from './program/exit-codes.ts'
import type { AliasTarget, Configuration } from './settings/configuration.ts'
import { type Alias, aliases } from './settings/variables.ts'

/** The models that a command uses: given endpoints, or the rehearsal model in a thread. */
export interface Models {
  readonly targets: Readonly<Record<Alias, AliasTarget>>
  /** One of them says of itself that its output is for rehearsal. */
  readonly rehearsal: boolean
  /** Name of the pipeline that they work for: rehearsal and real output never share one. */
  readonly pipeline: string
  close(): Promise<void>
}

/** Starts the rehearsal model where no endpoint is configured; learns what the endpoints are. */
export async function findModels(
  configuration: Configuration,
  { notice, warning }: Pick<Display, 'notice' | 'warning'>,
  signal: AbortSignal
): Promise<Models> {
  const { pipeline } = configuration
  if (!configuration.aliases) {
    notice(
      'No OPENAI_BASE_URL is set: the rehearsal model answers. Its pairs show how everything works; they are not for training.'
    )
    const { url, close } = await startInThread()
    return { targets: configuration.rehearsalAliases(url), rehearsal: true, pipeline: rehearsalName(pipeline), close }
  }
  const probe = createInference({
    ...requestNames,
    aliases: configuration.aliases,
    promptFiles: new Map(),
    secret: '',
    notice: warning
  })
  try {
    await probe.identify(signal)
    const rehearsal = aliases.some(alias => probe.model(alias).rehearsal)
    if (rehearsal) notice('An endpoint says that it is a rehearsal model: its pairs are not for training.')
    return {
      targets: configuration.aliases,
      rehearsal,
      pipeline: rehearsal ? rehearsalName(pipeline) : pipeline,
      close: async () => {}
    }
  } finally {
    await probe.close()
  }
}

/**
 * Inference for a pipeline: models known, prompts loaded. What the models can do is asked by the next `identify`, since
 * that takes calls, and there may be nothing to do.
 */
export async function connect(
  configuration: Configuration,
  targets: Models['targets'],
  secret: string,
  { warning }: Pick<Display, 'warning'>,
  signal: AbortSignal
): Promise<InferenceService> {
  const notice = warning // An endpoint that does not answer is told even where quiet was asked for.
  const inference = createInference({
    ...requestNames,
    aliases: targets,
    promptFiles: configuration.prompts,
    secret,
    notice
  })
  try {
    await inference.identify(signal)
    inference.prepare(asksOf(topology))
    return inference
  } catch (error) {
    await inference.close()
    throw error
  }
}

/** What is wrong with the prompts, those given in place of the stages' own among them. */
export function promptProblems(prompts: ReadonlyMap<string, string>): readonly string[] {
  const inference = createInference({
    ...requestNames,
    aliases: {},
    promptFiles: prompts,
    secret: '',
    notice: () => {}
  })
  try {
    inference.prepare(asksOf(topology))
    return []
  } catch (error) {
    if (error instanceof InferenceError) return error.message.split('\n')
    throw error
  } finally {
    void inference.close()
  }
}

async function startInThread(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const worker = new Worker(new URL('./rehearsal-thread.ts', import.meta.url), { workerData: {} })
  const url = await new Promise<string>((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', () =>
      reject(new CommandError(exitCodes.internal, 'The rehearsal model ended before it began.'))
    )
  })
  return { url, close: async () => void (await worker.terminate()) }
}
