import { describe, expect, it } from 'vitest'
import { given } from '../../engine/testing/stage-driver.ts'
import { judgeResponse } from '../../services/judge-response/stage.ts'
import { aResponse, mark } from '../support/records/instructions.ts'

const response = aResponse('Explain why salt keeps food.', 'It draws out water.')

describe('judge-response', () => {
  it('asks the judge, not the teacher', () => {
    expect(judgeResponse.asks.mark).toMatchObject({ kind: 'grade', model: 'judge' })
  })

  it('shows instruction and response between delimiters of their own', () => {
    expect(given(judgeResponse, response).whenAsked()).toEqual({
      ask: {
        mark: {
          instruction: { delimited: response.instruction, as: 'instruction', key: 'instruction-1' },
          response: { delimited: response.response, as: 'response', key: 'response-1' }
        }
      }
    })
  })

  it('emits the pair with its expected mark and the probabilities of all marks', () => {
    const { id: _id, lineage: _lineage, ...rest } = response
    expect(given(judgeResponse, response).whenAnswered({ mark: mark(0, 0, 0, 0.5, 0.5) })).toEqual({
      to: 'pairs',
      values: [{ ...rest, score: 4.5, scoreProbabilities: [0, 0, 0, 0.5, 0.5], scoreEvidence: 'log-probabilities' }]
    })
  })

  it.each([
    [3.5, mark(0, 0, 0.5, 0.5, 0), true],
    [3.49, mark(0, 0, 0.51, 0.49, 0), false],
    [1, mark(1, 0, 0, 0, 0), false],
    [5, mark(0, 0, 0, 0, 1), true]
  ])('accepts an expected mark of %f as its rounded digit would be', (expectation, answer, accepted) => {
    const outcome = given(judgeResponse, response).whenAnswered({ mark: answer })
    if (accepted) expect(outcome).toMatchObject({ to: 'pairs', values: [{ score: expectation }] })
    else expect(outcome).toMatchObject({ rejected: 'low-score', score: expectation })
  })

  it('shows the probabilities as evidence of a low mark', () => {
    expect(given(judgeResponse, response).whenAnswered({ mark: mark(0.5, 0.5, 0, 0, 0) })).toEqual({
      rejected: 'low-score',
      score: 1.5,
      evidence: 'log-probabilities: 0.5, 0.5, 0, 0, 0'
    })
  })

  it('follows the limit of its settings', () => {
    const strict = given(judgeResponse, response, { settings: { minScore: 5 } })
    expect(strict.whenAnswered({ mark: mark(0, 0, 0, 0.6, 0.4) })).toMatchObject({ rejected: 'low-score' })
    expect(() => given(judgeResponse, response, { settings: { minScore: 6 } })).toThrow()
  })
})
