import { z } from 'zod'
import type { Endpoint } from './endpoint.ts'
import { InferenceError } from './errors.ts'

/** A model as an endpoint lists it. */
export interface ListedModel {
  readonly id: string
  /** The server says of itself that its output is for rehearsal. */
  readonly rehearsal: boolean
  /** In tokens; undefined where the server does not say (vLLM: max_model_len, llama-server: meta.n_ctx). */
  readonly contextTokens: number | undefined
}

const reply = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      fanno_rehearsal: z.boolean().nullish(),
      max_model_len: z.number().nullish(),
      meta: z.object({ n_ctx: z.number().nullish() }).nullish()
    })
  )
})

/** @throws InferenceError: `configuration` when the endpoint lists no models, else why it could not be asked. */
export async function listModels(endpoint: Endpoint, deadlineMs: number): Promise<readonly ListedModel[]> {
  const body = reply.safeParse(await endpoint.models(deadlineMs))
  if (!body.success)
    throw new InferenceError('configuration', `${endpoint.place}/models gives no list of models.`, {
      remedy: 'Check the base URL: it usually ends in /v1.'
    })
  return body.data.data.map(model => ({
    id: model.id,
    rehearsal: model.fanno_rehearsal === true,
    contextTokens: model.max_model_len ?? model.meta?.n_ctx ?? undefined
  }))
}

const looksLikeEmbedder = (id: string): boolean => /embed|bge-|e5-|gte-|minilm|bert/i.test(id)

/**
 * The model of an alias: the one the user named, else the first that fits by its name.
 * @throws InferenceError `configuration` when a named one is not listed, or none fits.
 */
export function chooseModel(
  listed: readonly ListedModel[],
  wanted: {
    readonly alias: string
    readonly embeds: boolean
    readonly model: string | undefined
    readonly place: string
  }
): ListedModel {
  const names = listed.map(({ id }) => id).join(', ') || 'none'
  const variable = `FANNO_${wanted.alias.toUpperCase()}_MODEL`
  if (wanted.model !== undefined) {
    const found = listed.find(({ id }) => id === wanted.model)
    if (found) return found
    throw new InferenceError('configuration', `${wanted.place} has no model ${wanted.model}. It lists: ${names}.`, {
      remedy: `Set ${variable} to one of them.`
    })
  }
  const fitting = listed.find(({ id }) => looksLikeEmbedder(id) === wanted.embeds)
  // A server with a single model may well give embeddings under the name of its chat model.
  const model = fitting ?? listed[0]
  if (model) return model
  throw new InferenceError('configuration', `${wanted.place} lists no model.`, {
    remedy: `Load one, or set ${variable}.`
  })
}
