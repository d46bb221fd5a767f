import type { Reading } from './included-material.ts'

/**
 * Asking for a name that stands in the unseen text (FANNO, hard rules on drafts): "the name of the author". The name of
 * the capital of Peru may be asked for, and so may the author of a work that is named.
 */
const role =
  '(?:author|writer|narrator|speaker|protagonist|main character|character|interviewee|interviewer|journalist|reporter|blogger|researcher|company|organi[sz]ation|institution|school|website|blog|person|man|woman|boy|girl|child|student|teacher|doctor|patient|customer|owner|founder|event|place|town|village|city|country|product|brand|book|film|movie|song|project|program|programme|study)'
const complete = "(?!\\s+(?:of|in\\s+\\p{Lu}|for|behind|that\\s+is|famous|known|with|\\p{Lu}|…)|['’]s\\s+(?!name))"

const patterns: readonly RegExp[] = [
  new RegExp(
    `\\bnames?\\s+of\\s+(?:the|this|that|these)\\s+(?:(?:main|first|second|young|old|local|famous)\\s+)?${role}s?\\b${complete}`,
    'u'
  ),
  new RegExp(
    `\\b[Ww]hat\\s+(?:is|was)\\s+(?:the|this)\\s+(?:\\p{Ll}+\\s+)?${role}['’]s\\s+(?:\\p{Ll}+\\s+)?name\\b`,
    'u'
  ),
  /\b[Ww]ho\s+(?:is|was|are|were)\s+the\s+(?:author|writer|narrator|speaker|protagonist|main character|interviewee)s?\s*(?:[?.,]|$)/u
]

/** The phrase that asks for a name; undefined when there is none. */
export function nameRequest({ words, bringsMaterial }: Reading): string | undefined {
  if (bringsMaterial) return undefined
  for (const pattern of patterns) {
    const found = pattern.exec(words)
    if (found) return found[0]
  }
  return undefined
}
