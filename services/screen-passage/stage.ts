import { z } from 'zod'
import { definePrompt, defineStage, delimit, delimited, yesNo } from '../../engine/declare/index.ts'
import { passages, screenedPassages } from '../topics.ts'

const aboutPassage = (file: string) => definePrompt(new URL(file, import.meta.url), z.object({ passage: delimited }))

const share = (byDefault: number, what: string) => z.number().min(0).max(1).default(byDefault).describe(what)

/** FANNO, document pre-screening: two yes/no questions, scored from the first token's log-probabilities. */
export const screenPassage = defineStage({
  name: 'screen-passage',
  summary: 'Keeps passages that are good text and not an advertisement.',
  reads: passages,
  writes: { screened: screenedPassages },
  asks: {
    quality: yesNo('teacher', aboutPassage('quality.prompt.md')),
    advertisement: yesNo('teacher', aboutPassage('advertisement.prompt.md'))
  },
  /** `poor-quality` and `advertisement` carry the probability as their score. */
  rejects: ['duplicate', 'poor-quality', 'advertisement'],
  repeats: { as: 'duplicate', by: ({ passage }) => passage.textHash },
  settings: z.object({
    minQuality: share(0.5, 'Minimum probability that the passage is good text.'),
    maxAdvertisement: share(0.5, 'Maximum probability that the passage is an advertisement.')
  }),

  question({ id, passage }) {
    const shown = { passage: delimit('passage', id, passage.text) }
    return { ask: { quality: shown, advertisement: shown } }
  },

  decide({ id, passage }, answers, { settings }) {
    const quality = answers.quality.probability
    const advertisement = answers.advertisement.probability
    if (!(quality >= settings.minQuality)) return { rejected: 'poor-quality', score: quality }
    if (!(advertisement <= settings.maxAdvertisement)) return { rejected: 'advertisement', score: advertisement }
    return { to: 'screened', values: [{ passageId: id, passage, quality, advertisement }] }
  }
})
