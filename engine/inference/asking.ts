import { hashOf, type PromptAsk, type PromptWords, type Text } from '../declare/index.ts'
import type { CallDescription } from '../telemetry/port.ts'
import type { Completion } from './endpoints/completion.ts'
import { InferenceError, UnusableAnswer } from './errors.ts'
import type { ChatRequest, Model } from './models/model.ts'
import { quantise } from './models/quantise.ts'
import {
  gradeLabels,
  gradeOf,
  labelIn,
  labelProbabilities,
  labelSchema,
  oneHot,
  yesNoLabels,
  yesNoOf
} from './models/scoring.ts'
import type { Answered, AskContext, Call } from './port.ts'
import type { ControlTokens } from './prompts/control-tokens.ts'
import type { LoadedPrompt } from './prompts/prompt-file.ts'
import { type Rendered, renderPrompt } from './prompts/render.ts'

/** Where a question comes from, and what the headers that say so are called. */
export type AskedFor = AskContext & { readonly headerPrefix: string }

/** How a question is put: the last is the last resort. */
type Manner = 'log-probabilities' | 'structured' | 'bare'

/** Counts every reply that was paid for, usable or not. */
export type Tally = (stage: string, promptTokens: number, completionTokens: number) => void

const evidenceCharacters = 500
const embeddingAsks = 2
/** The longest tokens of vocabularies are runs of white space or of one sign, of about that many characters. */
const charactersPerToken = 128
/** Servers that do not keep to a limit of few tokens are common, and harmless. */
const leastTokens = 512

/** More text than the tokens that were asked for can spell: whatever sent it does not keep to the request, and nothing more is done with it. */
const isBeyond = (text: string, maxTokens: number): boolean =>
  text.length > Math.max(maxTokens, leastTokens) * charactersPerToken

export async function askPrompt(
  ask: PromptAsk<unknown>,
  variables: unknown,
  context: AskedFor,
  means: { readonly model: Model; readonly prompt: LoadedPrompt; readonly secret: string; readonly tally: Tally }
): Promise<Answered> {
  const { model, prompt, secret, tally } = means
  const { messages, words } = await renderFor(model, context.signal, controlTokens =>
    renderPrompt(prompt, variables, secret, controlTokens)
  )
  const manners = ask.kind === 'text' ? (['bare', 'bare'] as const) : await mannersFor(model, context.signal)
  let spent = { promptTokens: 0, completionTokens: 0 }
  let last = ''
  const callAfter = (asks: number): Call => ({
    ask: context.ask,
    model: model.name,
    promptId: prompt.id,
    promptHash: prompt.hash,
    temperature: prompt.temperature,
    topP: prompt.topP,
    maxTokens: prompt.maxTokens,
    ...spent,
    asks
  })
  for (const [index, manner] of manners.entries()) {
    const request: ChatRequest = {
      messages,
      temperature: prompt.temperature,
      topP: prompt.topP,
      maxTokens: manner === 'structured' ? Math.max(prompt.maxTokens, 64) : prompt.maxTokens,
      // Another seed for each ask: the same one would give the same answer.
      seed: seedOf(context, index + 1),
      logprobs: manner === 'log-probabilities',
      schema: manner === 'structured' ? labelSchema(labelsOf(ask)) : undefined
    }
    try {
      const completion = await call(context, chatOf(request, model, prompt), index + 1, headers =>
        model.chat(request, { headers, signal: context.signal })
      )
      const { promptTokens, completionTokens } = completion
      tally(context.stage, promptTokens, completionTokens)
      spent = {
        promptTokens: spent.promptTokens + promptTokens,
        completionTokens: spent.completionTokens + completionTokens
      }
      last = completion.text
      if (isBeyond(completion.text, request.maxTokens)) {
        last = `${last.length} characters, where at most ${request.maxTokens} tokens were asked for: ${last.slice(0, evidenceCharacters)}`
        continue
      }
      const answer = answerOf(ask, completion, manner, words)
      if (answer !== undefined) return { answer, calls: [callAfter(index + 1)] }
    } catch (error) {
      if (!(error instanceof InferenceError) || error.kind !== 'semantic') throw error
      last = error.evidence || error.message
    }
  }
  const what = ask.kind === 'text' ? 'the completion is empty' : `no ${labelsOf(ask).join(' or ')} in the answer`
  throw new UnusableAnswer(what, last.slice(0, evidenceCharacters), [callAfter(manners.length)])
}

async function mannersFor(model: Model, signal: AbortSignal): Promise<readonly Manner[]> {
  const { logprobs, structured } = await model.capabilities(signal)
  if (logprobs > 0) return ['log-probabilities', 'log-probabilities', structured ? 'structured' : 'bare']
  return structured ? ['structured', 'structured'] : ['bare', 'bare']
}

/**
 * The prompt, and once more when it holds what looks like a control token and was never met: what stands in the whole
 * counts, since two variables side by side could make one.
 */
async function renderFor(
  model: Model,
  signal: AbortSignal,
  render: (controlTokens: ControlTokens) => Rendered
): Promise<Rendered> {
  const learnt = await model.controlTokens(signal)
  const unsettled = new Set<string>()
  const rendered = render({
    has: token => {
      if (!learnt.settled(token)) unsettled.add(token)
      return learnt.has(token)
    }
  })
  if (unsettled.size === 0) return rendered
  await learnt.learn(unsettled, signal)
  return render(learnt)
}

const labelsOf = (ask: PromptAsk<unknown>): readonly string[] => (ask.kind === 'grade' ? gradeLabels : yesNoLabels)

function answerOf(ask: PromptAsk<unknown>, completion: Completion, manner: Manner, promptWords: PromptWords): unknown {
  if (ask.kind === 'text') {
    const { text, finishReason } = completion
    return text.trim() === '' ? undefined : ({ text, finishReason, promptWords } satisfies Text)
  }
  const labels = labelsOf(ask)
  const score = ask.kind === 'grade' ? gradeOf : yesNoOf
  if (manner === 'log-probabilities') {
    const probabilities = labelProbabilities(completion.places, labels)
    return probabilities && score(probabilities, 'log-probabilities')
  }
  const index = labelIn(completion.text, labels)
  return index === undefined ? undefined : score(oneHot(index, labels.length), 'structured-answer')
}

const seedOf = ({ stage, record, ask }: AskContext, number: number): number =>
  Number.parseInt(hashOf(stage, record, ask, number).slice(0, 7), 16)

type Described = Omit<CallDescription, 'ask' | 'number'>
interface Reply {
  readonly promptTokens: number
  readonly completionTokens?: number
  readonly finishReason?: string
}

/** Makes a call within a span of its own, and says in its headers where it comes from. */
async function call<T extends Reply>(
  context: AskedFor,
  described: Described,
  number: number,
  send: (headers: Record<string, string>) => Promise<T>
): Promise<T> {
  const span = context.span?.call({ ...described, ask: context.ask, number })
  try {
    const reply = await send({
      [`${context.headerPrefix}stage`]: context.stage,
      [`${context.headerPrefix}record`]: context.record,
      [`${context.headerPrefix}prompt`]: described.prompt?.id ?? '',
      [`${context.headerPrefix}ask`]: String(number),
      traceparent: span?.traceparent ?? context.traceparent
    })
    span?.replied(reply)
    return reply
  } catch (error) {
    span?.failed(error instanceof InferenceError ? error.kind : '_OTHER')
    throw error
  }
}

const chatOf = (request: ChatRequest, model: Model, { id, hash }: LoadedPrompt): Described => ({
  operation: 'chat',
  model: model.name,
  prompt: { id, hash },
  sampling: request
})

export async function askEmbedding(
  variables: { readonly text: string },
  context: AskedFor,
  { model, tally }: { readonly model: Model; readonly tally: Tally }
): Promise<Answered> {
  let promptTokens = 0
  const callAfter = (asks: number): Call => ({
    ask: context.ask,
    model: model.name,
    promptId: '',
    promptHash: '',
    temperature: 0,
    topP: 1,
    maxTokens: 0,
    promptTokens,
    completionTokens: 0,
    asks
  })
  let last = ''
  for (let asks = 1; asks <= embeddingAsks; asks++) {
    try {
      const embedded = await call(context, { operation: 'embeddings', model: model.name }, asks, headers =>
        model.embed(variables.text, { headers, signal: context.signal })
      )
      tally(context.stage, embedded.promptTokens, 0)
      promptTokens += embedded.promptTokens
      return { answer: quantise(embedded.vector, model.name), calls: [callAfter(asks)] }
    } catch (error) {
      const unusable = error instanceof RangeError || (error instanceof InferenceError && error.kind === 'semantic')
      if (!unusable) throw error
      last = error.message
    }
  }
  throw new UnusableAnswer(last, variables.text.slice(0, 200), [callAfter(embeddingAsks)])
}
