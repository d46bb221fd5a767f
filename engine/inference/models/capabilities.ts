import { completionOf, vectorOf } from '../endpoints/completion.ts'
import type { Endpoint, EndpointRequest } from '../endpoints/endpoint.ts'
import { InferenceError } from '../errors.ts'
import { askedAgain } from './asked-again.ts'
import { labelIn, labelSchema, yesNoLabels } from './scoring.ts'

/** What the preflight found that a model at its server can do. Judged by replies: servers ignore fields with status 200. */
export interface ChatCapabilities {
  /** The chat template takes a system role. */
  readonly system: boolean
  /** How many alternatives a token's log-probabilities list; 0 where there are none. */
  readonly logprobs: number
  readonly structured: boolean
}

const system = { role: 'system', content: 'Answer with a single digit.' }
const user = { role: 'user', content: 'Is two more than one? Answer 1 for yes, 0 for no.' }
const folded = { role: 'user', content: `${system.content}\n\n${user.content}` }

export async function chatCapabilities(
  endpoint: Endpoint,
  model: string,
  extraBody: object,
  request: EndpointRequest
): Promise<ChatCapabilities> {
  const ask = async (messages: readonly object[], more: object) =>
    completionOf(
      await endpoint.post(
        '/chat/completions',
        { ...extraBody, model, messages, temperature: 0, max_tokens: 4, ...more },
        request
      ),
      endpoint.place
    )
  const takesSystem = await accepts(() => ask([system, user], {}))
  const messages = takesSystem ? [system, user] : [folded]
  if (!takesSystem)
    await orConfiguration(() => ask(messages, {}), `${model} at ${endpoint.place} answers no chat request`)
  let logprobs = 0
  for (const wanted of [20, 5]) {
    let listed = 0
    const accepted = await accepts(async () => {
      const { places } = await ask(messages, { logprobs: true, top_logprobs: wanted })
      listed = places[0]?.candidates.length ?? 0
    })
    // A list of one is the sampled token alone: nothing to compare it with.
    if (accepted && listed > 1) logprobs = wanted
    if (accepted) break
  }
  const structured = await accepts(async () => {
    const response_format = { type: 'json_schema', json_schema: { ...labelSchema(yesNoLabels), strict: true } }
    const { text } = await ask(messages, { response_format, max_tokens: 64 })
    const parsed = JSON.parse(text) as { answer?: unknown }
    if (labelIn(String(parsed.answer), yesNoLabels) === undefined)
      throw new InferenceError('semantic', 'not to the schema')
  })
  return { system: takesSystem, logprobs, structured }
}

/** Dimension of the vectors. @throws InferenceError `configuration` naming the two ways out. */
export async function embeddingDimension(
  endpoint: Endpoint,
  model: string,
  extraBody: object,
  request: EndpointRequest
): Promise<number> {
  return orConfiguration(
    async () => {
      const body = { ...extraBody, model, input: ['two words'], encoding_format: 'float' }
      return vectorOf(await endpoint.post('/embeddings', body, request), endpoint.place).vector.length
    },
    `${model} at ${endpoint.place} gives no embeddings`,
    endpoint.remedies.embeddings
  )
}

/** False when the server refuses the request itself. Outages and wrong keys are no answer to the question: they pass on. */
async function accepts(attempt: () => Promise<unknown>): Promise<boolean> {
  try {
    await askedAgain(attempt)
    return true
  } catch (error) {
    if (error instanceof SyntaxError) return false
    if (!(error instanceof InferenceError)) throw error
    // Some servers answer 500 where they mean "cannot": with a status, it is an answer.
    const refused = error.kind === 'record-terminal' || error.kind === 'semantic'
    if (refused || (error.kind === 'server-dead' && error.status === 500)) return false
    throw error
  }
}

/** What fails for a request of ours would fail for every record: it is configuration. */
async function orConfiguration<T>(attempt: () => Promise<T>, what: string, remedy = ''): Promise<T> {
  try {
    return await askedAgain(attempt)
  } catch (error) {
    const isOurs =
      error instanceof InferenceError &&
      (error.kind === 'record-terminal' ||
        error.kind === 'semantic' ||
        (error.kind === 'configuration' && error.status === 404) ||
        (error.kind === 'server-dead' && (error.status === 500 || error.status === 501)))
    if (!isOurs) throw error
    throw new InferenceError('configuration', `${what}: ${error.message}`, {
      cause: error,
      remedy,
      evidence: error.evidence,
      ...(error.status !== undefined && { status: error.status })
    })
  }
}
