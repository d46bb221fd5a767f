import type { Grade, YesNo } from '../declare/index.ts'
import type { TokenPlace } from './completion.ts'

/**
 * Probabilities of the labels from the first place in a completion that is not white space: the softmax over them
 * (FANNO, pre-screening). Spellings of one label (" 1", "1") add up; a label that is not listed takes the smallest
 * log-probability that is.
 * @returns undefined when no label is listed there.
 */
export function labelProbabilities(places: readonly TokenPlace[], labels: readonly string[]): number[] | undefined {
  const place = places.find(({ token }) => token.trim() !== '')
  if (!place) return undefined
  const smallest = Math.min(...place.candidates.map(({ logprob }) => logprob))
  const weights = labels.map(label =>
    place.candidates
      .filter(({ token }) => token.trim() === label)
      .reduce((sum, { logprob }) => sum + Math.exp(logprob), 0)
  )
  if (weights.every(weight => weight === 0)) return undefined
  const filled = weights.map(weight => (weight === 0 ? Math.exp(smallest) : weight))
  const total = filled.reduce((sum, weight) => sum + weight, 0)
  return filled.map(weight => weight / total)
}

export const yesNoLabels = ['0', '1'] as const
export const gradeLabels = ['1', '2', '3', '4', '5'] as const

export const yesNoOf = (probabilities: readonly number[], evidence: YesNo['evidence']): YesNo => ({
  probability: probabilities[1]!,
  evidence
})

export const gradeOf = (probabilities: readonly number[], evidence: Grade['evidence']): Grade => ({
  expectation: probabilities.reduce((sum, probability, index) => sum + probability * (index + 1), 0),
  probabilities,
  evidence
})

/** The schema of a structured answer with one of these labels. */
export const labelSchema = (labels: readonly string[]) => ({
  name: 'answer',
  schema: {
    type: 'object',
    properties: { answer: { type: 'integer', enum: labels.map(Number) } },
    required: ['answer'],
    additionalProperties: false
  }
})

/** The label in a structured answer, or in a bare one; undefined when there is none, or more than one. */
export function labelIn(text: string, labels: readonly string[]): number | undefined {
  const said = withoutThoughts(text)
  const found = new Set((said.match(/-?\d+(?:\.\d+)?/g) ?? []).map(Number))
  const [only] = found
  const index = found.size === 1 ? labels.indexOf(String(only)) : -1
  return index < 0 ? undefined : index
}

/** Some chat templates begin the thought themselves, so that only its end is seen; a limit may cut it off, too. */
const withoutThoughts = (text: string): string => text.replace(/^[\s\S]*<\/think>/, '').replace(/<think>[\s\S]*$/, '')

export const oneHot = (index: number, length: number): number[] =>
  Array.from({ length }, (_, place) => (place === index ? 1 : 0))
