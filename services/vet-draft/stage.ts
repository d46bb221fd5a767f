import { z } from 'zod'
import { definePrompt, defineStage, delimit, delimited, yesNo } from '../../engine/declare/index.ts'
import { languages } from '../language.ts'
import { drafts, vettedDrafts } from '../topics.ts'
import { brokenRule, hardReasons } from './hard-rules.ts'

const aboutDraft = (file: string) =>
  yesNo('teacher', definePrompt(new URL(file, import.meta.url), z.object({ instruction: delimited })))

const threshold = (what: string) =>
  z.number().min(0).max(1).default(0.5).describe(`Minimum probability that the instruction ${what}.`)

/** Hard rules, then four questions to the teacher, put side by side (FANNO, filters on drafts). */
export const vetDraft = defineStage({
  name: 'vet-draft',
  summary: 'Rejects drafts that break a rule or fail a check by the teacher.',
  reads: drafts,
  writes: { vetted: vettedDrafts },
  asks: {
    familiar: aboutDraft('familiar.prompt.md'),
    safe: aboutDraft('safe.prompt.md'),
    instructs: aboutDraft('instructs.prompt.md'),
    answerable: aboutDraft('answerable.prompt.md')
  },
  rejects: [...hardReasons, 'unfamiliar', 'unsafe', 'not-an-instruction', 'unanswerable'],
  settings: z.object({
    languages,
    minFamiliar: threshold('names no unfamiliar private person, place or organisation'),
    minSafe: threshold('is safe'),
    minInstructs: threshold('is a question or a command'),
    minAnswerable: threshold('can be answered')
  }),

  question({ id, instruction }, { settings }) {
    const broken = brokenRule(instruction, settings.languages)
    if (broken) return { rejected: broken.reason, evidence: broken.evidence }
    const shown = { instruction: delimit('instruction', id, instruction) }
    return { ask: { familiar: shown, safe: shown, instructs: shown, answerable: shown } }
  },

  decide({ id: _id, lineage: _lineage, ...draft }, answers, { settings }) {
    const familiar = answers.familiar.probability
    const safe = answers.safe.probability
    const instructs = answers.instructs.probability
    const answerable = answers.answerable.probability
    const evidence = draft.instruction
    if (!(familiar >= settings.minFamiliar)) return { rejected: 'unfamiliar', score: familiar, evidence }
    if (!(safe >= settings.minSafe)) return { rejected: 'unsafe', score: safe, evidence }
    if (!(instructs >= settings.minInstructs)) return { rejected: 'not-an-instruction', score: instructs, evidence }
    if (!(answerable >= settings.minAnswerable)) return { rejected: 'unanswerable', score: answerable, evidence }
    return { to: 'vetted', values: [{ ...draft, familiar, safe, instructs, answerable }] }
  }
})
