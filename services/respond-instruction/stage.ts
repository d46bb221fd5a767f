import { z } from 'zod'
import {
  definePrompt,
  defineStage,
  delimit,
  delimited,
  text,
  verbatim,
  verbatimText
} from '../../engine/declare/index.ts'
import { withoutThoughts } from '../answer-text.ts'
import { countTokens } from '../count-tokens.ts'
import { promptLeak } from '../prompt-leak.ts'
import { instructions, responses } from '../topics.ts'
import { refusal } from './refusal.ts'
import { runawayRepetition } from './repetition.ts'
import { wrongLanguage } from './response-language.ts'

const prompt = definePrompt(
  new URL('respond-instruction.prompt.md', import.meta.url),
  z.object({ instruction: verbatimText, passage: delimited.nullable() })
)

/**
 * The teacher answers from its own knowledge, without the passage: the authors' largest single effect (58.2 on average
 * without context, 56.1 with the document; FANNO, ablation of contexts).
 */
export const respondInstruction = defineStage({
  name: 'respond-instruction',
  summary: 'Answers an instruction; rejects answers that are cut off, refused, repetitive or in another language.',
  reads: instructions,
  writes: { responses },
  asks: { response: text('teacher', prompt) },
  rejects: ['cut-off', 'empty-response', 'prompt-leak', 'refusal', 'wrong-language', 'repetition'],
  settings: z.object({
    context: z.enum(['none', 'passage']).default('none').describe('Context shown to the teacher with the instruction.')
  }),

  question({ instruction, passageId, passage }, { settings }) {
    const shown = settings.context === 'passage' ? delimit('passage', passageId, passage.text) : null
    return { ask: { response: { instruction: verbatim(instruction), passage: shown } } }
  },

  decide(record, { response: completion }, { settings }) {
    const { id: instructionId, passageId, passage, origin, cell, counterexamples, round, style, instruction } = record
    const response = withoutThoughts(completion.text)
    // A loop that ran into its limit is a loop: the more telling reason first.
    const loop = runawayRepetition(response)
    if (loop !== undefined) return { rejected: 'repetition', evidence: loop }
    if (completion.finishReason !== 'stop')
      return { rejected: 'cut-off', evidence: `${completion.finishReason}: ${response.slice(-500)}` }
    if (response === '') return { rejected: 'empty-response', evidence: completion.text }
    const leak = promptLeak(response, completion.promptWords)
    if (leak !== undefined) return { rejected: 'prompt-leak', evidence: leak }
    const declined = refusal(response)
    if (declined !== undefined) return { rejected: 'refusal', evidence: declined }
    const language = wrongLanguage(instruction, response, cell?.taskType === 'translation')
    if (language !== undefined) return { rejected: 'wrong-language', evidence: `${language}: ${response}` }
    const about = { passageId, passage, origin, cell, counterexamples, round, style, instruction, instructionId }
    const answered = { response, responseTokens: countTokens(response), context: settings.context }
    return { to: 'responses', values: [{ ...about, ...answered }] }
  }
})
