import { describe, expect, it } from 'vitest'
import { InferenceError, InputTooLong, RefusedByServer, UnusableAnswer } from '../../../../engine/inference/errors.ts'
import { Halt } from '../../../../engine/runtime/ground/halt.ts'
import { verdictOnFailure } from '../../../../engine/runtime/record/failure.ts'

const verdictOn = (...failures: readonly unknown[]) => verdictOnFailure('judge-text', failures)
const haltOn = (...failures: readonly unknown[]): Halt => {
  try {
    verdictOn(...failures)
  } catch (halt) {
    expect(halt).toBeInstanceOf(Halt)
    return halt as Halt
  }
  throw new Error('it did not halt')
}

const unusable = new UnusableAnswer('no digit', 'well, perhaps', [])
const terminal = new InferenceError('record-terminal', 'never answered')
const shutdown = new InferenceError('shutdown', 'withdrawn')
const wrongModel = (status?: number) =>
  new InferenceError('configuration', 'no such model', { remedy: 'See MODELS.', ...(status && { status }) })

describe('the verdict on failed questions', () => {
  it('is a rejection with what the model said when no answer was usable', () => {
    expect(verdictOn(unusable)).toEqual({ rejected: 'unusable-answer', evidence: 'no digit: well, perhaps' })
  })

  it('is a dead letter for what can never be processed, with what the server sent', () => {
    expect(verdictOn(terminal)).toEqual({ deadLetter: { code: 'record-terminal', error: 'never answered' } })
    const long = new InputTooLong('teacher', { status: 400, evidence: '9,000 tokens' })
    expect(verdictOn(long)).toMatchObject({
      deadLetter: { code: 'record-terminal', error: expect.stringMatching(/^teacher says .*: 9,000 tokens$/) }
    })
  })

  it('tells a record that the server refuses from one that it cannot process', () => {
    const refusal = new InferenceError('configuration', 'content filter', { status: 403, evidence: 'violence' })
    expect(verdictOn(new RefusedByServer(refusal))).toEqual({
      deadLetter: { code: 'refused-by-server', error: 'content filter: violence' }
    })
  })

  it.each([
    ['terminal before unusable', [unusable, terminal], { deadLetter: { code: 'record-terminal' } }],
    ['unusable before withdrawn', [shutdown, unusable, shutdown], { rejected: 'unusable-answer' }],
    ['terminal before withdrawn', [shutdown, terminal], { deadLetter: { code: 'record-terminal' } }]
  ])('goes by the gravest failure: %s', (_what, failures, verdict) => {
    expect(verdictOn(...failures)).toMatchObject(verdict)
    expect(verdictOn(...failures.toReversed())).toMatchObject(verdict)
  })
})

describe('a failure that concerns every record halts', () => {
  it('before any verdict on this one, and with its remedy', () => {
    const halt = haltOn(terminal, unusable, wrongModel(404))
    expect(halt).toMatchObject({ code: 'model-configuration', stage: 'judge-text', exitCode: 78 })
    expect(halt.message).toBe('no such model See MODELS.')
  })

  it.each([401, 403])('as a refused key for status %i', status => {
    expect(haltOn(wrongModel(status))).toMatchObject({ code: 'not-authorised', exitCode: 77 })
  })

  it('as a defect of the engine when nobody knows the error, whatever was withdrawn because of it', () => {
    const unknown = new TypeError('x is undefined')
    const halt = haltOn(shutdown, unknown)
    expect(halt).toMatchObject({ code: 'internal', cause: unknown, exitCode: 70 })
    expect(halt.message).toContain('x is undefined')
  })

  it('as a defect of the engine when questions were withdrawn and nobody had asked for that', () => {
    expect(haltOn(shutdown).message).toContain('withdrawn')
  })
})
