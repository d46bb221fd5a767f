/** `npm run bench turns`: the longest time that a function on the main thread takes over a hostile text, in CPU time. */

import { neutraliseControlTokens } from '../../engine/inference/prompts/control-tokens.ts'
import { firstWords, instructionIn, withoutThoughts } from '../../services/answer-text.ts'
import { sameOpening } from '../../services/augment-instruction/opening.ts'
import { countTokens } from '../../services/count-tokens.ts'
import { likeliestLanguage } from '../../services/language.ts'
import { promptLeak } from '../../services/prompt-leak.ts'
import { refusal } from '../../services/respond-instruction/refusal.ts'
import { runawayRepetition } from '../../services/respond-instruction/repetition.ts'
import { wrongLanguage } from '../../services/respond-instruction/response-language.ts'
import { brokenRule } from '../../services/vet-draft/hard-rules.ts'

const units = [
  'a',
  ' ',
  '\n',
  '"',
  "'",
  '“',
  '‘A’',
  '`',
  '```\n',
  '#',
  '*',
  ': ',
  '- ',
  '1. ',
  '| ',
  '(',
  '[',
  '<',
  '<|',
  '<|a|>',
  '[INST]',
  ']~',
  'a.',
  'a, ',
  'the text below ',
  'the following review: ',
  'Write ',
  'today ',
  'current ',
  'name of the ',
  '漢',
  '。',
  'ก',
  'é',
  '👍',
  'passage-',
  'passage-64c3 ',
  '<think>',
  '</think>',
  'Instruction: ',
  'A-',
  '\u0301',
  '\u200d',
  'I cannot ',
  'as an AI ',
  'A\n\n',
  '> ',
  '"a" ',
  'x:\n'
]
/** Characters: more than 2,048 tokens of prose, and as much as a server can send in an answer that is looked at. */
const size = Number(process.env.BENCH_TURN_CHARACTERS ?? 100_000)
const own = ['You are an author of exercises for an AI assistant. '.repeat(10)]
const fns: Record<string, (text: string) => unknown> = {
  'vet-draft hard rules': t => brokenRule(t, ['en']),
  'hard rules, ten languages': t => brokenRule(t, ['en', 'de', 'fr', 'es', 'pt', 'it', 'ru', 'zh', 'ja', 'ar']),
  instructionIn,
  withoutThoughts,
  firstWords: t => firstWords(t, 100),
  repetition: runawayRepetition,
  refusal,
  wrongLanguage: t => wrongLanguage(t, t, false),
  promptLeak: t => promptLeak(t, { own, nonces: ['0123456789abcdef'] }),
  countTokens,
  controlTokens: t => neutraliseControlTokens(t),
  sameOpening: t => sameOpening(t, [t]),
  likeliestLanguage
}

/** Prints for each function its worst text of so many characters, and a plain one of that length as the baseline. */
export function longestTurns(): void {
  countTokens('warm')
  const plain = 'The tide comes in twice a day, since the moon pulls the sea towards it. '
  const cpuMs = (run: (text: string) => unknown, text: string): number => {
    const before = process.cpuUsage()
    run(text)
    return process.cpuUsage(before).user / 1_000
  }
  for (const [name, run] of Object.entries(fns)) {
    const baseline = cpuMs(run, plain.repeat(size / plain.length))
    const turns = units.map(unit => ({ unit, ms: cpuMs(run, unit.repeat(size / unit.length)) }))
    const worst = turns.reduce((most, turn) => (turn.ms > most.ms ? turn : most))
    console.log(
      `${name.padEnd(28)} ${worst.ms.toFixed(0).padStart(5)} ms by ${JSON.stringify(worst.unit)}, prose ${baseline.toFixed(0)} ms`
    )
  }
}
