import { availableParallelism } from 'node:os'
import { basename } from 'node:path'
import type { AnyAsk, PromptAsk } from '../declare/index.ts'
import { askEmbedding, askPrompt } from './asking.ts'
import { Budget } from './budget.ts'
import { createEndpoint } from './endpoint.ts'
import { createPool, defaultTiming, type EndpointPool, type PoolTiming } from './endpoint-pool.ts'
import { InferenceError } from './errors.ts'
import { lexicalEmbedder, type Model, remoteModel } from './model.ts'
import { chooseModel, type ListedModel, listModels } from './model-list.ts'
import { createOffload } from './offload.ts'
import type { Answered, Inference, ModelIdentity, Usage } from './port.ts'
import { type LoadedPrompt, loadPrompt } from './prompt-file.ts'

/** One alias as the user configured it. */
export type AliasOptions =
  | {
      /** Replicas of one model. */
      readonly baseUrls: readonly string[]
      readonly apiKey?: string
      /** By default the first fitting one that the endpoint lists. */
      readonly model?: string
      readonly maxInFlight: number
      /** Further fields of every request body, e.g. `chat_template_kwargs`. They shape content. */
      readonly extraBody?: Readonly<Record<string, unknown>>
      readonly deadlineMs: number
    }
  | { readonly builtin: 'lexical' }

export interface InferenceOptions {
  readonly aliases: Readonly<Record<string, AliasOptions>>
  /** Files in place of a stage's own, by prompt id. */
  readonly promptFiles: ReadonlyMap<string, string>
  /** Of the pipeline: makes the delimiters around foreign text unguessable. */
  readonly secret: string
  /** Something a person should read: waiting, resuming, falling back. */
  readonly notice: (text: string) => void
  /** For work in threads; by default one a core. */
  readonly workerThreads?: number
  readonly timing?: PoolTiming
}

export interface InferenceService extends Inference {
  /**
   * Learns which model stands behind each alias, waiting while its endpoint does not answer.
   * @throws InferenceError `configuration`.
   */
  identify(signal?: AbortSignal): Promise<void>
  /** Loads and checks the prompts of these asks. @throws InferenceError `configuration` naming every bad one. */
  prepare(asks: readonly AnyAsk[]): void
}

interface Alias {
  readonly options: AliasOptions
  readonly budget: string
  readonly pool: EndpointPool | undefined
  model: Model | undefined
  listed: ListedModel | undefined
}

export function createInference(options: InferenceOptions): InferenceService {
  const { notice, secret } = options
  const timing = options.timing ?? defaultTiming
  const threads = options.workerThreads ?? availableParallelism()
  const pools = new Map<string, EndpointPool>()
  const limits = new Map<string, number>([['cpu', threads]])
  const aliases = new Map<string, Alias>(
    Object.entries(options.aliases).map(([name, alias]) => {
      if ('builtin' in alias) {
        // Computed on this thread: it needs no endpoint, and gains nothing from being asked side by side.
        limits.set(name, 64)
        return [name, { options: alias, budget: name, pool: undefined, model: lexicalEmbedder, listed: undefined }]
      }
      const budget = [...alias.baseUrls, alias.model ?? '', alias.apiKey ? 'key' : ''].join(' ')
      limits.set(budget, Math.max(limits.get(budget) ?? 0, alias.maxInFlight))
      const pool = pools.get(budget) ?? poolOf(alias)
      pools.set(budget, pool)
      return [name, { options: alias, budget, pool, model: undefined, listed: undefined }]
    })
  )
  function poolOf(alias: Exclude<AliasOptions, { builtin: string }>): EndpointPool {
    const endpoints = alias.baseUrls.map(baseUrl =>
      createEndpoint({ baseUrl, apiKey: alias.apiKey, connections: alias.maxInFlight })
    )
    return createPool(endpoints, notice, timing)
  }
  const aliasOf = (name: string): Alias => {
    const alias = aliases.get(name)
    if (alias) return alias
    throw new InferenceError('configuration', `There is no model for the alias ${name}.`)
  }
  const modelOf = (name: string): Model => {
    const { model } = aliasOf(name)
    if (model) return model
    throw new Error(`the alias ${name} was not identified`)
  }
  const prompts = new Map<unknown, LoadedPrompt>()
  const offload = createOffload(threads)
  const budget = new Budget(limits, name => (name === 'cpu' ? name : aliasOf(name).budget))
  const usage = new Map<string, { calls: number; promptTokens: number; completionTokens: number }>()
  const tally = (stage: string, promptTokens: number, completionTokens: number) => {
    const spent = usage.get(stage) ?? { calls: 0, promptTokens: 0, completionTokens: 0 }
    usage.set(stage, spent)
    spent.calls++
    spent.promptTokens += promptTokens
    spent.completionTokens += completionTokens
  }
  const promptOf = (ask: PromptAsk<unknown>): LoadedPrompt => {
    const prompt = prompts.get(ask.prompt)
    if (prompt) return prompt
    throw new Error(`the prompt ${ask.prompt.file.pathname} was not prepared`)
  }

  return {
    async identify(signal = new AbortController().signal) {
      for (const [name, alias] of aliases) {
        if (alias.model || !alias.pool || 'builtin' in alias.options) continue
        const { model } = alias.options
        const listed = await alias.pool.run(endpoint => listModels(endpoint, timing.probeDeadlineMs), signal)
        const { place } = alias.pool.endpoints[0]!
        alias.listed = chooseModel(listed, { alias: name, embeds: name === 'embedder', model, place })
        alias.model = remoteModel({
          name: alias.listed.id,
          pool: alias.pool,
          extraBody: alias.options.extraBody ?? {},
          deadlineMs: alias.options.deadlineMs,
          notice
        })
      }
    },
    prepare(asks) {
      const problems: string[] = []
      const found = new Set<string>()
      for (const ask of asks) {
        if (!('prompt' in ask)) continue
        try {
          const own = loadPrompt(ask.prompt.file, ask)
          const override = options.promptFiles.get(own.id)
          const prompt = override === undefined ? own : loadPrompt(override, ask)
          if (prompt.id !== own.id)
            throw new InferenceError(
              'configuration',
              `The prompt file ${override} has the id ${prompt.id}; it stands in for ${own.id}.`
            )
          found.add(own.id)
          prompts.set(ask.prompt, prompt)
        } catch (error) {
          if (!(error instanceof InferenceError)) throw error
          problems.push(error.message)
        }
      }
      for (const id of options.promptFiles.keys())
        if (!found.has(id)) problems.push(`There is no prompt ${id}. There are: ${[...found].join(', ')}.`)
      if (problems.length > 0) throw new InferenceError('configuration', problems.join('\n'))
    },
    admit: (demand, priority, signal) => budget.admit(demand, priority, signal),
    async answer(ask, variables, context): Promise<Answered> {
      if (ask.kind === 'offload') return { answer: await offload.run(ask, variables, context.signal), calls: [] }
      const model = modelOf(ask.model)
      if (ask.kind === 'embedding') return askEmbedding(variables as { text: string }, context, { model, tally })
      return askPrompt(ask, variables, context, { model, prompt: promptOf(ask), secret, tally })
    },
    describe(ask) {
      if (ask.kind === 'offload') return { module: basename(ask.module.pathname) }
      const { options: alias } = aliasOf(ask.model)
      const extraBody = 'extraBody' in alias && alias.extraBody ? JSON.stringify(alias.extraBody) : ''
      const model = { model: modelOf(ask.model).name, extraBody }
      if (ask.kind === 'embedding') return model
      const { id: promptId, hash: promptHash, temperature, topP, maxTokens } = promptOf(ask)
      return { ...model, promptId, promptHash, temperature, topP, maxTokens }
    },
    model: (alias): ModelIdentity => ({
      alias,
      model: modelOf(alias).name,
      rehearsal: aliasOf(alias).listed?.rehearsal ?? false
    }),
    usage: (stage): Usage => usage.get(stage) ?? { calls: 0, promptTokens: 0, completionTokens: 0 },
    paused: () => [...pools.values()].map(pool => pool.paused()).find(why => why !== undefined),
    async close() {
      await Promise.all([offload.close(), ...[...pools.values()].map(pool => pool.close())])
    }
  }
}
