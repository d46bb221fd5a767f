import { likeliestLanguage, mayBeIn } from '../language.ts'

/** Languages that an instruction may name, as the language detector knows them (ISO 639-1). */
const codes =
  'am ar az be bg bn ca cs da de el en es et eu fa fi fr gu he hi hr hu hy is it ja ka kn ko ku lo lt lv ml mr ms nl no or pa pl pt ro ru sk sl sq sr sv ta te th tl tr uk ur vi yo zh'.split(
    ' '
  )

const names = new Intl.DisplayNames('en', { type: 'language' })
const englishNames: readonly (readonly [code: string, name: RegExp])[] = codes.map(code => [
  code,
  new RegExp(`\\b${names.of(code)!.replace(/\s.*/, '')}\\b`, 'i')
])

/** Too few letters to hold anyone to a language. */
const fewLetters = 40

const prose = (text: string): string => text.replace(/```[\s\S]*?(?:```|$)|`[^`\n]{1,400}`|https?:\/\/\S+/g, ' ')

/**
 * Whether a response is in no language that its instruction calls for: the instruction's own, or one that it names
 * ("Translate … into Spanish"). A translation into a language that is not named may be in any. Code has no language.
 * @returns code of the language found, undefined when the language will do.
 */
export function wrongLanguage(instruction: string, response: string, isTranslation: boolean): string | undefined {
  const said = prose(response)
  if ((said.slice(0, 1_000).match(/\p{L}/gu)?.length ?? 0) < fewLetters) return undefined
  const own = likeliestLanguage(prose(instruction))
  const named = englishNames.filter(([, name]) => name.test(instruction)).map(([code]) => code)
  if (own === '' || (isTranslation && named.every(code => code === own))) return undefined
  // English stands in for what a short instruction of proper names is mistaken for.
  const wanted = mayBeIn(prose(instruction), ['en']) ? [own, 'en', ...named] : [own, ...named]
  return mayBeIn(said, wanted) ? undefined : likeliestLanguage(said)
}
