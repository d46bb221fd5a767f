import type { Grade, YesNo } from '../../declare/index.ts'
import type { TokenPlace } from '../endpoints/completion.ts'

/**
 * Probabilities of the labels from the first place in a completion that is not white space: the softmax over them. Spellings of one label (" 1", "1", "▁1") add up; a label that is not listed takes the
 * smallest log-probability that is.
 * @returns undefined when no label is listed there.
 */
export function labelProbabilities(places: readonly TokenPlace[], labels: readonly string[]): number[] | undefined {
  const place = places.find(({ token }) => spelled(token) !== '')
  if (!place) return undefined
  const candidates = place.candidates.map(({ token, logprob }) => ({ label: spelled(token), logprob }))
  const listed = candidates.filter(({ label, logprob }) => labels.includes(label) && logprob > masked)
  if (listed.length === 0) return undefined
  // Relative to the likeliest label: far below zero, exponentials of the numbers themselves would all be 0.
  const largest = Math.max(...listed.map(({ logprob }) => logprob))
  const smallest = Math.min(...candidates.map(({ logprob }) => logprob))
  const weights = labels.map(label => {
    const spellings = listed.filter(each => each.label === label).map(({ logprob }) => logprob)
    return (spellings.length > 0 ? spellings : [smallest]).reduce((sum, each) => sum + Math.exp(each - largest), 0)
  })
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const probabilities = weights.map(weight => weight / total)
  return probabilities.every(Number.isFinite) ? probabilities : undefined
}

/** Below it stands a token that a grammar has ruled out (vLLM: -9999), or a logarithm of zero. */
const masked = -9_000

/** SentencePiece writes a space as ▁, byte-level BPE as Ġ, a line end as Ċ or č, a tabulator as ĉ. */
const writtenSpaces = /[▁ĠĊčĉ]/g
/** A byte-fallback token of SentencePiece. */
const byteToken = /^<0x([0-7][\dA-Fa-f])>$/

/** What a token spells, without the space around it, and with full-width digits as plain ones. */
export function spelled(token: string): string {
  const byte = byteToken.exec(token)?.[1]
  const text = byte === undefined ? token.replace(writtenSpaces, ' ') : String.fromCharCode(Number.parseInt(byte, 16))
  return text.normalize('NFKC').trim()
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
