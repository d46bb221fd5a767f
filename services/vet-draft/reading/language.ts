/**
 * What the hard rules know of a language: its words by what they do in an instruction. The rules themselves are the same
 * for all languages (`reading/`, `unseen-reference.ts`, `time-bound.ts`, `name-request.ts`); a language is data.
 */
export type Tag =
  // Words around a noun
  | 'the' // an article that says "the one you know"
  | 'this' // this, these
  | 'pointing' // following, given, above: says that the thing stands somewhere
  | 'a' // a, any, each, every, your, several
  | 'possessive' // his, their
  | 'number' // two, three
  | 'small' // adverbs and other words that stand anywhere and change nothing
  // Nouns
  | 'text' // what is read: passage, review, tweet, sentence
  | 'soft' // beside another tag: has other meanings too, and counts only where it is read or worked on
  | 'items' // what is worked on: table, list, data, numbers
  | 'logic' // premise, hypothesis
  | 'claim' // beside another tag: may be said in a clause: the claim that …
  | 'work' // beside `text`: what has a title
  | 'askable' // beside another tag: may itself be a question: riddle, joke
  | 'term' // word, term, phrase: names what is quoted, which is no text
  | 'option' // categories, criteria: what follows their colon is a choice, no text
  | 'aspect' // tone, theme, summary: is found in a text
  | 'teller' // author, narrator
  | 'tongue' // names of languages
  | 'compound' // right after a noun of the above makes another thing of it: text editor
  | 'kind' // right before such a noun makes another thing of it: genetic code
  // Verbs
  | 'consume' // works on a text that is there: summarise, translate
  | 'create' // makes one: write, invent
  | 'exist' // says that there is one: received, is given
  | 'tells' // what texts do: says, shows
  | 'auxiliary'
  // Words between
  | 'of'
  | 'about' // about, by, from, between: says what a text is about, not what it says
  | 'in'
  | 'with' // for, with, to: goes with the verb, and says nothing of the noun
  | 'that'
  | 'and'
  | 'source' // according to, based on
  | 'participle' // mentioned, provided: may end a noun phrase
  | 'pronoun'
  | 'question' // what, how: opens a question
  | 'directive' // opens a sentence about how to answer: ensure, use, your
  | 'generic' // of your choice, in general
  | 'program' // this is about a program
  | 'storage' // a stack, a cache, a version history: has a newest element
  // Time
  | 'day' // now, today, soon: bound to a day, unless a story, a condition or a sum makes its own
  | 'soon'
  | 'period' // recent, current, latest: says that a noun is of this time
  | 'current' // has another sense, see `physics`
  | 'coming'
  | 'always' // bound to a day whatever stands around it: nowadays
  | 'this-time' // before a noun of time: this, next, last
  | 'time-noun'
  | 'future'
  | 'saying' // proverb, idiom
  | 'story' // a genre that makes its own time
  | 'suppose' // if, imagine
  | 'physics'
  | 'idiom' // a phrase in which a word of time means something else
  | 'past' // history: century, then
  // Names
  | 'name'
  | 'called'
  | 'who'
  | 'state' // give, state: asks for what follows
  | 'role' // person, place or firm of some unseen text
  | 'achieved' // invented, discovered: tells who is meant
  | 'most' // longest, first: tells which is meant
  | 'assistant' // asks for the assistant's own name or maker
  | 'asker'

export interface Language {
  /** ISO 639-1. */
  readonly code: string
  /**
   * Words by tag, separated by spaces. `_` stands for the space in a phrase; a final `*` lets any ending follow. Words in
   * lower case. A word may have several tags.
   */
  readonly words: Readonly<Partial<Record<Tag, string>>>
  /** There are no articles: a bare "text" may be the one that is meant. */
  readonly bareMayPoint?: true
  /** Verbs stand after what they work on, or around it. */
  readonly verbsMayFollow?: true
  /** Pointing adjectives stand after the noun. */
  readonly adjectivesFollow?: true
  /** Written without spaces between words. */
  readonly unspaced?: true
  /** Short words that lose their vowel and join the next word with an apostrophe. */
  readonly elided?: string
  /** Letters joined to the front of a word, the longest first; those with the article say that it is "the". */
  readonly joined?: readonly { readonly letters: string; readonly the: boolean }[]
  /** Nouns are written with a capital: it tells no name. */
  readonly capitalNouns?: true
}
