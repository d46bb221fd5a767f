import { hashText } from '../hash.ts'

/** What the rules look at in a text. Shares are in [0, 1]. */
export interface TextFeatures {
  readonly hash: number
  readonly words: number
  readonly sentences: number
  /** Letters among all that is not white space. */
  readonly letters: number
  /** Share of word triples that stood in the text before. */
  readonly repetition: number
  /** Words and phrases of advertising. */
  readonly adverts: number
  /** E-mail addresses and telephone numbers. */
  readonly contacts: number
  readonly unsafe: number
  /** Capitalised words inside sentences: mostly names. */
  readonly names: number
  /** Ends like a sentence. */
  readonly complete: boolean
  readonly endsAsQuestion: boolean
  /** Refers to something that is not shown. */
  readonly refersElsewhere: boolean
}

const adverts =
  /\b(?:buy (?:now|today|yours)|order (?:now|today|yours)|click here|subscribe|sign up|on sale|sale|discounts?|coupons?|free shipping|limited[- ]time|special offers?|best (?:price|deal)s?|deals?|% off|shop now|call (?:us )?(?:now|today)|visit our|add to cart|money[- ]back|promo(?:tion)?s?|giveaway)\b/gi
const contacts = /(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,64}\.\w+|\+?\b\d[\d ()-]{8,20}\d/g
const unsafe =
  /\b(?:kill(?:ing)?|bombs?|explosives?|weapons?|suicide|poison(?:ing)?|torture|porn\w*|hack(?:ing)? into|steal(?:ing)?)\b/gi
const names = /(?<=[a-z,;] )[A-Z][a-z]{2,}/g
const elsewhere = /\b(?:the|this|that) (?:passage|paragraph|article|excerpt|document)\b|\baccording to\b|\bmentioned\b/i

const limit = 512
const known = new Map<string, TextFeatures>()

/** Remembers the last few hundred texts, since several questions are asked about each. */
export function featuresOf(text: string): TextFeatures {
  let features = known.get(text)
  if (features) return features
  features = measure(text)
  if (known.size >= limit) known.delete(known.keys().next().value!)
  known.set(text, features)
  return features
}

/** A longer text is judged by its beginning: the rules must stay cheap whatever is put in. */
const longest = 20_000

function measure(whole: string): TextFeatures {
  const text = whole.slice(0, longest)
  const words = text.toLowerCase().match(/[\p{L}\p{N}']+/gu) ?? []
  const triples = new Set<string>()
  for (let i = 2; i < words.length; i++) triples.add(`${words[i - 2]} ${words[i - 1]} ${words[i]}`)
  const solid = count(text, /\S/g)
  return {
    hash: hashText(whole),
    words: words.length,
    sentences: count(text, /[.!?](?=\s|$)/g),
    letters: solid === 0 ? 0 : count(text, /\p{L}/gu) / solid,
    repetition: words.length < 3 ? 0 : 1 - triples.size / (words.length - 2),
    adverts: count(text, adverts),
    contacts: count(text, contacts),
    unsafe: count(text, unsafe),
    names: count(text, names),
    complete: /[.!?]["')\]]?\s*$/.test(text),
    endsAsQuestion: /\?["')\]]?\s*$/.test(text),
    refersElsewhere: elsewhere.test(text)
  }
}

function count(text: string, pattern: RegExp): number {
  let matches = 0
  pattern.lastIndex = 0
  while (pattern.test(text)) matches += 1
  return matches
}
