import { likeliestLanguage, mayBeIn } from '../language.ts'

/** Languages that an instruction may name, as the language detector knows them (ISO 639-1). */
const codes =
  'am ar az be bg bn ca cs da de el en es et eu fa fi fr gu he hi hr hu hy is it ja ka kn ko ku lo lt lv ml mr ms nl no or pa pl pt ro ru sk sl sq sr sv ta te th tl tr uk ur vi yo zh'.split(
    ' '
  )

/** Languages in whose words an instruction may name a language. */
const namedIn = ['ar', 'de', 'en', 'es', 'fr', 'it', 'ja', 'pt', 'ru', 'th', 'zh']

/** Without accents, cases and the endings that change: anglais(e), английск(ого), inglés. */
const plain = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
const endings: Readonly<Record<string, RegExp>> = { ru: /и[ий]$/u, it: /[oae]$/, ja: /語$/, zh: /[语文]$/, de: /e$/ }

/** Language of the names -> what a name begins with -> code. */
const names: ReadonlyMap<string, readonly (readonly [stem: string, code: string])[]> = new Map(
  namedIn.map(language => {
    const display = new Intl.DisplayNames(language, { type: 'language' })
    const stems = codes.map(code => {
      const name = plain(display.of(code)!)
        .split(/[\s(（]/u, 1)[0]!
        .replace(endings[language] ?? /$^/, '')
      return [name, code] as const
    })
    return [language, stems.filter(([stem]) => stem.length >= (/^(?:ja|zh)$/.test(language) ? 1 : 3))]
  })
)

/** Languages that an instruction in some language names: "auf Spanisch", "en español", "翻译成西班牙语". */
function namesIn(instruction: string, own: string): string[] {
  const text = plain(instruction.slice(0, 4_000))
  const unspaced = own === 'zh' || own === 'ja'
  return [...new Set([own, 'en'])].flatMap(language =>
    (names.get(language) ?? [])
      .filter(([stem]) =>
        language === own && unspaced ? namesSign(text, stem) : begins(text, stem, language !== 'en')
      )
      .map(([, code]) => code)
  )
}

/** Whether a word begins like that, and ends there unless its ending is open. Arabic joins prepositions to its words. */
function begins(text: string, stem: string, open: boolean): boolean {
  for (let at = text.indexOf(stem); at >= 0; at = text.indexOf(stem, at + 1))
    if (
      (at === 0 || !/\p{L}/u.test(text[at - 1]!) || /\p{Script=Arabic}/u.test(stem)) &&
      (open || !/\p{L}/u.test(text[at + stem.length] ?? ''))
    )
      return true
  return false
}

/** 英语, 英文, 英語: the sign alone may mean something else. */
const namesSign = (text: string, stem: string): boolean =>
  ['语', '文', '語'].some(ending => text.includes(stem + ending))

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
  const named = namesIn(instruction, own)
  if (own === '' || (isTranslation && named.every(code => code === own))) return undefined
  // English stands in for what a short instruction of proper names is mistaken for.
  const wanted = mayBeIn(prose(instruction), ['en']) ? [own, 'en', ...named] : [own, ...named]
  return mayBeIn(said, wanted) ? undefined : likeliestLanguage(said)
}
