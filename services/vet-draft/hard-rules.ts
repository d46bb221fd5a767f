import { mayBeIn } from '../language.ts'
import { lexiconFor } from './languages/index.ts'
import { tooShort } from './lengths.ts'
import { nameRequest } from './name-request.ts'
import { type Reading, readInstruction } from './reading/reading.ts'
import { timeBound } from './time-bound.ts'
import { unseenReference } from './unseen-reference.ts'

/** Reasons of the hard rules, in the order in which they are applied. */
export const hardReasons = [
  'empty',
  'too-short',
  'too-few-letters',
  'wrong-language',
  'unseen-reference',
  'time-bound',
  'asks-for-a-name'
] as const

export type HardReason = (typeof hardReasons)[number]

interface Draft {
  readonly instruction: string
  readonly languages: readonly string[]
  readonly reading: Reading
}

/** Each rule gives what is wrong, as evidence, or undefined. They cost nothing: no model is asked. */
const rules: Readonly<Record<HardReason, (draft: Draft) => string | undefined>> = {
  empty: ({ instruction }) => (instruction.trim() === '' ? instruction : undefined),

  'too-short': ({ instruction }) => tooShort(instruction),

  'too-few-letters'({ instruction }) {
    const letters = instruction.match(/[\p{L}\p{M}]/gu)?.length ?? 0
    const others = instruction.match(/[^\p{L}\p{M}\s]/gu)?.length ?? 0
    return letters < others ? `${letters} letters, ${others} other characters: ${instruction}` : undefined
  },

  'wrong-language'({ instruction, reading, languages }) {
    // Material may be in any language ("Translate … into English"), unless the instruction is little else.
    const { words } = reading
    const letters = words.match(/\p{L}/gu)?.length ?? 0
    return mayBeIn(letters < 15 ? instruction : words, languages) ? undefined : instruction
  },

  'unseen-reference': ({ reading }) => unseenReference(reading),
  'time-bound': ({ reading }) => timeBound(reading),
  'asks-for-a-name': ({ reading }) => nameRequest(reading)
}

/** The first hard rule that an instruction breaks (FANNO, filters on drafts), with what was seen. */
export function brokenRule(
  instruction: string,
  languages: readonly string[]
): { readonly reason: HardReason; readonly evidence: string } | undefined {
  const reading = readInstruction(instruction, lexiconFor(instruction, languages))
  const draft = { instruction, languages, reading }
  for (const reason of hardReasons) {
    const evidence = rules[reason](draft)
    if (evidence !== undefined) return { reason, evidence }
  }
  return undefined
}
