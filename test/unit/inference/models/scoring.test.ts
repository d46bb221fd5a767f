import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { completionOf, type TokenPlace } from '../../../../engine/inference/endpoints/completion.ts'
import {
  gradeLabels,
  gradeOf,
  labelIn,
  labelProbabilities,
  labelSchema,
  oneHot,
  yesNoLabels,
  yesNoOf
} from '../../../../engine/inference/models/scoring.ts'
import { llamaBiased } from '../../../support/records/recorded-replies.ts'

/** A place in a completion, from [token, log-probability] pairs; the first was sampled. */
const place = (...listed: (readonly [string, number])[]): TokenPlace => ({
  token: listed[0]![0],
  candidates: listed.map(([token, logprob]) => ({ token, logprob }))
})
const yes = (...places: TokenPlace[]): number | undefined => labelProbabilities(places, yesNoLabels)?.[1]

describe('the probability of yes', () => {
  it('is the softmax over 0 and 1, the other tokens left out', () => {
    expect(yes(place(['1', Math.log(0.3)], ['0', Math.log(0.1)], ['Yes', Math.log(0.6)]))).toBeCloseTo(0.75, 12)
  })
  it('does not depend on the order of the list', () => {
    const listed = [
      ['maybe', -4.8],
      ['0', -2.3],
      ['1', -0.4]
    ] as const
    expect(yes(place(...listed))).toBe(yes(place(...listed.toReversed())))
  })
  it('adds up the spellings of one label', () => {
    const spelt = place(['1', Math.log(0.2)], [' 1', Math.log(0.2)], ['\n1', Math.log(0.2)], ['0', Math.log(0.2)])
    expect(yes(spelt)).toBeCloseTo(0.75, 12)
  })
  it('does not take "10" or "1." for a label', () => {
    expect(yes(place(['10', -0.1], ['1.', -0.2], ['0', -1], ['1', -1]))).toBeCloseTo(0.5, 12)
  })
  it('counts the sampled token where the list lacks it, as llama-server sends it', () => {
    const { places } = completionOf(structuredClone(llamaBiased), 'x')
    expect(labelProbabilities(places, ['ES', 'ground'])![0]).toBeCloseTo(
      Math.exp(-12.078) / (Math.exp(-12.078) + Math.exp(-2.981)),
      9
    )
  })
  it('takes masked tokens (-9999) for impossible', () => {
    expect(yes(place(['1', -0.039], ['0', -9999], ['+', -9999]))).toBe(1)
    expect(yes(place(['0', -0.039], ['1', -9999]))).toBe(0)
  })
  it('gives a label that is not listed the smallest log-probability that is', () => {
    expect(yes(place(['1', -1], ['Yes', -2], ['The', -3]))).toBeCloseTo(1 / (1 + Math.exp(-2)), 12)
    expect(yes(place(['0', -1], ['Yes', -2], ['The', -3]))).toBeCloseTo(1 - 1 / (1 + Math.exp(-2)), 12)
  })
  it('is unknown when neither label is listed, or both are masked', () => {
    expect(yes(place(['Yes', -0.1], ['No', -2]))).toBeUndefined()
    expect(yes(place(['+', -0.1], ['0', -9999], ['1', -9999]))).toBeUndefined()
  })
  it('is read at the first token that is not white space', () => {
    expect(yes(place(['\n', -0.1], ['0', -1]), place([' ', -0.1]), place(['1', -0.1], ['0', -4]))).toBeGreaterThan(0.9)
    expect(yes(place(['  ', -0.1]), place(['\t', -0.1]))).toBeUndefined()
    expect(yes()).toBeUndefined()
  })
  it('is not read behind a word: what the model began with is not a label', () => {
    expect(yes(place(['The', -0.1], ['A', -1]), place(['1', -0.1], ['0', -2]))).toBeUndefined()
  })
  it('sums to one with the probability of no, for any list', () => {
    const logprob = fc.double({ min: -40, max: 0, noNaN: true })
    const token = fc.constantFrom('0', '1', ' 0', ' 1', 'Yes', 'the', '10')
    fc.assert(
      fc.property(fc.array(fc.tuple(token, logprob), { minLength: 1, maxLength: 20 }), listed => {
        const probabilities = labelProbabilities([place(...listed)], yesNoLabels)
        const hasLabel = listed.some(([text]) => ['0', '1'].includes(text.trim()))
        expect(probabilities !== undefined).toBe(hasLabel)
        if (!probabilities) return
        expect(probabilities[0]! + probabilities[1]!).toBeCloseTo(1, 9)
        expect(Math.min(...probabilities)).toBeGreaterThanOrEqual(0)
      })
    )
  })
})

describe('a mark', () => {
  it('is the expectation over 1 to 5', () => {
    const probabilities = labelProbabilities(
      [
        place(
          ['5', Math.log(0.5)],
          ['4', Math.log(0.2)],
          ['3', Math.log(0.1)],
          ['2', Math.log(0.1)],
          ['1', Math.log(0.1)]
        )
      ],
      gradeLabels
    )!
    const { expectation, probabilities: shown, evidence } = gradeOf(probabilities, 'log-probabilities')
    expect(expectation).toBeCloseTo(0.1 + 0.2 + 0.3 + 0.8 + 2.5, 12)
    expect(shown).toBe(probabilities)
    expect(evidence).toBe('log-probabilities')
  })
  it('of a structured answer is that number, one-hot', () => {
    const index = labelIn('{"answer": 4}', gradeLabels)!
    const structured = gradeOf(oneHot(index, gradeLabels.length), 'structured-answer')
    expect(structured).toEqual({ expectation: 4, probabilities: [0, 0, 0, 1, 0], evidence: 'structured-answer' })
  })
  it('of yes or no is the probability of yes', () => {
    expect(yesNoOf([0.25, 0.75], 'log-probabilities')).toEqual({ probability: 0.75, evidence: 'log-probabilities' })
    expect(yesNoOf(oneHot(0, 2), 'structured-answer').probability).toBe(0)
  })
})

describe('the label in a text', () => {
  it.each([
    ['a bare digit', '1', 1],
    ['a digit between spaces', ' 0\n', 0],
    ['a digit in a sentence', 'The answer is 1.', 1],
    ['a structured answer', '{"answer": 1}', 1],
    ['a structured answer full of white space', '{ "answer"\n\n\t:   0 \n\n}', 0],
    ['a structured answer in a fence', '```json\n{"answer": "1"}\n```', 1],
    ['the same number twice', '1, so yes: 1', 1],
    ['a number behind a thought', '<think>0 or 1? 2 reasons.</think>\n1', 1],
    ['a number behind a thought that the template began', 'There are 3 reasons against 0.\n</think>\n\n1', 1],
    ['a number behind two thoughts', '<think>4</think><think>5</think>0', 0]
  ])('is found in %s', (_, text, expected) => {
    expect(labelIn(text, yesNoLabels)).toBe(expected)
  })
  it.each([
    ['no number', 'Yes.'],
    ['nothing', ''],
    ['two labels', '0 or 1'],
    ['a label and another number', '4 out of 5'],
    ['a number that is no label', '7'],
    ['a number that holds a label', '10'],
    ['a decimal', '0.5'],
    ['a negative number', '-1'],
    ['a thought alone', '<think>1</think>'],
    ['a thought that was cut off', '<think>There is 1 reason']
  ])('is not found in %s', (_, text) => {
    expect(labelIn(text, yesNoLabels)).toBeUndefined()
  })
  it('is counted from the first label: 1 to 5 are 0 to 4', () => {
    expect(gradeLabels.map(label => labelIn(label, gradeLabels))).toEqual([0, 1, 2, 3, 4])
    expect(labelIn('0', gradeLabels)).toBeUndefined()
  })
  it('comes out of what the schema allows, and only that', () => {
    const { answer } = labelSchema(gradeLabels).schema.properties
    expect(answer.enum.map(value => labelIn(JSON.stringify({ answer: value }), gradeLabels))).toEqual([0, 1, 2, 3, 4])
  })
})
