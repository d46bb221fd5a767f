import { z } from 'zod'
import { definePrompt, defineStage, delimit, delimited, grade } from '../../engine/declare/index.ts'
import { pairs, responses } from '../topics.ts'

const prompt = definePrompt(
  new URL('judge-response.prompt.md', import.meta.url),
  z.object({ instruction: delimited, response: delimited })
)

/** The last word on a pair: a mark from 1 to 5, in the manner of self-curation (FANNO, responses). */
export const judgeResponse = defineStage({
  name: 'judge-response',
  summary: 'Grades a response from 1 to 5 and keeps the good pairs.',
  reads: responses,
  writes: { pairs },
  asks: { mark: grade('judge', prompt) },
  rejects: ['low-score'],
  settings: z.object({
    minScore: z.number().min(1).max(5).default(4).describe('Minimum mark, 1 to 5, after rounding the expected mark.')
  }),

  question: ({ id, instructionId, instruction, response }) => ({
    ask: {
      mark: {
        instruction: delimit('instruction', instructionId, instruction),
        response: delimit('response', id, response)
      }
    }
  }),

  decide({ id: _id, lineage: _lineage, ...response }, { mark }, { settings }) {
    const { expectation, probabilities, evidence } = mark
    // Half a mark of grace, so that the expectation decides as the rounded digit would.
    if (!(expectation >= settings.minScore - 0.5))
      return { rejected: 'low-score', score: expectation, evidence: `${evidence}: ${probabilities.join(', ')}` }
    const score = { score: expectation, scoreProbabilities: probabilities, scoreEvidence: evidence }
    return { to: 'pairs', values: [{ ...response, ...score }] }
  }
})
