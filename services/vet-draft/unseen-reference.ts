import type { Reading } from './included-material.ts'

/**
 * References to a text that the reader does not have (FANNO, hard rules on drafts). The words of the original list (based
 * on, according to, given, mentioned, refer, provided, passage, text, paragraph) are ordinary English: "given a triangle",
 * "a text about spring", "provided that", "the passage of time". What the rule is about is pointing: a definite "the
 * passage" that nothing in the instruction has introduced.
 */

/** What a web page or a part of it is called. "The …" of these means the unseen text unless something else introduces it. */
const texts =
  'passages?|texts?|paragraphs?|excerpts?|articles?|documents?|snippets?|transcripts?|web ?pages?|blog posts?'
/** What a text is about or made of: unseen only in company ("based on the …", "the given …", "the … provided"). */
const contents =
  'information|details?|data|facts?|evidence|context|scenario|description|content|material|sources?|story|stories|essay|report|narrative|account|dialogue|conversation|interview|speech|letter|reading|discussion|section|chapter|sentences?|statements?|quotes?|quotation|clues?|findings|events?|examples?|table|figure|list|chart|graph|diagram|image|picture|map|summary|review|poem|lyrics|instructions?|notes?|options|study|survey|research|case study|extract|above|following|input|dataset|prompt'
/** Adjectives that point by themselves. */
const pointing =
  'given|provided|above|following|preceding|previous|accompanying|attached|supplied|aforementioned|original|source|input'
const adjectives = `${pointing}|short|brief|entire|whole|full|supplied|said|aforementioned|first|second|third|fourth|last|final|opening|closing|concluding|introductory|main|historical|scientific|literary|same|sample|background|available|specific|relevant|key|news|research|newspaper|magazine|journal|online|reading`
const the = '(?:the|this|that|these|those|its?)'
const adjective = `(?:(?:${adjectives})\\s+){0,3}`
const speakers = 'author|writer|narrator|speaker|researchers?|interviewee|journalist|blogger'
/** What can stand after a word that is not completed by what follows it. */
const ends = '(?=\\s*(?:$|[.,;:?!)…]|\\b(?:and|or|but|as|to|when|while|in order)\\b))'

interface Pattern {
  readonly pattern: RegExp
  /** Number of the group that holds the noun: "a text … the text" is no reference to the unseen. */
  readonly noun?: number
  /** It stands whatever the instruction brings along. */
  readonly always?: true
}

const of = (source: string): RegExp => new RegExp(source, 'iu')

const patterns: readonly Pattern[] = [
  // The passage, this text, the first paragraph of the article.
  { pattern: of(`\\b(?:the|this|these|those)\\s+${adjective}(${texts})\\b(?!['’]?-)${notOtherwise()}`), noun: 1 },
  { pattern: of(`\\bthat\\s+(passage|paragraph|excerpt)\\b`), noun: 1 },
  { pattern: of(`\\byour\\s+(passage|excerpt)\\b`), noun: 1 },
  // Based on the information, according to the author.
  {
    pattern: of(
      `\\b(?:based (?:up)?on|according to|judging (?:by|from)|drawing (?:up)?on|using|given|considering|in light of|with regard to|as per|per|from|in)\\s+${the}\\s+(?:${pointing})\\s+(?:\\w+\\s+){0,2}?(${contents})\\b`
    ),
    noun: 1
  },
  {
    pattern: of(
      `\\b(?:based (?:up)?on|according to|judging (?:by|from)|drawing (?:up)?on|given|considering|refer(?:s|red|ring)?(?: back)? to|with reference to)\\s+(?:the|this|these|those)\\s+(?:\\w+\\s+)?(${contents})\\b(?!\\s+(?:of|in which|that|where|for|from|whether|about|on|method|theory|model|structure|centre|center|design|tree|system|type|you|they)\\b)`
    ),
    noun: 1
  },
  { pattern: of(`\\baccording to\\s+(?:the|this)\\s+(?:\\w+\\s+)?(${speakers})\\b(?!\\s+of\\b)`), noun: 1 },
  {
    pattern: of(
      `\\bthe\\s+(${speakers})(?:['’]s?\\s+(?:main|view|opinion|argument|attitude|tone|claim|purpose|point|message|stance|perspective|intent)|\\s+(?:of this|mentions?|says?|argues?|describes?|suggests?|implies|states?|claims?|means|discuss(?:es)?|believes?|feels?|thinks?|explains?|uses?|refers?|presents?|points? out|recommends?))\\b`
    ),
    noun: 1
  },
  // The given sentence, the provided list; "a number … the given number" is fine.
  {
    pattern: of(
      `\\bthe\\s+(?:given|provided|supplied|aforementioned|above|above-mentioned)\\s+(?:\\w+\\s+){0,2}?(?!time|moment|day|year|point|age)(\\p{L}+)\\b`
    ),
    noun: 1
  },
  { pattern: of(`\\bgiven\\s+(?:the|this|these|those)\\s+(?:above|following)\\b`) },
  {
    pattern: of(
      `\\b(?:given|provided|supplied|presented|stated|described|listed|shown|discussed|outlined|cited|quoted|referenced|referred to|mentioned|noted|specified)\\s+(?:above|below|earlier|here|previously|hereafter)\\b`
    )
  },
  {
    pattern: of(
      `\\b(?:information|details?|data|facts?|evidence|context|descriptions?|content|material|examples?|options|sources?|clues|statements?|sentences?|instructions)\\s+(?:(?:that|which)\\s+)?(?:(?:is|are|was|were|has been|have been)\\s+)?(?:given|provided|supplied|presented|included)${ends}`
    )
  },
  {
    pattern: of(
      `\\bas\\s+(?:was\\s+|is\\s+)?(?:mentioned|given|provided|stated|described|noted|discussed|shown)${ends}`
    )
  },
  { pattern: of(`\\b(?:the|this|these|those)\\s+(?:${contents}|recipe|problem|code|equation)\\s+(?:above|below)\\b`) },
  // The benefits mentioned, which causes are mentioned?
  { pattern: of(`\\bmentioned${ends}`) },
  { pattern: of(`\\bthe\\s+(?:aforementioned|above-mentioned|mentioned)\\b`) },
  { pattern: of(`\\bthe\\s+above\\b`) },
  // "The following" must be followed.
  {
    pattern: of(
      `\\bthe\\s+following\\b(?!\\s+(?:day|night|morning|evening|afternoon|week|weekend|month|season|spring|summer|autumn|fall|winter|year|decade|century|generation)s?\\b)`
    ),
    noun: 0
  },
  // In the story, from the poem: no story was told and none is named.
  {
    pattern: of(
      `\\b(?:in|from|of|throughout|within)\\s+(?:the|this)\\s+(?:(?:given|short|above|original)\\s+)?(story|poem|essay|narrative|scenario|excerpt|extract|reading|novel excerpt)${ends}`
    ),
    noun: 1
  },
  { pattern: of(`\\b(?:refer(?:s|red|ring)?|reference)\\s+(?:back\\s+)?to\\s+(?:the|this)\\s+(?:${adjectives})\\b`) }
]

/** "The passage of time", "the text editor", "the document you are writing": not the unseen text. */
function notOtherwise(): string {
  const completed =
    'of\\s+(?!(?:the\\s+|this\\s+)?(?:text|passage|article|document)s?\\b)\\p{L}|(?:you|they|he|she|I|we)\\b|\\d|…'
  const compound =
    '(?:editor|font|length|layout|box|boxes|field|area|file|message|messaging|colou?r|size|align|node|element|tag|style|object|type|class|root|mining|input|cursor)s?\\b'
  const way = '(?<=passage\\s+)(?:through|between|across|into|to|from\\s+[^.?!]{1,60}?\\s+to)\\s'
  return `(?!\\s+(?:${completed}|${compound}|${way}))`
}

/** The phrase that refers to an unseen text; undefined when the instruction stands by itself. */
export function unseenReference({ words, bringsMaterial }: Reading): string | undefined {
  if (bringsMaterial) return undefined
  for (const { pattern, noun } of patterns) {
    const found = pattern.exec(words)
    if (found && !(noun && introduces(words.slice(0, found.index), found[noun]!))) return found[0]
  }
  return undefined
}

/** Whether "a text", "any short paragraph", "two numbers" stands before: later words about it point back to that. */
function introduces(before: string, noun: string): boolean {
  const singular = noun
    .toLowerCase()
    .replace(/ies$/, 'y')
    .replace(/s$/, '')
    .replace(/[^\p{L} ]/gu, '')
  const stem = singular.replace(/y$/, '(?:y|ie)')
  const article =
    "(?:an?|any|each|every|some|another|one|two|three|four|five|several|many|your|my|following|\\p{L}+’s|\\p{L}+'s|of|write|read|choose|pick|take|imagine|create)"
  return new RegExp(`\\b${article}\\s+(?:[\\p{L}-]+\\s+){0,4}?${stem}s?\\b`, 'iu').test(before.slice(-2_000))
}
