import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type AnyStage, definePrompt, defineStage, defineTopic, yesNo } from '../../../../engine/declare/index.ts'
import { UnsoundStage } from '../../../../engine/runtime/ground/unsound-stage.ts'
import { decisionless, questionOf } from '../../../../engine/runtime/record/question.ts'
import type { Input } from '../../../../engine/runtime/record/verdict.ts'

interface Text {
  readonly id: string
}
const schema = { type: 'record', name: 'Text', fields: [{ name: 'id', type: 'string', default: '' }] }
const texts = defineTopic<Text>({ records: 'texts', schema })
const judged = defineTopic<Text>({ records: 'judged', schema })
const base = {
  name: 'judge-text',
  summary: 'Judges.',
  reads: texts,
  writes: { judged },
  asks: { good: yesNo('teacher', definePrompt(new URL('file:///good.md'), z.object({}))) },
  rejects: ['poor'],
  settings: z.object({})
} as const

const input = (id: string): Input => ({
  record: { topic: 'p.texts.v1', partition: 0, offset: 7, timestamp: 0, key: null, value: null, headers: {} },
  value: { id },
  id
})
const call = (stage: AnyStage) => ({ stage, settings: {}, view: undefined })

/** A stage whose `question` says this, whatever its type forbids. */
const saying = (said: unknown, more: object = {}): AnyStage =>
  defineStage({ ...base, ...more, question: () => said as never, decide: () => ({ rejected: 'poor' }) }) as never

describe('what a question may say', () => {
  it('is every declared ask, with its variables', () => {
    const said = { ask: { good: {} } }
    expect(questionOf(call(saying(said)), input('a'), false)).toEqual(said)
  })
  it('is an outcome without asking', () => {
    expect(questionOf(call(saying({ rejected: 'poor' })), input('a'), false)).toEqual({ rejected: 'poor' })
  })
  it('is "not yet", where the stage says what it waits for', () => {
    const waiting = saying({ deferred: 'pool is empty' }, { defersUntilDrained: texts })
    expect(questionOf(call(waiting), input('a'), false)).toEqual({ deferred: 'pool is empty' })
  })

  it.each<[string, AnyStage, boolean, RegExp]>([
    ['an ask that is not declared', saying({ ask: { good: {}, mood: {} } }), false, /judge-text asked mood/],
    ['an ask that only every object has', saying({ ask: { good: {}, toString: {} } }), false, /asked toString/],
    ['fewer asks than are declared', saying({ ask: {} }), false, /did not ask good/],
    ['"not yet" where nothing would ever release it', saying({ deferred: 'later' }), false, /defersUntilDrained/],
    ['"not yet" once more', saying({ deferred: 'later' }, { defersUntilDrained: texts }), true, /again \(later\)/]
  ])('is not %s', (_what, stage, released, message) => {
    const attempt = () => questionOf(call(stage), input('a'), released)
    expect(attempt).toThrow(UnsoundStage)
    expect(attempt).toThrow(message)
  })
})

describe('chance in a stage', () => {
  const drawn: number[] = []
  const drawing = defineStage({
    ...base,
    question: (_record, { random }) => {
      drawn.push(random())
      return { ask: { good: {} } }
    },
    decide: (_record, _answers, { random }) => ({ rejected: 'poor', score: random() })
  })

  it('comes from the id of the record: the same for the same record, another for question and verdict', () => {
    for (const id of ['a', 'a', 'b']) questionOf(call(drawing as never), input(id), false)
    const [first, again, other] = drawn
    expect(again).toBe(first)
    expect(other).not.toBe(first)
    const answered = { as: 'answers', input: input('a'), asked: {}, answers: {}, calls: [] } as const
    const { score } = decisionless(call(drawing as never), answered) as { score: number }
    expect(score).not.toBe(first)
    expect(score).toBeGreaterThanOrEqual(0)
    expect(score).toBeLessThan(1)
  })
})
