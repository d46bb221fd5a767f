import type { Language, Tag } from './language.ts'

/** What a word or phrase is to the rules. */
export interface Entry {
  readonly tags: ReadonlySet<Tag>
  /** The same for all forms of a word that the lexicon joins. */
  readonly stem: string
}

export interface Lexicon {
  readonly language: Language
  /** The entry of a word or of words joined as the language joins them; undefined when it is unknown. */
  readonly find: (words: string) => Entry | undefined
  /** Words of the longest phrase. */
  readonly longest: number
  readonly elided: ReadonlySet<string>
}

/** Lower case, one kind of apostrophe, without the marks of Arabic vowels and the two dots of ё. */
export const normalWord = (word: string): string =>
  word
    .normalize('NFC')
    .toLowerCase()
    .replace(/[’ʼ＇]/g, "'")
    .replace(/[\u064b-\u0652\u0670\u0640]/g, '')
    .replace(/[أإآٱ]/g, 'ا')
    .replaceAll('ё', 'е')

const none: ReadonlySet<Tag> = new Set()
/** Letters of a stem whose endings are open. */
const shortestStem = 2
const longestStem = 24

export function lexiconOf(language: Language): Lexicon {
  const whole = new Map<string, Set<Tag>>()
  const openEnded = new Map<string, Set<Tag>>()
  const join = language.unspaced ? '' : ' '
  let longest = 1
  for (const [tag, words] of Object.entries(language.words) as [Tag, string][]) {
    for (const word of words.split(/\s+/)) {
      if (word === '') continue
      const open = word.endsWith('*')
      const parts = normalWord(open ? word.slice(0, -1) : word).split('_')
      longest = Math.max(longest, parts.length)
      const entries = open ? openEnded : whole
      const key = parts.join(join)
      entries.set(key, (entries.get(key) ?? new Set()).add(tag))
    }
  }
  // Segments are shorter than entries where no spaces are written.
  if (language.unspaced) longest = 6

  const plain = (words: string): Entry | undefined => {
    const own = whole.get(words)
    let tags = own
    let stem = words
    for (let end = shortestStem; end <= words.length && end <= longestStem; end++) {
      const open = openEnded.get(words.slice(0, end))
      if (!open) continue
      tags = tags ? new Set([...tags, ...open]) : open
      if (stem === words) stem = words.slice(0, end)
    }
    return tags && { tags, stem }
  }
  const find = (words: string): Entry | undefined => {
    const known = plain(words)
    if (known) return known
    for (const { letters, the } of language.joined ?? []) {
      if (!words.startsWith(letters)) continue
      const entry = plain(words.slice(letters.length))
      if (entry) return the ? { tags: new Set([...entry.tags, 'the']), stem: entry.stem } : entry
    }
    return undefined
  }
  return { language, find, longest, elided: new Set((language.elided ?? '').split(' ')) }
}

export const unknown = (word: string): Entry => ({ tags: none, stem: word })
