/**
 * Each declaration below has one fault that must not compile: `tsc --noEmit` fails where the type checker does not find it
 * (an unused expectation is an error). `contract-types.test.ts` runs them, and checks that what a cast lets through is
 * caught at run time.
 */

import { z } from 'zod'
import {
  type Answers,
  defineDecisionStage,
  definePrompt,
  defineStage,
  defineTopic,
  delimit,
  delimited,
  embedding,
  grade,
  offload,
  text,
  yesNo
} from '../../../engine/declare/index.ts'
import { schemaOf } from '../../../schemas/schema-of.ts'
import type { Decision, Passage, ScreenedPassage } from '../../../schemas/types.ts'

export const passages = defineTopic<Passage>({ records: 'passages', schema: schemaOf('passage') })
export const screened = defineTopic<ScreenedPassage>({
  records: 'screened-passages',
  schema: schemaOf('screened-passage'),
  partitions: 'single'
})
export const decisions = defineTopic<Decision>({
  records: 'decisions',
  schema: schemaOf('private/decision'),
  partitions: 'single'
})
const prompt = definePrompt(new URL('file:///quality.prompt.md'), z.object({ passage: delimited, hint: z.string() }))

const base = {
  name: 'judge-text',
  summary: 'Judges.',
  reads: passages,
  writes: { screened },
  asks: { quality: yesNo('teacher', prompt) },
  rejects: ['poor'] as const,
  settings: z.object({ minQuality: z.number().default(0.5) })
}
const asking = (record: Passage) => ({
  ask: { quality: { passage: delimit('passage', record.id, record.passage.text), hint: 'none' } }
})
const emission = ({ id, passage }: Passage) =>
  ({ to: 'screened', values: [{ passageId: id, passage, quality: 1, advertisement: 0 }] }) as const

/** Without a fault: what is refused below is refused for its fault alone. */
export const sound = defineStage({ ...base, question: asking, decide: emission })

export const undeclaredOutlet = defineStage({
  ...base,
  question: asking,
  // @ts-expect-error no outlet of that name
  decide: record => ({ ...emission(record), to: 'elsewhere' })
})

export const wrongValue = defineStage({
  ...base,
  question: asking,
  decide: ({ id, passage }) => ({
    to: 'screened',
    // @ts-expect-error a word where a number belongs
    values: [{ passageId: id, passage, quality: 'high', advertisement: 0 }]
  })
})

export const missingField = defineStage({
  ...base,
  question: asking,
  // @ts-expect-error the advertisement score is missing
  decide: ({ id, passage }) => ({ to: 'screened', values: [{ passageId: id, passage, quality: 1 }] })
})

export const emptyEmission = defineStage({
  ...base,
  question: asking,
  // @ts-expect-error nothing emitted, and no reason
  decide: () => ({ to: 'screened', values: [] })
})

export const noOutcome = defineStage({
  ...base,
  question: asking,
  // @ts-expect-error a record without an outcome
  decide: () => undefined
})

export const undeclaredReason = defineStage({
  ...base,
  question: asking,
  // @ts-expect-error a reason that is not declared
  decide: () => ({ rejected: 'mood' })
})

export const undeclaredReasonBeside = defineStage({
  ...base,
  question: asking,
  // @ts-expect-error a reason that is not declared, beside an emission
  decide: record => ({ ...emission(record), alsoRejected: [{ rejected: 'mood' }] })
})

export const undeclaredReasonAtOnce = defineStage({
  ...base,
  // @ts-expect-error a reason that is not declared, before anything was asked
  question: () => ({ rejected: 'mood' }),
  decide: emission
})

export const undeclaredRepeat = defineStage({
  ...base,
  // @ts-expect-error repeats rejected for a reason that is not declared
  repeats: { as: 'mood', by: (record: Passage) => record.id },
  question: asking,
  decide: emission
})

export const missingVariable = defineStage({
  ...base,
  // @ts-expect-error the prompt's `hint` is missing
  question: record => ({ ask: { quality: { passage: delimit('passage', record.id, '') } } }),
  decide: emission
})

export const bareText = defineStage({
  ...base,
  // @ts-expect-error foreign text without delimiters
  question: record => ({ ask: { quality: { passage: record.passage.text, hint: '' } } }),
  decide: emission
})

export const missingQuestion = defineStage({
  ...base,
  // @ts-expect-error a declared ask is not asked
  question: () => ({ ask: {} }),
  decide: emission
})

export const answerNotAsked = defineStage({
  ...base,
  question: asking,
  // @ts-expect-error an answer that was not asked for
  decide: (record, { taste }) => (taste ? emission(record) : { rejected: 'poor' })
})

export const deferredVerdict = defineStage({
  ...base,
  question: asking,
  // @ts-expect-error only `question` may defer: an answer has been paid for
  decide: () => ({ deferred: 'later' })
})

export const unknownSetting = defineStage({
  ...base,
  question: asking,
  // @ts-expect-error a setting that the schema does not have
  decide: (record, _answers, { settings }) => (settings.maxMood ? emission(record) : { rejected: 'poor' })
})

// @ts-expect-error a record without an id needs to say what its id is
export const topicWithoutId = defineTopic<{ readonly name: string }>({ records: 'names', schema: schemaOf('name') })

/** Each kind of ask has its own answer. */
const asks = {
  yes: yesNo('teacher', prompt),
  mark: grade('judge', prompt),
  words: text('teacher', prompt),
  vector: embedding('embedder'),
  work: offload<number, string>(new URL('file:///work.ts'), { cpuMs: 1_000, memoryMiB: 64 })
}
export function answersOfTheirKind(answers: Answers<typeof asks>): readonly (number | string)[] {
  return [
    answers.yes.probability,
    answers.mark.expectation,
    answers.words.text,
    answers.vector.scale,
    answers.work.length,
    // @ts-expect-error an embedding is no text
    answers.vector.text,
    // @ts-expect-error a grade has five probabilities, not one
    answers.mark.probability,
    // @ts-expect-error the thread's answer is a string
    answers.work.scale
  ]
}

const inOrder = {
  ...base,
  name: 'count-passages',
  reads: screened,
  asks: { vector: embedding('embedder') },
  decisions,
  createView: () => ({ count: 0 }),
  fold: (view: { count: number }, decision: Decision) => {
    view.count += decision.number
  },
  question: ({ passage }: ScreenedPassage) => ({ ask: { vector: { text: passage.text } } })
}
const kept = ({ passageId, passage }: ScreenedPassage) =>
  ({ to: 'screened', values: [{ passageId, passage, quality: 1, advertisement: 0 }] }) as const

/** Without a fault. */
export const soundInOrder = defineDecisionStage({
  ...inOrder,
  decide: (record, { vector }, { view }) => ({
    outcome: kept(record),
    decision: { number: view.count, scale: vector.scale }
  })
})

export const bareOutcome = defineDecisionStage({
  ...inOrder,
  // @ts-expect-error a decision stage says outcome and decision
  decide: kept
})

export const undeclaredReasonInOrder = defineDecisionStage({
  ...inOrder,
  // @ts-expect-error a reason that is not declared
  decide: () => ({ outcome: { rejected: 'mood' } })
})

export const emptyEmissionInOrder = defineDecisionStage({
  ...inOrder,
  // @ts-expect-error nothing emitted, and no reason
  decide: () => ({ outcome: { to: 'screened', values: [] } })
})

export const wrongDecision = defineDecisionStage({
  ...inOrder,
  // @ts-expect-error a decision field of the wrong type
  decide: record => ({ outcome: kept(record), decision: { number: 'three' } })
})

export const forgedEnvelope = defineDecisionStage({
  ...inOrder,
  // @ts-expect-error the engine says which record was decided upon
  decide: record => ({ outcome: kept(record), decision: { recordId: 'another' } })
})

export const deferringInOrder = defineDecisionStage({
  ...inOrder,
  // @ts-expect-error a decision stage cannot defer: those behind would wait
  question: () => ({ deferred: 'later' }),
  decide: (record: ScreenedPassage) => ({ outcome: kept(record) })
})

export const wordsOfNoVector = defineDecisionStage({
  ...inOrder,
  // @ts-expect-error an embedding is asked for with its text
  question: ({ passage }: ScreenedPassage) => ({ ask: { vector: { words: passage.text } } }),
  decide: (record: ScreenedPassage) => ({ outcome: kept(record) })
})
