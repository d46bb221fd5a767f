import { likeliestOf } from '../../language.ts'
import type { Language } from '../reading/language.ts'
import { type Lexicon, lexiconOf } from '../reading/lexicon.ts'
import { arabic } from './ar.ts'
import { german } from './de.ts'
import { english } from './en.ts'
import { spanish } from './es.ts'
import { french } from './fr.ts'
import { italian } from './it.ts'
import { japanese } from './ja.ts'
import { portuguese } from './pt.ts'
import { russian } from './ru.ts'
import { chinese } from './zh.ts'

const languages: readonly Language[] = [
  arabic,
  chinese,
  english,
  french,
  german,
  italian,
  japanese,
  portuguese,
  russian,
  spanish
]

const lexicons: ReadonlyMap<string, Lexicon> = new Map(
  languages.map(language => [language.code, lexiconOf(language)] as const)
)

/** A language without words of its own: only the rules that need none apply. */
const wordless = lexiconOf({ code: '', words: {} })

/** The lexicon for an instruction: of the likeliest of the languages that it may be in. */
export function lexiconFor(instruction: string, allowed: readonly string[]): Lexicon {
  const [first] = allowed
  const code = allowed.length === 1 ? first! : likeliestOf(instruction, allowed)
  return lexicons.get(code) ?? wordless
}

/** ISO 639-1 codes of the languages that the rules know. */
export const knownLanguages: readonly string[] = languages.map(({ code }) => code)
