import { mayBeIn } from '../language.ts'
import { type Reading, readInstruction } from './included-material.ts'
import { nameRequest } from './name-request.ts'
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

interface Draft extends Reading {
  readonly instruction: string
  readonly languages: readonly string[]
}

/** Each rule gives what is wrong, as evidence, or undefined. They cost nothing: no model is asked. */
const rules: Readonly<Record<HardReason, (draft: Draft) => string | undefined>> = {
  empty: ({ instruction }) => (instruction.trim() === '' ? instruction : undefined),

  'too-short'({ instruction }) {
    const words = instruction.trim().split(/\s+/).length
    return words < 5 && !/[.?。？]$/u.test(instruction.trim()) ? instruction : undefined
  },

  'too-few-letters'({ instruction }) {
    const letters = instruction.match(/[\p{L}\p{M}]/gu)?.length ?? 0
    const others = instruction.match(/[^\p{L}\p{M}\s]/gu)?.length ?? 0
    return letters < others ? `${letters} letters, ${others} other characters: ${instruction}` : undefined
  },

  'wrong-language'({ instruction, words, languages }) {
    // Material may be in any language ("Translate … into English"), unless the instruction is little else.
    const letters = words.match(/\p{L}/gu)?.length ?? 0
    return mayBeIn(letters < 30 ? instruction : words, languages) ? undefined : instruction
  },

  'unseen-reference': unseenReference,
  'time-bound': timeBound,
  'asks-for-a-name': nameRequest
}

/** The first hard rule that an instruction breaks (FANNO, filters on drafts), with what was seen. */
export function brokenRule(
  instruction: string,
  languages: readonly string[]
): { readonly reason: HardReason; readonly evidence: string } | undefined {
  const draft = { instruction, languages, ...readInstruction(instruction) }
  for (const reason of hardReasons) {
    const evidence = rules[reason](draft)
    if (evidence !== undefined) return { reason, evidence }
  }
  return undefined
}
