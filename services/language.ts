import { eld } from 'eld/extrasmall'
import { z } from 'zod'

/** A setting of all stages that write or judge instructions; one value for all of them. */
export const languages = z
  .array(z.string().regex(/^[a-z]{2}$/))
  .min(1)
  .default(['en'])
  .meta({
    description:
      'Languages of instructions, as ISO 639-1 codes. The language of the passage is used if listed, otherwise the first.',
    shared: true
  })

const englishNames = new Intl.DisplayNames('en', { type: 'language' })

/** The language to ask for, by its English name: the passage's own where it is allowed, else the first that is. */
export const instructionLanguage = (ofPassage: string, allowed: readonly string[]): string => {
  const code = allowed.includes(ofPassage) ? ofPassage : allowed[0]!
  return englishNames.of(code) ?? code
}

/** Enough to tell a language by, in characters; more costs time and changes nothing. */
const looked = 1_000

/** Language -> score, by falling score. About 60 languages, as ISO 639-1 codes; empty where no language can be told. */
const scoresOf = (text: string): Readonly<Record<string, number>> =>
  eld.detect(text.slice(0, looked).toWellFormed()).getScores()

/**
 * Whether a text may be in one of the languages. Few words leave much doubt ("Define entropy." scores higher as Italian
 * than as English): a language counts when it comes close to the best score, closer the longer the text. A text with
 * no language at all (a formula) may be in any.
 */
export function mayBeIn(text: string, languages: readonly string[]): boolean {
  const scores = scoresOf(text)
  const best = Math.max(0, ...Object.values(scores))
  const letters = text.slice(0, looked).match(/\p{L}/gu)?.length ?? 0
  const doubt = letters < 30 ? 0.2 : letters < 100 ? 0.1 : 0.04
  return best === 0 || languages.some(language => (scores[language] ?? 0) >= best - doubt)
}

/** ISO 639-1 code of the language a text is most likely in; empty where it cannot be told. */
export const likeliestLanguage = (text: string): string => {
  let likeliest = ''
  let best = 0
  for (const [language, score] of Object.entries(scoresOf(text)))
    if (score > best) [likeliest, best] = [language, score]
  return likeliest
}

/** The likeliest of the languages; the first where none is likelier than another. */
export function likeliestOf(text: string, languages: readonly string[]): string {
  const scores = scoresOf(text)
  let [likeliest = ''] = languages
  for (const language of languages) if ((scores[language] ?? 0) > (scores[likeliest] ?? 0)) likeliest = language
  return likeliest
}
