import { z } from 'zod'
import {
  type AnyDecisionStage,
  type AnyStage,
  defineDecisionStage,
  definePrompt,
  defineStage,
  defineTopic,
  yesNo
} from '../../../engine/declare/index.ts'
import type { DecisionEnvelope, Lineage } from '../../../engine/schemas/types.ts'

/** Two stages of a sentence each, for tests of one file of the runtime. */
export interface Text {
  readonly id: string
  readonly text: string
  readonly lineage: Lineage
}

const field = (name: string, type: string, fallback: unknown) => ({ name, type, default: fallback })
const noLineage: Lineage = { rootId: '', parentId: '', traceparent: '', steps: [] }
const textSchema = {
  type: 'record',
  name: 'Text',
  fields: [
    field('id', 'string', ''),
    field('text', 'string', ''),
    { ...field('lineage', 'Lineage', noLineage), type: 'Lineage' }
  ]
}
const decisionSchema = {
  type: 'record',
  name: 'TextDecision',
  fields: [
    field('id', 'string', ''),
    field('recordId', 'string', ''),
    field('inputPartition', 'int', 0),
    field('inputOffset', 'long', 0),
    field('verdict', 'string', ''),
    field('reason', 'string', ''),
    field('number', 'int', 0)
  ]
}

interface TextDecision extends DecisionEnvelope {
  readonly number: number
}

export const texts = defineTopic<Text>({ records: 'texts', schema: textSchema, partitions: 'single' })
export const judged = defineTopic<Text>({ records: 'judged', schema: textSchema })
export const textDecisions = defineTopic<TextDecision>({
  records: 'text-decisions',
  schema: decisionSchema,
  partitions: 'single',
  audience: 'private'
})
export const textTopics = [texts, judged, textDecisions]

/** Its file is never read: nothing is rendered here. */
export const textPrompt = definePrompt(new URL('file:///judge-text.md'), z.object({ text: z.string() }))

const declared = {
  reads: texts,
  writes: { judged },
  asks: { good: yesNo('teacher', textPrompt) },
  rejects: ['poor', 'repeated'],
  settings: z.object({ least: z.number().default(0.5) })
} as const

export const textSettings = { least: 0.5 }

/** A plain stage that emits a text found good, changed in some of its declarations. */
export const judgeText = (change: object = {}): AnyStage =>
  defineStage({
    ...declared,
    name: 'judge-text',
    summary: 'Judges.',
    question: ({ text }) => ({ ask: { good: { text } } }),
    decide: ({ text }, { good }, { settings }) =>
      good.probability < settings.least
        ? { rejected: 'poor' as const, score: good.probability }
        : { to: 'judged' as const, values: [{ text }] },
    ...(change as object)
  }) as never

/** A decision stage that numbers the texts found good, and remembers in its view what it folded. */
export const numberText = (change: object = {}): AnyDecisionStage =>
  defineDecisionStage({
    ...declared,
    name: 'number-text',
    summary: 'Numbers.',
    decisions: textDecisions,
    createView: (): NumberView => ({ last: 0, folded: [] }),
    fold(view, decision) {
      if (decision.verdict === 'emitted') view.last = decision.number
      view.folded.push(decision)
    },
    question: ({ text }) => ({ ask: { good: { text } } }),
    decide({ text }, { good }, { view, settings }) {
      if (good.probability < settings.least) return { outcome: { rejected: 'poor' as const } }
      const number = view.last + 1
      return {
        outcome: { to: 'judged' as const, values: [{ text: `${number}. ${text}` }] as const },
        decision: { number }
      }
    },
    ...(change as object)
  }) as never

export interface NumberView {
  last: number
  readonly folded: TextDecision[]
}

export const aText = (id: string, more: Partial<Text> = {}): Text => ({
  id,
  text: `text ${id}`,
  lineage: noLineage,
  ...more
})

export const yes = { probability: 0.9, evidence: 'log-probabilities' }
export const no = { probability: 0.1, evidence: 'log-probabilities' }
