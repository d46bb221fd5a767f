import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  defineDecisionStage,
  definePrompt,
  defineStage,
  defineTopic,
  defineView,
  delimit,
  delimited,
  embedding,
  type Outcome,
  yesNo
} from '../../../engine/declare/index.ts'
import { given, UnsoundStage } from '../../../engine/testing/stage-driver.ts'
import { schemaOf } from '../../../schemas/schema-of.ts'
import type { Decision, Passage, ScreenedPassage } from '../../../schemas/types.ts'
import { screenedPassages as decidedUpon } from '../../../services/topics.ts'

const lineage = { rootId: '', parentId: '', traceparent: '', steps: [] }
const passage = {
  documentId: 'd',
  givenId: 'g',
  url: null,
  title: null,
  licence: null,
  ordinal: 0,
  text: 'Rivers carry sediment to the sea.',
  textHash: 'h',
  estimatedTokens: 8,
  language: 'en'
}
const record: Passage = { id: 'p1', passage, lineage }

const passages = defineTopic<Passage>({ records: 'passages', schema: schemaOf('passage') })
const screened = defineTopic<ScreenedPassage>({ records: 'screened-passages', schema: schemaOf('screened-passage') })
const about = z.object({ passage: delimited })
const ask = { quality: yesNo('teacher', definePrompt(new URL('file:///quality.prompt.md'), about)) }
const settings = z.object({ minQuality: z.number().min(0).max(1).default(0.5) })
const seen = defineView({
  name: 'seen',
  reads: { passages },
  create: () => ({ count: 0 }),
  folds: { passages: state => void state.count++ }
})

const base = {
  name: 'judge-text',
  summary: 'Judges.',
  reads: passages,
  writes: { screened },
  asks: ask,
  rejects: ['poor'] as const,
  settings
}
const asked = (p: Passage) => ({ ask: { quality: { passage: delimit('passage', p.id, p.passage.text) } } })
const emission = (quality: number) =>
  ({
    to: 'screened',
    values: [{ passageId: 'p1', passage, quality, advertisement: 0 }]
  }) as const

const stage = defineStage({
  ...base,
  question: asked,
  decide: (_record, { quality }, { settings }) =>
    quality.probability < settings.minQuality
      ? { rejected: 'poor', score: quality.probability }
      : emission(quality.probability)
})
const yes = (probability: number) => ({ quality: { probability, evidence: 'log-probabilities' as const } })

/** A stage that says what its type would forbid: the outcome comes from JavaScript, or through a cast. */
const saying = (outcome: unknown) =>
  defineStage({ ...base, question: asked, decide: () => outcome as Outcome<{ screened: typeof screened }, 'poor'> })

describe('the stage test driver', () => {
  it('gives what a stage asks, and its outcome for the answers', () => {
    expect(given(stage, record).whenAsked()).toEqual(asked(record))
    expect(given(stage, record).whenAnswered(yes(0.9))).toEqual(emission(0.9))
    expect(given(stage, record).whenAnswered(yes(0.2))).toEqual({ rejected: 'poor', score: 0.2 })
  })

  it('takes settings from the schema, and those given over them', () => {
    expect(given(stage, record, { settings: { minQuality: 0.1 } }).whenAnswered(yes(0.2))).toEqual(emission(0.2))
    expect(() => given(stage, record, { settings: { minQuality: 7 } })).toThrow()
  })

  it('hands the view, the release and numbers drawn from the id of the record to the question', () => {
    const looking = defineStage({
      ...base,
      view: seen,
      defersUntilDrained: passages,
      question: (_r, { view, released, random }) =>
        released || view.count > 1 ? { rejected: 'poor', score: random() } : { deferred: 'nothing seen' },
      decide: () => ({ rejected: 'poor' })
    })
    expect(given(looking, record).whenAsked()).toEqual({ deferred: 'nothing seen' })
    const first = given(looking, record, { released: true }).whenAsked()
    expect(first).toMatchObject({ rejected: 'poor' })
    expect(given(looking, record, { view: { count: 2 } }).whenAsked()).toEqual(first)
    expect(given(looking, { ...record, id: 'p2' }, { released: true }).whenAsked()).not.toEqual(first)
  })

  it('says so when answers are given to a stage that asked nothing', () => {
    const silent = defineStage({
      ...base,
      question: () => ({ rejected: 'poor' }),
      decide: () => ({ rejected: 'poor' })
    })
    expect(() => given(silent, record).whenAnswered(yes(1))).toThrow(/asked nothing.*poor/)
  })

  it.each<[string, unknown, RegExp]>([
    ['a reason that is not declared', { rejected: 'mood' }, /rejected for mood/],
    ['a score that is no number', { rejected: 'poor', score: Number.NaN }, /score NaN/],
    ['an outlet that is not declared', { to: 'elsewhere', values: [{}] }, /emitted to elsewhere/],
    ['an emission of nothing', { to: 'screened', values: [] }, /emitted nothing/],
    [
      'a value that does not fit its schema',
      { to: 'screened', values: [{ ...emission(1).values[0], quality: 'high' }] },
      /quality is 'high'/
    ],
    ['an undeclared reason beside an emission', { ...emission(1), alsoRejected: [{ rejected: 'mood' }] }, /mood/]
  ])('refuses %s', (_what, outcome, message) => {
    const attempt = () => given(saying(outcome), record).whenAnswered(yes(1))
    expect(attempt).toThrow(UnsoundStage)
    expect(attempt).toThrow(message)
  })

  it('refuses a deferral of a released record, and one that nothing would ever release', () => {
    const deferring = {
      ...base,
      question: () => ({ deferred: 'later' }),
      decide: () => ({ rejected: 'poor' }) as const
    }
    const waiting = defineStage({ ...deferring, defersUntilDrained: passages })
    expect(() => given(waiting, record, { released: true }).whenAsked()).toThrow(/again.*later/)
    expect(() => given(defineStage(deferring), record).whenAsked()).toThrow(/defersUntilDrained/)
  })

  it('refuses questions that are missing, undeclared, or that their prompt cannot render', () => {
    const asking = (ask: unknown) =>
      given(defineStage({ ...base, question: () => ({ ask }) as never, decide: () => ({ rejected: 'poor' }) }), record)
    expect(() => asking({}).whenAsked()).toThrow(/did not ask quality/)
    expect(() => asking({ ...asked(record).ask, mood: {} }).whenAsked()).toThrow(/asked mood/)
    expect(() => asking({ quality: { passage: 'bare text' } }).whenAsked()).toThrow()
  })

  it('refuses a record that its topic could not carry', () => {
    expect(() => given(stage, { ...record, passage: { ...passage, ordinal: 0.5 } })).toThrow(/ordinal is 0.5/)
  })

  it('notices a verdict that changes from call to call', () => {
    let calls = 0
    const moody = defineStage({ ...base, question: asked, decide: () => ({ rejected: 'poor', score: calls++ }) })
    expect(() => given(moody, record).whenAnswered(yes(1))).toThrow(/otherwise/)
  })

  it('lets the exception of a stage function through', () => {
    const broken = defineStage({
      ...base,
      question: asked,
      decide: () => {
        throw new RangeError('out of words')
      }
    })
    expect(() => given(broken, record).whenAnswered(yes(1))).toThrow(RangeError)
  })
})

describe('the stage test driver, for a decision stage', () => {
  const decisions = defineTopic<Decision>({
    records: 'count-decisions',
    schema: schemaOf('private/decision'),
    partitions: 'single'
  })
  const counting = defineDecisionStage({
    name: 'count-passages',
    summary: 'Counts.',
    reads: decidedUpon,
    writes: { screened },
    asks: { vector: embedding('embedder') },
    rejects: ['even'],
    settings: z.object({}),
    decisions,
    createView: () => ({ folded: [] as Decision[] }),
    fold: (view, decision) => void view.folded.push(decision),
    question: ({ passage }) => ({ ask: { vector: { text: passage.text } } }),
    decide: (_record, { vector }, { view }) => ({
      outcome: view.folded.length % 2 ? { rejected: 'even' } : emission(1),
      decision: { number: view.folded.length + 1, embedding: Buffer.from(vector.values.buffer), scale: vector.scale }
    })
  })
  const screenedRecord: ScreenedPassage = { id: 's1', passageId: 'p1', passage, quality: 1, advertisement: 0, lineage }
  const answers = { vector: { values: Int8Array.of(1, -2), scale: 0.5, embedder: 'e' } }

  it('folds each decision into the view, with the schema defaults in what the stage left out', () => {
    const first = given(counting, screenedRecord).whenAnswered(answers)
    expect(first.outcome).toEqual(emission(1))
    expect(first.decision).toMatchObject({ recordId: 's1', verdict: 'emitted', reason: '', number: 1, nearestId: null })
    const second = given(counting, { ...screenedRecord, id: 's2' }, { view: first.view, offset: 1 }).whenAnswered(
      answers
    )
    expect(second.outcome).toEqual({ rejected: 'even' })
    expect(second.decision).toMatchObject({ recordId: 's2', verdict: 'rejected', reason: 'even', inputOffset: 1 })
    expect(second.view.folded).toHaveLength(2)
  })

  it('refuses a schema of decisions that lacks the part of the engine', () => {
    const passages = defineTopic<Decision>({
      records: 'count-decisions',
      schema: schemaOf('pair'),
      partitions: 'single'
    })
    const unfit = { ...counting, decisions: passages }
    expect(() => given(unfit, screenedRecord)).toThrow(
      /pair\.avsc for its decisions: .*inputOffset \(long\) is missing/
    )
  })

  it('folds what a successor would read: bytes that have been through the schema', () => {
    const { view } = given(counting, screenedRecord).whenAnswered(answers)
    expect(Buffer.isBuffer(view.folded[0]!.embedding)).toBe(true)
    expect([...new Int8Array(view.folded[0]!.embedding)]).toEqual([1, -2])
  })

  it('refuses a decision that does not fit its schema', () => {
    const wrong = defineDecisionStage({
      ...counting,
      decide: () => ({ outcome: { rejected: 'even' as const }, decision: { number: 'three' as unknown as number } })
    })
    expect(() => given(wrong, screenedRecord).whenAnswered(answers)).toThrow(/number is 'three'/)
  })
})
