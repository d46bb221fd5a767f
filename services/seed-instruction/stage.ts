import { z } from 'zod'
import { definePrompt, defineStage, delimit, delimited, text } from '../../engine/declare/index.ts'
import { instructionIn } from '../answer-text.ts'
import { instructionLanguage, languages } from '../language.ts'
import { promptLeak } from '../prompt-leak.ts'
import { type GridCell, tagGrid } from '../tag-grid.ts'
import { drafts, seedBriefs } from '../topics.ts'

const prompt = definePrompt(
  new URL('seed-instruction.prompt.md', import.meta.url),
  z.object({
    passage: delimited,
    character: z.string(),
    task: z.string(),
    style: z.string(),
    /** What the task works on and the instruction must contain. */
    material: z.string().nullable(),
    /** In English: `German`. */
    language: z.string()
  })
)

/** One draft for one seed passage and one cell of the tag grid (FANNO, seed instructions). */
export const seedInstruction = defineStage({
  name: 'seed-instruction',
  summary: 'Writes one instruction for a seed passage and a cell of the tag grid.',
  reads: seedBriefs,
  writes: { drafts },
  asks: { instruction: text('teacher', prompt) },
  rejects: ['empty', 'cut-off', 'prompt-leak'],
  settings: z.object({ languages }),

  question({ passageId, passage, cell }, { settings }) {
    const { characterDescription, taskDescription, material, styleDescription } = gridCell(cell)
    const tags = { character: characterDescription, task: taskDescription, style: styleDescription }
    const language = instructionLanguage(passage.language, settings.languages)
    const shown = delimit('passage', passageId, passage.text)
    return { ask: { instruction: { passage: shown, ...tags, material, language } } }
  },

  decide({ passageId, passage, cell }, { instruction: completion }) {
    const { text, finishReason, promptWords } = completion
    if (finishReason !== 'stop') return { rejected: 'cut-off', evidence: `${finishReason}: ${text}` }
    const instruction = instructionIn(text)
    if (instruction === '') return { rejected: 'empty', evidence: text }
    const leak = promptLeak(instruction, promptWords)
    if (leak !== undefined) return { rejected: 'prompt-leak', evidence: leak }
    const origin = { origin: 'seed', cell, counterexamples: [], round: 0, style: cell.style }
    return { to: 'drafts', values: [{ passageId, passage, ...origin, instruction }] }
  }
})

/** A brief names its cell by place and by tags; both must mean the same cell of this grid. */
function gridCell(cell: Pick<GridCell, 'index' | 'character' | 'taskType' | 'style'>): GridCell {
  const known = tagGrid[cell.index]
  if (known?.character === cell.character && known.taskType === cell.taskType && known.style === cell.style)
    return known
  throw new Error(`the tag grid has no cell ${cell.index} (${cell.character}, ${cell.taskType}, ${cell.style})`)
}
