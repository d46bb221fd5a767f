import { type RefusalWords, refusalWords } from './refusals/by-language.ts'
import { inOrder } from './refusals/in-order.ts'

/**
 * Refusals: a response that declines, or that asks for something it was not given, teaches nothing. They show in the
 * first sentences; further on, the same words belong to the answer (a letter of apology, a story).
 */
const looked = 300

const cannot =
  "(?:can(?:not|'t| not)|won't|will not|(?:am|'m) (?:not able|unable|not allowed|not comfortable|not willing)(?: to)?)"
/** What an assistant declines. What a narrator fails to do ("I cannot see the road") needs an object to count. */
const deeds =
  '(?:help|assist|provide|fulfil+|comply|answer|complete|respond|generate|create|produce|discuss|offer|engage|participate|translate|summari[sz]e|proceed|support|(?:write|do|continue|access|browse|see|view|open|read|give|share)\\s+(?:that|this|these|such|about|you|it|any|the (?:text|passage|article|image|picture|link|file|document|internet|web)|external|real-time)\\b)'
const texts = '(?:text|passage|article|document|image|picture|sentence|paragraph|code|table|details|information)s?'

const patterns: readonly RegExp[] = [
  // "I can't help but smile" is no refusal.
  new RegExp(
    `^(?:[^.!?]{0,80}[.!]\\s+)?(?:[^.!?]{0,60}[,:;]\\s+)?(?:but\\s+|so\\s+)?I(?:\\s(?:really|simply|just|therefore))?\\s?${cannot}\\s(?:\\w+ly\\s)?${deeds}(?!\\w)(?!\\s(?:but\\b|\\w+ing\\b))`,
    'i'
  ),
  /^(?:[^.!?]{0,80}[.!]\s+)?I (?:must|have to) (?:respectfully )?decline\b/i,
  /^(?:i'?m|i am|we're|we are)\s(?:\w+\s)?sorry\b[^.!?]{0,40}\b(?:but|as|however)\b[^.!?]{0,80}\b(?:can't|cannot|unable|not able|won't|don't)(?!\w)/i,
  /^(?:unfortunately|regrettably|i apologi[sz]e|my apologies|sorry)\b[^.!?]{0,60}\bI\s?(?:can't|cannot|am unable|'m unable|am not able|do not have|don't have)(?!\w)/i,
  /\bas an? (?:ai|artificial intelligence|(?:large )?language model)\b[^.!?]{0,60}\bI (?:can't|cannot|am unable|am not|do not|don't)(?!\w)/i,
  new RegExp(
    `^(?:please|(?:could|can) you(?: please)?)\\s(?:provide|share|send|paste|supply|upload)\\b[^.!?]{0,80}\\b${texts}\\b`,
    'i'
  ),
  /^[^.!?]{0,80}\byou\s(?:haven't|didn't|have not|did not)\s(?:\w+\s)?(?:provided?|includ(?:e|ed)|attach(?:ed)?|shar(?:e|ed))\b/i,
  new RegExp(
    `^[^.!?]{0,80}\\bno\\s(?:\\w+\\s)?${texts}\\s(?:(?:was|were|has been|is|are)\\s)?(?:provided|included|attached|shared|given)\\b`,
    'i'
  )
]

/** How far the words of a refusal stand apart, in characters. */
const apart = 60

/** A refusal in a language other than English. Asking back counts at the very beginning only. */
function declines(
  opening: string,
  { cannot, not, deeds, asMachine, please, provide, missing, texts }: RefusalWords
): boolean {
  const start = opening.slice(0, 160)
  const unable = not ? [cannot, not] : [cannot]
  const said = not ? [...unable, deeds] : [cannot, deeds]
  if (inOrder(start, said, apart) || (not && inOrder(start, [cannot, deeds, not], apart))) return true
  if (inOrder(start, [asMachine, cannot], apart) || inOrder(start, [asMachine, not ?? cannot], apart)) return true
  // Nouns and verbs stand in either order.
  const asks = opening.slice(0, 100)
  if (inOrder(asks, [please, provide, texts], apart) || inOrder(asks, [please, texts, provide], apart)) return true
  if (inOrder(asks, [texts, provide, please], apart)) return true
  return inOrder(asks, [missing, texts], 30) || inOrder(asks, [texts, missing], 30)
}

/** The opening of a response that declines or asks back; undefined when it goes about its task. */
export function refusal(response: string): string | undefined {
  const opening = response.slice(0, looked).replaceAll('’', "'").trim()
  if (patterns.some(pattern => pattern.test(opening))) return opening
  const lower = opening.toLowerCase().replace(/[\u064b-\u0652]/g, '')
  return refusalWords.some(words => declines(lower, words)) ? opening : undefined
}
