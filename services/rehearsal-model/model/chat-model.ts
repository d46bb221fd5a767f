import { combine, hashText, unit } from '../hash.ts'
import type { ChatRequest, JsonSchema } from './chat-request.ts'
import type { Completion } from './completion.ts'
import { type Weighed, weigh } from './digit-answers.ts'
import { chanceOf, slotsOf, writeInstruction } from './instructions.ts'
import { instructionMishaps, mishapOf, responseMishaps } from './mishaps.ts'
import { type PromptReading, readPrompt } from './prompt-reading.ts'
import { writeResponse } from './responses.ts'
import { fillSchema } from './structured-answer.ts'
import { countTokens, cutTokens } from './tokens.ts'
import { marks, verdict } from './verdicts.ts'

export interface ChatModelSettings {
  readonly seed: number
  /** Share of free texts that go wrong, 0 to 1. */
  readonly mishaps: number
}

/** Writes the completion of a request: a pure function of the request and the settings. */
export function complete(request: ChatRequest, settings: ChatModelSettings): Completion {
  const reading = readPrompt(request)
  // Above temperature 0 the request's seed makes another draw, as with a real model.
  const drawn = request.temperature > 0 ? combine(settings.seed, request.seed) : settings.seed
  const chance = chanceOf(reading, drawn)

  if (typeof request.format === 'object') return structured(request, reading, settings, chance)
  if (request.format === 'json') return finish(JSON.stringify({ answer: freeText(reading, 0, chance).text }), request)
  if (request.choice) return fromChoice(request, reading, settings, chance)
  if (reading.kind === 'yes-no')
    return digit(weigh(yesNoCandidates(verdict(reading, settings.seed)), request, chance), request)
  if (reading.kind === 'grade')
    return digit(weigh(markCandidates(marks(reading, settings.seed)), request, chance), request)
  const { text, cut } = freeText(reading, settings.mishaps, chance)
  const completion = finish(text, request)
  return cut ? cutShort(completion, 'length') : completion
}

const yesNoCandidates = (yes: number): ReadonlyMap<string, number> =>
  new Map([
    ['0', 1 - yes],
    ['1', yes]
  ])

const markCandidates = (probabilities: readonly number[]): ReadonlyMap<string, number> =>
  new Map(probabilities.map((probability, i) => [String(i + 1), probability]))

function digit({ token, distribution }: Weighed, request: ChatRequest): Completion {
  return { ...finish(token, request), firstToken: distribution }
}

function freeText(reading: PromptReading, mishaps: number, chance: number): { text: string; cut?: boolean } {
  const instruction = reading.kind === 'instruction'
  const honest = instruction ? writeInstruction(reading, chance) : writeResponse(reading.subject, chance)
  if (unit(combine(chance, 15)) >= mishaps) return { text: honest }
  const slots = slotsOf(reading.subject, chance)
  return mishapOf(instruction ? instructionMishaps : responseMishaps, slots, honest, chance)
}

function structured(
  request: ChatRequest,
  reading: PromptReading,
  settings: ChatModelSettings,
  chance: number
): Completion {
  const { schema } = request.format as { readonly schema: JsonSchema }
  const value = fillSchema(schema, {
    yes: verdict(reading, settings.seed),
    marks: marks(reading, settings.seed),
    text: reading.kind === 'yes-no' || reading.kind === 'grade' ? '' : freeText(reading, settings.mishaps, chance).text,
    graded: reading.kind === 'grade'
  })
  return finish(JSON.stringify(value), request)
}

function fromChoice(
  request: ChatRequest,
  reading: PromptReading,
  settings: ChatModelSettings,
  chance: number
): Completion {
  const yes = verdict(reading, settings.seed)
  const weights = marks(reading, settings.seed)
  const known = new Map([
    ['1', yes],
    ['0', 1 - yes],
    ['yes', yes],
    ['no', 1 - yes]
  ])
  const probability = (choice: string, place: number): number =>
    reading.kind === 'grade'
      ? (weights[Number(choice) - 1] ?? 0)
      : (known.get(choice.toLowerCase()) ?? unit(combine(chance, place)))
  const candidates = request.choice!.map((choice, place) => [choice, probability(choice, place)] as const)
  const sum = candidates.reduce((total, [, weight]) => total + weight, 0) || 1
  return digit(weigh(new Map(candidates.map(([choice, weight]) => [choice, weight / sum])), request, chance), request)
}

/** Applies `stop` and `max_tokens`. With n tokens of text and the end-of-text token, n + 1 must fit to end with `stop`. */
export function finish(text: string, request: ChatRequest): Completion {
  let end = text.length
  for (const stop of request.stop) {
    const at = text.indexOf(stop)
    if (at >= 0) end = Math.min(end, at)
  }
  const wanted = end < text.length ? text.slice(0, end) : text
  const tokens = countTokens(wanted)
  if (tokens < request.maxTokens) return { text: wanted, finishReason: 'stop', tokens: tokens + 1 }
  return { text: cutTokens(wanted, request.maxTokens), finishReason: 'length', tokens: request.maxTokens }
}

/** The first half of a completion, as of a server that ran out of room or paused. */
export function cutShort(completion: Completion, finishReason: 'length' | 'abort'): Completion {
  const tokens = Math.ceil(completion.tokens / 2)
  return { ...completion, text: cutTokens(completion.text, tokens), finishReason, tokens }
}

/** Identity of a reply, from what was asked: the same request has the same one. */
export const completionId = (request: ChatRequest): string =>
  `chatcmpl-${hashText(request.messages.map(({ content }) => content).join('\n'))
    .toString(16)
    .padStart(8, '0')}`
