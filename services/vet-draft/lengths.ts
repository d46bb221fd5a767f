import { countWords } from '../words.ts'

/** Fewer words are no instruction, unless they end as a sentence does. */
const fewest = 5

/** What ends a sentence or a question: Latin and Cyrillic, Chinese and Japanese, Arabic, Hindi, Greek, Armenian, Ethiopic. */
const endMarks = /[.?。？．؟۔।॥;;՞።፧][\s"'”’»」』)\]]*$/u

/** Thai and its neighbours write no mark at the end; their questions have words of their own. */
const askingWords = /(?:ไหม|มั้ย|หรือไม่|อะไร|อย่างไร|ยังไง|เท่าไร|ที่ไหน|เมื่อไร|ใคร|ບໍ່)\s*$/u

/** An instruction of fewer than five words that does not end like a sentence (FANNO, hard rules on drafts). */
export function tooShort(instruction: string): string | undefined {
  const text = instruction.trim()
  if (endMarks.test(text.slice(-40)) || askingWords.test(text.slice(-40))) return undefined
  // No more is looked at than it takes.
  return countWords(text.slice(0, 2_000)) < fewest ? instruction : undefined
}
