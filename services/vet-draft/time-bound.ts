import type { Reading } from './included-material.ts'

/**
 * Words that bind an instruction to the day it was written (FANNO, hard rules on drafts): recent(ly), current(ly), now,
 * today, yesterday, tomorrow, soon, upcoming, coming. Each counts in its temporal sense only: an electric current, a
 * coming-of-age story and "as soon as" are bound to no time.
 */
interface TimeWord {
  readonly word: RegExp
  /** What stands right before the word when it means something else; matched at the end of the text before it. */
  readonly unlessAfter?: RegExp
  /** What stands right after it when it means something else; matched at the start of the text after it. */
  readonly unlessBefore?: RegExp
  /** What stands right after it when it does have the temporal sense; without it the word counts anywhere. */
  readonly onlyBefore?: RegExp
}

const timeWords: readonly TimeWord[] = [
  {
    word: /\brecent(?:ly)?\b/giu,
    // A caching rule, and a term of evolution.
    unlessAfter: /\b(?:least|most)[ -]$/iu,
    unlessBefore: /^[ -](?:used|common ancestor)/iu
  },
  {
    // A noun: what flows. An adjective of a technical term: the element that a program looks at, a kind of account.
    word: /\bcurrent\b/giu,
    unlessAfter:
      /(?:\b(?:electric|electrical|alternating|direct|ocean|oceanic|air|water|river|stream|tidal|sea|coastal|marine|eddy|induced|rip|warm|cold|strong|weak|steady|constant|ac|dc|total|jet|atmospheric|convection|ionic|nerve|high|low|maximum|minimum|peak|rated|leakage|swift|displacement|saturation|drift|inrush|collector|base|emitter|longshore|gulf|measured|output|input)[ -]|[ -](?:ampere|amp|milliampere|kuroshio|humboldt|california|antarctic circumpolar)\s)$/iu,
    unlessBefore:
      /^(?:\s*(?:$|[.,;:?!)…])|-(?:carrying|voltage|limiting)|'s\b|’s\b|\s+(?:flow|flows|flowing|through|in|on|at|of|that|which|is|was|to|from|with|across|along|carries|carried|passing|passes|drawn|changes|increases|decreases|density|loop|sources?|divider|transformer|amplifier|meter|rating|limiter|mirror|and\s+(?:voltage|resistance|power|potential)|or\s+voltage|versus|accounts?|assets?|liabilit(?:y|ies)|ratio|yield|directory|working directory|node|element|index|indices|iteration|row|column|cell|pointer|character|digit|sum|max(?:imum)?|min(?:imum)?|item|value|line|token|thread|player|position|word|letter|number|object|instance|key)\b)/iu
  },
  {
    word: /\bcurrently\b/giu,
    unlessBefore: /^\s+(?:selected|logged[ -]in|running|executing|active|focused|visible)\b/iu
  },
  {
    word: /\bnow\b/giu,
    unlessAfter: /\b(?:here and|every|just as true|then and)\s$/iu,
    // "Now and then"; "Now, imagine …" goes on with a thought.
    unlessBefore: /^(?:\s+and\s+(?:then|again)|,\s|\s+(?:suppose|imagine|consider|assume|let)\b)/iu
  },
  {
    word: /\btoday\b/giu,
    unlessAfter: /\b(?:if|suppose|assume|assuming|supposing|given|say)\s(?:that\s)?$/iu
  },
  {
    word: /\b(?:yesterday|tomorrow)\b/giu,
    unlessAfter:
      /\b(?:(?:if|suppose|assume|assuming|supposing|say)\s(?:that\s)?|(?:cities|leaders|world|child|children|men|women|people|schools?|homes?|workplace)\s(?:of|for)\s)$/iu,
    unlessBefore: /^\s+(?:never|morning never)\b/iu
  },
  {
    word: /\bsoon\b/giu,
    unlessAfter: /\b(?:as|how|too|so)\s$/iu,
    unlessBefore: /^(?:-to-be\b|\s+(?:after|afterwards?|thereafter|enough|as)\b)/iu
  },
  { word: /\bupcoming\b/giu },
  {
    word: /\bcoming\b/giu,
    unlessAfter: /\b(?:second|is|are|was|were|been|be|keeps?|kept|start(?:s|ed)?|up and)\s$/iu,
    onlyBefore:
      /^\s+(?:soon\b|up\s+(?:next|this|soon)\b|(?:few\s+|\p{L}{2,8}\s+)?(?:hours?|days?|nights?|weeks?|weekends?|months?|quarters?|seasons?|springs?|summers?|autumns?|falls?|winters?|years?|decades?|century|centuries|generations?|elections?|holidays?|semester|term|mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?|sundays?)\b)/iu
  }
]

/** A story of its own, told in numbers: "How many apples are left now?" asks about the story, not about the day. */
const wordProblem = /\bhow\s+(?:many|much|old|far|long|tall|heavy|fast)\b/iu
const numbers =
  /\b(?:\d+(?:[.,]\d+)?|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|fifty|hundred|half|twice|double)\b/giu
const inStory = /^(?:now|today|yesterday|tomorrow)$/iu

/** The time-bound word with a little of what surrounds it; undefined when there is none. */
export function timeBound({ words }: Reading): string | undefined {
  const tellsInNumbers = wordProblem.test(words) && (words.match(numbers)?.length ?? 0) >= 2
  for (const { word, unlessAfter, unlessBefore, onlyBefore } of timeWords) {
    for (const found of words.matchAll(word)) {
      const end = found.index + found[0].length
      const before = words.slice(Math.max(0, found.index - 60), found.index)
      const after = words.slice(end, end + 60)
      if (tellsInNumbers && inStory.test(found[0])) continue
      if (unlessAfter?.test(before) || unlessBefore?.test(after)) continue
      if (isName(found[0], before) || (onlyBefore && !onlyBefore.test(after))) continue
      return words.slice(Math.max(0, found.index - 20), end + 20).trim()
    }
  }
  return undefined
}

/** "USA Today", "Apocalypse Now": capitalised within a name, which is capitalised too. */
const isName = (word: string, before: string): boolean =>
  /^\p{Lu}/u.test(word) && /(?:^|\s)\p{Lu}[\p{L}.]*\s$/u.test(before)
