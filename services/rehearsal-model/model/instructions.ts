import { combine, hashText, unit } from '../hash.ts'
import { characterClauses, type TaskTemplates, taskTemplates } from './instruction-templates.ts'
import { drawTerms, keyTerms } from './key-terms.ts'
import type { PromptReading } from './prompt-reading.ts'

/** Ways to begin differently when a counterexample begins with the same four words. */
const openings = [
  'With an eye to {c}: ',
  'Taking {c} as a starting point: ',
  'For readers who care about {c}: ',
  'Here is a puzzle around {c}: '
]

/** One instruction about the passage's topics, in the task type, style and character that the prompt names. */
export function writeInstruction(reading: PromptReading, chance: number): string {
  const { words, others } = reading
  const task = taskTemplates.find(({ askedBy }) => askedBy.test(words)) ?? choose(taskTemplates, combine(chance, 1))
  const slots = slotsOf(reading.subject, chance)
  const beginnings = new Set(others.map(firstFour))
  const main = mainSentence(task, styleIn(words, chance), slots, beginnings, chance)
  // Counterexamples call for more than they show; a plain order leaves it open.
  const clauses = others.length > 0 ? 2 : unit(combine(chance, 2)) < 0.6 ? 1 : 0
  return [main, ...clausesFor(words, chance, clauses).map(clause => fill(clause, slots))].join(' ')
}

function mainSentence(
  task: TaskTemplates,
  style: 'command' | 'question',
  slots: Slots,
  beginnings: ReadonlySet<string>,
  chance: number
): string {
  const first = Math.floor(unit(combine(chance, 3)) * task[style].length)
  const sentences = task[style].map((_, i) => fill(task[style][(first + i) % task[style].length]!, slots))
  const free = sentences.find(sentence => !beginnings.has(firstFour(sentence)))
  if (free !== undefined) return free
  const sentence = sentences[0]!
  const prefixed = openings.map(opening => fill(opening, slots) + sentence[0]!.toLowerCase() + sentence.slice(1))
  return prefixed.find(candidate => !beginnings.has(firstFour(candidate))) ?? `Concerning ${slots.b}: ${sentence}`
}

function clausesFor(words: string, chance: number, wanted: number): string[] {
  const named = characterClauses.filter(({ askedBy }) => askedBy.test(words))
  const pool = (named.length === 1 ? named : characterClauses).flatMap(({ clauses }) => clauses)
  return drawTerms(pool, wanted, combine(chance, 4))
}

function styleIn(words: string, chance: number): 'command' | 'question' {
  const question = /\binterrogative|\bends in a question mark|\b(?:as|style:) (?:a )?question/i.test(words)
  const command = /\bimperative|\b(?:as|style:) (?:a )?command/i.test(words)
  if (question !== command) return question ? 'question' : 'command'
  return unit(combine(chance, 5)) < 0.5 ? 'question' : 'command'
}

/** The first four words, in lower case and without punctuation. */
export const firstFour = (text: string): string =>
  (text.toLowerCase().match(/[\p{L}\p{N}']+/gu) ?? []).slice(0, 4).join(' ')

export interface Slots {
  readonly a: string
  readonly b: string
  readonly c: string
  readonly n: string
  readonly m: string
}

export function slotsOf(text: string, chance: number): Slots {
  const [a = 'patience', b = 'practice', c = 'chance'] = drawTerms(keyTerms(text), 3, combine(chance, 6))
  const n = 3 + Math.floor(unit(combine(chance, 7)) * 40)
  return { a, b, c, n: String(n), m: String(n + 2 + Math.floor(unit(combine(chance, 8)) * 50)) }
}

/** Replaces `{a}` to `{m}`; begins with a capital. */
export function fill(template: string, slots: Slots): string {
  const filled = template.replace(/\{([abcnm])\}/g, (_, slot: keyof Slots) => slots[slot])
  return filled[0]!.toUpperCase() + filled.slice(1)
}

export const choose = <T>(from: readonly T[], chance: number): T => from[Math.floor(unit(chance) * from.length)]!

/** Chance belongs to the prompt: the same words about the same text give the same draw. */
export const chanceOf = (reading: PromptReading, seed: number): number =>
  combine(combine(seed, hashText(reading.words)), hashText(reading.others.join('\n'), hashText(reading.subject)))
