import { z } from 'zod'
import { definePrompt, defineStage, delimit, delimited, text } from '../../engine/declare/index.ts'
import { instructionIn } from '../answer-text.ts'
import { instructionLanguage, languages } from '../language.ts'
import { promptLeak } from '../prompt-leak.ts'
import { tagGrid } from '../tag-grid.ts'
import { drafts, representatives, seedBriefs } from '../topics.ts'
import { counterexamplePool } from './counterexample-pool.ts'
import { sameOpening } from './opening.ts'

const prompt = definePrompt(
  new URL('augment-instruction.prompt.md', import.meta.url),
  z.object({
    passage: delimited,
    /** Their keys are the ids of the pairs. */
    counterexamples: z.array(delimited),
    style: z.string(),
    styleName: z.enum(['command', 'question']),
    /** In English: `German`. */
    language: z.string(),
    round: z.number().int()
  })
)

/** One draft for a passage that is no seed, unlike three instructions accepted before (FANNO, "Think Different"). */
export const augmentInstruction = defineStage({
  name: 'augment-instruction',
  summary: 'Writes one instruction for a representative, unlike three accepted ones that it is shown.',
  reads: representatives,
  writes: { drafts },
  asks: { instruction: text('teacher', prompt) },
  rejects: ['empty', 'cut-off', 'prompt-leak', 'opens-like-counterexample'],
  settings: z.object({
    languages,
    minPool: z
      .number()
      .int()
      .min(0)
      .default(60)
      .describe('Minimum number of accepted pairs before the first augmentation.')
  }),
  view: counterexamplePool,
  defersUntilDrained: seedBriefs,

  question({ id, passageId, passage }, { settings, view, random, released }) {
    if (view.size < settings.minPool && !released) return { deferred: 'pool-not-ready' }
    const styleName = random() < 0.5 ? 'command' : 'question'
    const drawn = view.draw(id, random)
    const variables = {
      passage: delimit('passage', passageId, passage.text),
      counterexamples: drawn.map(({ id, instruction }) => delimit('counterexample', id, instruction)),
      style: tagGrid.find(({ style }) => style === styleName)!.styleDescription,
      styleName,
      language: instructionLanguage(passage.language, settings.languages),
      round: 1 + Math.max(0, ...drawn.map(({ round }) => round))
    } as const
    return { ask: { instruction: variables } }
  },

  decide({ passageId, passage }, { instruction: completion }, { asked }) {
    const { text, finishReason, promptWords } = completion
    if (finishReason !== 'stop') return { rejected: 'cut-off', evidence: `${finishReason}: ${text}` }
    const instruction = instructionIn(text)
    if (instruction === '') return { rejected: 'empty', evidence: text }
    const leak = promptLeak(instruction, promptWords)
    if (leak !== undefined) return { rejected: 'prompt-leak', evidence: leak }
    const { counterexamples, styleName, round } = asked.instruction
    const shown = counterexamples.map(({ delimited }) => delimited)
    if (sameOpening(instruction, shown) !== undefined)
      return { rejected: 'opens-like-counterexample', evidence: instruction }
    const origin = { origin: 'augmentation', cell: null, round, style: styleName }
    const ids = counterexamples.map(({ key }) => key)
    return { to: 'drafts', values: [{ passageId, passage, ...origin, counterexamples: ids, instruction }] }
  }
})
