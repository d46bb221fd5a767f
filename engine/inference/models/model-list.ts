import { z } from 'zod'
import type { Endpoint } from '../endpoints/endpoint.ts'
import { InferenceError } from '../errors.ts'
import { askedAgain } from './asked-again.ts'
import { embeddingDimension } from './capabilities.ts'

/** A model as an endpoint lists it. */
export interface ListedModel {
  readonly id: string
  /** The server says of itself that its output is for rehearsal. */
  readonly rehearsal: boolean
  /** In tokens; undefined where the server does not say (vLLM: max_model_len, llama-server: meta.n_ctx). */
  readonly contextTokens: number | undefined
}

/** What is no number of tokens says nothing. */
const contextTokens = z.int().min(1).nullish().catch(null)

const reply = z.object({
  data: z.array(
    z.looseObject({
      id: z.string(),
      max_model_len: contextTokens,
      meta: z.object({ n_ctx: contextTokens }).nullish().catch(null)
    })
  )
})

const noList = (place: string): InferenceError =>
  new InferenceError('configuration', `${place}/models returned no list of models.`, {
    remedy: 'Check the base URL: it usually ends in /v1.'
  })

/** @throws InferenceError: `configuration` when the endpoint lists no models, else why it could not be asked. */
async function listModels(
  endpoint: Endpoint,
  { deadlineMs, rehearsalField }: WantedModel
): Promise<readonly ListedModel[]> {
  const { data } = await askedAgain(async () => {
    const body = reply.safeParse(await endpoint.models(deadlineMs))
    if (!body.success) throw new InferenceError('semantic', `${endpoint.place}/models is no list`)
    return body.data
  }).catch((error: unknown) => {
    // A web page where the list should be: a wrong address, and no outage.
    const isNoList = error instanceof InferenceError && (error.kind === 'semantic' || /^\s*</.test(error.evidence))
    throw isNoList ? noList(endpoint.place) : error
  })
  return data.map(model => ({
    id: model.id,
    rehearsal: rehearsalField !== undefined && model[rehearsalField] === true,
    contextTokens: model.max_model_len ?? model.meta?.n_ctx ?? undefined
  }))
}

/** Models listed by a server that may be tried as embedders. */
const mostTried = 20

const looksLikeEmbedder = (id: string): boolean => /embed|bge-|e5-|gte-|minilm|bert/i.test(id)

export interface WantedModel {
  readonly alias: string
  readonly embeds: boolean
  /** As the user named it. */
  readonly model: string | undefined
  readonly deadlineMs: number
  /** Of the headers that say where a request comes from. */
  readonly headerPrefix: string
  /** Field of a listed model that is true where its output is for rehearsal. */
  readonly rehearsalField: string | undefined
}

/**
 * The model of an alias: the one the user named, else the first that fits by its name; for an embedder where no name
 * fits, the first that gives embeddings.
 * @throws InferenceError `configuration` when a named one is not listed, or none fits.
 */
export async function findModel(endpoint: Endpoint, wanted: WantedModel, signal: AbortSignal): Promise<ListedModel> {
  const listed = await listModels(endpoint, wanted)
  const { place, remedies } = endpoint
  const names = listed.map(({ id }) => id).join(', ') || 'none'
  const setting = remedies.modelSetting(wanted.alias)
  if (wanted.model !== undefined) {
    const found = listed.find(({ id }) => id === wanted.model)
    if (found) return found
    throw new InferenceError('configuration', `${place} has no model ${wanted.model}. It lists: ${names}.`, {
      remedy: `Set ${setting} to one of them.`
    })
  }
  const fitting = listed.find(({ id }) => looksLikeEmbedder(id) === wanted.embeds)
  if (fitting) return fitting
  if (listed.length === 0)
    throw new InferenceError('configuration', `${place} lists no model.`, { remedy: `Load one, or set ${setting}.` })
  // A server with a single model may well give embeddings under the name of its chat model.
  if (wanted.embeds) return await firstThatEmbeds(endpoint, listed, wanted, signal)
  return listed[0]!
}

async function firstThatEmbeds(
  endpoint: Endpoint,
  listed: readonly ListedModel[],
  { deadlineMs, headerPrefix }: WantedModel,
  signal: AbortSignal
): Promise<ListedModel> {
  let refusal: unknown
  for (const model of listed.slice(0, mostTried)) {
    try {
      await embeddingDimension(
        endpoint,
        model.id,
        {},
        { headers: { [`${headerPrefix}stage`]: 'preflight' }, deadlineMs, signal }
      )
      return model
    } catch (error) {
      if (!(error instanceof InferenceError) || error.kind !== 'configuration') throw error
      refusal ??= error
    }
  }
  throw refusal
}
