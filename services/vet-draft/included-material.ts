/**
 * Material that an instruction brings along: "Summarise the following text: …", a quotation, a block of code. What such
 * an instruction says about "the text" refers to what it contains, and what the material says is not said by the
 * instruction ("Translate 'I am leaving now'" is not bound to a time).
 */
export interface Reading {
  /** The instruction's own words: material is replaced by an ellipsis. */
  readonly words: string
  /** Whether there is material that "the text" can mean. */
  readonly bringsMaterial: boolean
}

/** More is not read: no instruction is this long, and the rules look at every word. */
const looked = 20_000

/** Quotations that are material by themselves have at least this many words. */
const longQuotation = 8

const quotation =
  /"([^"\n]{1,4000})"|“([^”]{1,4000})”|«([^»]{1,4000})»|(?<![\p{L}\p{N}])['‘]([^'’\n]{1,400}(?:['’]\p{L}[^'’\n]{0,400}){0,20})['’](?![\p{L}\p{N}])/gu
const block = /```[\s\S]{1,8000}?```|`[^`\n]{1,400}`/g

const noun =
  '(?:text|passage|paragraph|excerpt|extract|article|document|snippet|sentences?|statements?|phrases?|reviews?|comments?|stor(?:y|ies)|poem|stanza|verse|dialogue|conversation|e-?mail|message|letter|tweet|post|headlines?|scenario|situation|problem|puzzle|riddle|data|facts?|details|information|list|table|items?|words?|terms?|names?|numbers?|values?|pairs?|points?|notes?|code|function|program|recipe|description|summary|quote|quotation|proverb|saying|premise|hypothesis|claim|argument|context|report|record|records|example|examples|elements?|options?|choices|categories|labels|ingredients|events|steps|schedule|menu|opinion|feedback|abstract|speech|definition|question|equations?|expressions?|sequence|set|array|string|input|attributes|properties|json|xml|csv|pattern|rules?|conditions?|constraints?|requirements?|format|criteria|prices|measurements|results|symptoms|profile|biography|clues|lines?|content|triples?|fields|entries)'

/** "…the following text:", "Premise:", "Read this review:" and what comes after the colon. */
const introduced = new RegExp(
  `(?:\\b(?:following|below)\\b[^:.!?\\n]{0,100}|\\b${noun}\\b(?:\\s{1,3}\\w+){0,3}\\s{0,3})(?::|[.:]?[^\\S\\n]{0,5}\\n)\\s*(?=\\S)`,
  'giu'
)

const wordsIn = (text: string): number => text.match(/[\p{L}\p{N}]+/gu)?.length ?? 0

export function readInstruction(instruction: string): Reading {
  const text = instruction.slice(0, looked)
  let bringsMaterial = false
  const unquoted = text
    .replace(block, found => {
      if (found.startsWith('```') || wordsIn(found) >= longQuotation) bringsMaterial = true
      return ' … '
    })
    .replace(quotation, (found, ...groups) => {
      const at = groups.at(-2) as number
      // A long quotation, or one at the head of the instruction, or one that is announced, can be "the text".
      if (wordsIn(found) >= longQuotation || at === 0 || announces.test(text.slice(Math.max(0, at - 80), at)))
        bringsMaterial = true
      return ' … '
    })
  const { words, found } = withoutIntroduced(unquoted)
  return { words, bringsMaterial: bringsMaterial || found }
}

const announces = new RegExp(`(?::|\\b${noun}(?: (?:below|above))?,?)\\s*$`, 'iu')

/** Takes away what an announcement ends in a colon for. Material ends with its paragraph, or with the instruction. */
function withoutIntroduced(text: string): { words: string; found: boolean } {
  let words = ''
  let from = 0
  for (const match of text.matchAll(introduced)) {
    if (match.index < from) continue
    const start = match.index + match[0].length
    const rest = text.slice(start)
    const paragraph = /\n\s*\n/.exec(rest)
    const end = paragraph && wordsIn(rest.slice(0, paragraph.index)) > 0 ? start + paragraph.index : text.length
    const material = text.slice(start, end)
    // A mark left by a quotation is material too; a lone pointer back ("the text: what does the author of it say") is not.
    if ((wordsIn(material) < 2 && !/[…\p{N}]/u.test(material)) || pointsAway.test(material)) continue
    words += `${text.slice(from, start)} … `
    from = end
  }
  return { words: words + text.slice(from), found: from > 0 }
}

/** What follows the colon is a question about the text, not the text. */
const pointsAway =
  /^(?:what|who|whom|whose|why|how|when|where|which|is|are|does|do|did|was|were|can|explain|describe|identify|summari[sz]e|list|name)\b|\b(?:the|this) (?:passage|text|paragraph|article|author)\b/iu
