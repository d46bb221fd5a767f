import { describe, expect, it } from 'vitest'
import { given } from '../../engine/testing/stage-driver.ts'
import { admitInstruction } from '../../services/admit-instruction/stage.ts'
import { aVettedDraft, towards } from '../support/records/instructions.ts'

const settings = admitInstruction.settings.parse({})
const freshView = () => admitInstruction.createView(settings)
type View = ReturnType<typeof freshView>

/** One draft whose embedding points at an angle, decided upon and folded. */
const admit = (view: View, id: string, degrees: number, offset = 0) =>
  given(admitInstruction, aVettedDraft(`Explain ${id} to a child, please.`, { id }), { view, offset }).whenAnswered({
    vector: towards(degrees)
  })

describe('admit-instruction', () => {
  it('asks for the embedding of the instruction, not of the passage', () => {
    expect(given(admitInstruction, aVettedDraft('Explain salt.')).whenAsked()).toEqual({
      ask: { vector: { text: 'Explain salt.' } }
    })
  })

  it('accepts the first one, which resembles nothing', () => {
    const { outcome, decision } = admit(freshView(), 'v1', 0)
    const { id: _id, lineage: _lineage, ...draft } = aVettedDraft('Explain v1 to a child, please.')
    expect(outcome).toEqual({
      to: 'instructions',
      values: [{ ...draft, draftId: 'v1', nearestId: null, similarity: 0 }]
    })
    expect(decision).toMatchObject({
      recordId: 'v1',
      verdict: 'emitted',
      number: 1,
      nearestId: null,
      embedder: 'minilm'
    })
  })

  it('rejects a near duplicate, naming what it is like and how much', () => {
    const view = freshView()
    admit(view, 'v1', 0)
    const { outcome, decision } = admit(view, 'v2', 20)
    expect(outcome).toMatchObject({ rejected: 'near-duplicate', evidence: 'v1' })
    expect('rejected' in outcome && outcome.score).toBeCloseTo(Math.cos((20 * Math.PI) / 180), 2)
    expect(decision).toMatchObject({ verdict: 'rejected', reason: 'near-duplicate', number: 0, nearestId: 'v1' })
  })

  it('accepts what is near, but not too near, and says how near', () => {
    const view = freshView()
    admit(view, 'v1', 0)
    const { outcome, decision } = admit(view, 'v2', 30)
    expect(outcome).toMatchObject({ to: 'instructions', values: [{ draftId: 'v2', nearestId: 'v1' }] })
    expect(decision).toMatchObject({ number: 2, nearestId: 'v1' })
    expect(decision.similarity).toBeCloseTo(Math.cos((30 * Math.PI) / 180), 2)
  })

  it('rejects at the limit itself', () => {
    const view = freshView()
    admit(view, 'v1', 0)
    const { nearest } = { nearest: view.vectors.nearest(towards(40))!.similarity }
    const again = (maxSimilarity: number) =>
      given(admitInstruction, aVettedDraft('Explain salt.'), { view, settings: { maxSimilarity } }).whenAnswered({
        vector: towards(40)
      }).outcome
    expect(again(nearest)).toMatchObject({ rejected: 'near-duplicate' })
    expect(again(nearest + 1e-9)).toMatchObject({ to: 'instructions' })
  })

  it('compares with accepted ones only: what was rejected makes nothing a duplicate', () => {
    const view = freshView()
    admit(view, 'v1', 0)
    admit(view, 'v2', 20)
    expect(admit(view, 'v3', 40).outcome).toMatchObject({ to: 'instructions', values: [{ nearestId: 'v1' }] })
  })

  it('numbers the accepted ones without gaps', () => {
    const view = freshView()
    const numbers = [0, 10, 60, 65, 120].map((degrees, i) => admit(view, `v${i}`, degrees, i).decision.number)
    expect(numbers).toEqual([1, 0, 2, 0, 3])
  })

  it('comes to the same verdicts from a view rebuilt from its decisions', () => {
    const view = freshView()
    const rebuilt = freshView()
    for (let i = 0; i < 40; i++) admitInstruction.fold(rebuilt, admit(view, `v${i}`, (i * 77) % 360, i).decision)
    expect(rebuilt.count).toBe(view.count)
    expect(rebuilt.vectors.size).toBe(view.vectors.size)
    for (let degrees = 0; degrees < 360; degrees += 7) {
      expect(admit(rebuilt, `w${degrees}`, degrees)).toEqual({ ...admit(view, `w${degrees}`, degrees), view: rebuilt })
    }
  })

  it('takes dead letters into its view as nothing', () => {
    const view = freshView()
    const { decision } = admit(freshView(), 'v1', 0)
    admitInstruction.fold(view, { ...decision, verdict: 'dead-lettered', embedding: Buffer.alloc(0) })
    expect(view.count).toBe(0)
    expect(view.vectors.size).toBe(0)
  })

  it('throws on an acceptance without a vector, rather than forget it', () => {
    const { decision } = admit(freshView(), 'v1', 0)
    expect(() => admitInstruction.fold(freshView(), { ...decision, embedding: Buffer.alloc(0) })).toThrow(
      'no embedding'
    )
  })

  it('throws when the embedder is another one', () => {
    const view = freshView()
    admit(view, 'v1', 0)
    const record = given(admitInstruction, aVettedDraft('Explain salt.'), { view })
    expect(() => record.whenAnswered({ vector: towards(0, 'another') })).toThrow(TypeError)
  })
})
