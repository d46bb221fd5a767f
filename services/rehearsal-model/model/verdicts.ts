import { bell, combine, hashText } from '../hash.ts'
import type { PromptReading, Question } from './prompt-reading.ts'
import { featuresOf, type TextFeatures } from './text-features.ts'

/**
 * Log-odds of "1" before chance has its say. Good text lies near ±2.6 with a spread of 1.3, so that each filter turns away
 * a few of a hundred good ones. "1" is the good answer, except for `advertisement`, where it says that it is one.
 */
const logOdds: Readonly<Record<Question, (text: TextFeatures) => number>> = {
  advertisement: text => -3.2 + Math.min(8, (160 * text.adverts) / Math.max(40, text.words)),
  quality: text =>
    2.7 -
    9 * Math.max(0, text.repetition - 0.2) -
    9 * Math.max(0, 0.75 - text.letters) -
    1.2 * text.contacts -
    (text.words < 25 ? 2 : 0) -
    (text.complete ? 0 : 0.4),
  form: text => 3 - (text.sentences > 5 && text.words > 100 ? 6 : 0) - (text.endsAsQuestion ? 0 : 0.3),
  unfamiliar: text => 2.8 - Math.min(4, 0.5 * text.names) - 2 * text.contacts,
  safe: text => 2.7 - 3 * text.unsafe,
  answerable: text => 2.8 - (text.refersElsewhere ? 4 : 0) - (text.words < 4 ? 2 : 0),
  original: text => 2.4 - 4 * text.repetition,
  difficult: text => -0.5 + Math.min(3, text.words / 15)
}

const spread = 1.3

/** Probability in (0, 1) of "1". Smooth in the text's features, and the same for the same prompt and seed. */
export function verdict(reading: PromptReading, seed: number): number {
  const features = featuresOf(reading.subject)
  const chance = bell(combine(combine(seed, features.hash), hashText(reading.words)))
  return 1 / (1 + Math.exp(-(logOdds[reading.question](features) + spread * chance)))
}

/** Probabilities of the marks 1 to 5, in order. About four of five plain answers reach 3.5 on average. */
export function marks(reading: PromptReading, seed: number): readonly number[] {
  const text = featuresOf(reading.subject)
  const chance = bell(combine(combine(seed, text.hash), hashText(reading.words)))
  const overlap = shareOfWords(reading.others.join(' '), reading.subject)
  const centre =
    3.75 +
    Math.min(0.5, text.words / 160) +
    0.5 * overlap -
    (text.complete ? 0 : 0.8) -
    4 * Math.max(0, text.repetition - 0.15) -
    0.3 * text.adverts -
    (text.words < 15 ? 1 : 0) +
    0.65 * chance
  const weights = [1, 2, 3, 4, 5].map(mark => Math.exp(-((mark - centre) ** 2) / 0.5))
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return weights.map(weight => weight / sum)
}

/** Which part of the longer words of `wanted` occur in `text`, 0 to 1. */
function shareOfWords(wanted: string, text: string): number {
  const words = new Set(wanted.toLowerCase().match(/\p{L}{5,}/gu))
  if (words.size === 0) return 0
  const present = new Set(text.toLowerCase().match(/\p{L}{5,}/gu))
  let hits = 0
  for (const word of words) if (present.has(word)) hits += 1
  return hits / words.size
}
