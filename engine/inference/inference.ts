import { availableParallelism } from 'node:os'
import { basename } from 'node:path'
import { type AnyAsk, hashOf, type PromptAsk } from '../declare/index.ts'
import { askEmbedding, askPrompt } from './asking.ts'
import { createBudget } from './budget.ts'
import { createEndpoint, placeOf } from './endpoints/endpoint.ts'
import { createPool, type EndpointPool } from './endpoints/endpoint-pool.ts'
import { defaultRemedies, type Remedies } from './endpoints/remedies.ts'
import { defaultTiming, type PoolTiming } from './endpoints/replica.ts'
import { InferenceError } from './errors.ts'
import { lexicalEmbedder, type Model, remoteModel } from './models/model.ts'
import { findModel, type ListedModel } from './models/model-list.ts'
import { createOffload } from './offload/offload.ts'
import type { Answered, Inference, ModelIdentity, Usage } from './port.ts'
import { type LoadedPrompt, loadPrompt } from './prompts/prompt-file.ts'

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
      /** It is asked for embeddings, not for text: decides which of the listed models fits. Default false. */
      readonly embeds?: boolean
    }
  | {
      readonly builtin: 'lexical'
      /** Name under which its vectors are on record. Default `lexical-v1`. */
      readonly model?: string
    }

export interface InferenceOptions {
  readonly aliases: Readonly<Record<string, AliasOptions>>
  /** Files in place of a stage's own, by prompt id. */
  readonly promptFiles: ReadonlyMap<string, string>
  /** Of the headers of each request that say where it comes from: `<prefix>stage`, `record`, `prompt`, `ask`. Default `x-dataflow-`. */
  readonly headerPrefix?: string
  /** Field of a model in `/models` that is true where its output is for rehearsal. By default none is. */
  readonly rehearsalField?: string
  /** What a user can do about a setting that is wrong, in the words of whoever asks for it. */
  readonly remedies?: Partial<Remedies>
  /** Something a person should read: waiting, resuming, falling back. */
  readonly notice: (text: string) => void
  /** For work in threads; by default one a core. */
  readonly workerThreads?: number
  readonly timing?: Partial<PoolTiming>
}

export interface InferenceService extends Inference {
  /**
   * Learns which model stands behind each alias, waiting while its endpoint does not answer, and what it can do where
   * asks were prepared before: else that is learnt before the first record.
   * @throws InferenceError `configuration`, or `shutdown` when the signal is aborted.
   */
  identify(signal?: AbortSignal): Promise<void>
  /**
   * Loads and checks the prompts of these asks.
   * @param secret of the pipeline, known to no author of a document: makes the delimiters around foreign text unguessable.
   * @throws InferenceError `configuration` naming every bad one.
   */
  prepare(asks: readonly AnyAsk[], secret: string): void
}

type RemoteAlias = Exclude<AliasOptions, { builtin: string }>

interface Alias {
  readonly options: AliasOptions
  readonly budget: string
  readonly pool: EndpointPool | undefined
  model: Model | undefined
  listed: ListedModel | undefined
}

/** Records beyond those in a thread: second tries wait apart, and the threads must not stand still for them. */
const waitingForThreads = 8

export function createInference(options: InferenceOptions): InferenceService {
  const { headerPrefix = 'x-dataflow-', rehearsalField } = options
  const remedies = { ...defaultRemedies, ...options.remedies }
  const timing = { ...defaultTiming, ...options.timing }
  const notice = withoutEchoes(options.notice, timing.noticeMs / 2)
  const threads = options.workerThreads ?? availableParallelism()
  const pools = new Map<string, EndpointPool>()
  const limits = new Map<string, number>([['cpu', threads + waitingForThreads]])
  const aliases = new Map<string, Alias>(
    Object.entries(options.aliases).map(([name, alias]) => {
      if ('builtin' in alias) {
        // Computed on this thread: it needs no endpoint, and gains nothing from being asked side by side.
        limits.set(name, 64)
        return [
          name,
          { options: alias, budget: name, pool: undefined, model: lexicalEmbedder(alias.model), listed: undefined }
        ]
      }
      const budget = budgetOf(alias, remedies)
      limits.set(budget, Math.max(limits.get(budget) ?? 0, alias.maxInFlight))
      const pool = pools.get(budget) ?? poolOf(alias, budget)
      pools.set(budget, pool)
      return [name, { options: alias, budget, pool, model: undefined, listed: undefined }]
    })
  )
  function poolOf({ baseUrls, apiKey }: RemoteAlias, budget: string): EndpointPool {
    const sharing = Object.values(options.aliases).map(alias =>
      'baseUrls' in alias && budgetOf(alias, remedies) === budget ? alias.maxInFlight : 0
    )
    const connections = Math.max(...sharing)
    const endpoints = baseUrls.map(baseUrl =>
      createEndpoint({ baseUrl, apiKey, connections: connections + connectionsForProbes, remedies })
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
  let secret = ''
  const prompts = new Map<unknown, LoadedPrompt>()
  const prepared = new Set<AnyAsk>()
  const offload = createOffload(threads)
  const budget = createBudget(limits, name => (name === 'cpu' ? name : aliasOf(name).budget))
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

  /** What fails for every record is found before the first one. */
  const preflight = async (ask: AnyAsk, signal: AbortSignal): Promise<void> => {
    if (ask.kind === 'offload') return
    const model = modelOf(ask.model)
    if (ask.kind === 'embedding') return void (await model.dimension(signal))
    await model.capabilities(signal)
    await model.controlTokens(signal)
    refuseLongAnswers(model, promptOf(ask))
  }

  return {
    async identify(signal = new AbortController().signal) {
      for (const [name, alias] of aliases) {
        if (alias.model || !alias.pool || 'builtin' in alias.options) continue
        const { model } = alias.options
        const wanted = {
          alias: name,
          embeds: alias.options.embeds ?? false,
          model,
          deadlineMs: timing.probeDeadlineMs,
          headerPrefix,
          rehearsalField
        }
        alias.listed = await alias.pool.run(endpoint => findModel(endpoint, wanted, signal), signal)
        alias.model = remoteModel({
          name: alias.listed.id,
          pool: alias.pool,
          extraBody: alias.options.extraBody ?? {},
          deadlineMs: alias.options.deadlineMs,
          probeDeadlineMs: timing.probeDeadlineMs,
          contextTokens: alias.listed.contextTokens,
          notice,
          headerPrefix
        })
      }
      await Promise.all([...prepared].map(ask => preflight(ask, signal)))
    },
    prepare(asks, pipelineSecret) {
      secret = pipelineSecret
      const problems: string[] = []
      const found = new Set<string>()
      for (const ask of asks) {
        prepared.add(ask)
        if (!('prompt' in ask)) continue
        try {
          const own = loadPrompt(ask.prompt.file, ask)
          found.add(own.id)
          const override = options.promptFiles.get(own.id)
          const prompt = override === undefined ? own : loadPrompt(override, ask)
          if (prompt.id !== own.id)
            throw new InferenceError(
              'configuration',
              `The prompt file ${override} has the id ${prompt.id}; it stands in for ${own.id}.`
            )
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
      const asked = { ...context, headerPrefix }
      if (ask.kind === 'embedding') return askEmbedding(variables as { text: string }, asked, { model, tally })
      return askPrompt(ask, variables, asked, { model, prompt: promptOf(ask), secret, tally })
    },
    describe(ask) {
      if (ask.kind === 'offload') return { module: basename(ask.module.pathname) }
      const { options: alias } = aliasOf(ask.model)
      const extraBody = 'extraBody' in alias && alias.extraBody ? canonical(alias.extraBody) : ''
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

/** A probe must not queue behind the very requests that hang. */
const connectionsForProbes = 2

/**
 * Aliases for the same model at the same endpoints, with the same key, are one budget and one pool. Two models are two,
 * even at one server: that one answers says nothing about the other.
 */
const budgetOf = ({ baseUrls, model, embeds, apiKey }: RemoteAlias, remedies: Remedies): string =>
  hashOf(
    ...baseUrls.map(baseUrl => placeOf(baseUrl, remedies)),
    model ?? (embeds ? 'embeddings' : 'chat'),
    apiKey ?? ''
  )

/** The same words once in that time: an outage concerns all aliases of a server at once. */
function withoutEchoes(notice: (text: string) => void, withinMs: number): (text: string) => void {
  const saidAt = new Map<string, number>()
  return text => {
    const now = performance.now()
    if (now - (saidAt.get(text) ?? Number.NEGATIVE_INFINITY) < withinMs) return
    saidAt.set(text, now)
    notice(text)
  }
}

/** JSON with every object's keys in order: equal settings are equal texts. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner
  )

/** A server refuses a completion longer than its context, whatever the record. */
function refuseLongAnswers({ name, contextTokens }: Model, { id, file, maxTokens }: LoadedPrompt): void {
  if (contextTokens === undefined || maxTokens < contextTokens) return
  throw new InferenceError(
    'configuration',
    `The prompt ${id} allows completions of ${maxTokens} tokens; ${name} takes ${contextTokens} for prompt and completion together.`,
    { remedy: `Set a smaller max_tokens in ${file}, or serve the model with a longer context.` }
  )
}
