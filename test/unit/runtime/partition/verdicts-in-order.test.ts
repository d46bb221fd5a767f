import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { VerdictsInOrder } from '../../../../engine/runtime/partition/verdicts-in-order.ts'
import type { Settlement } from '../../../../engine/runtime/record/settlement.ts'
import type { AnsweredRecord } from '../../../../engine/runtime/record/verdict.ts'
import { inputOfText, runtimeBed } from '../../../support/runtime/runtime-bed.ts'
import { aText, type NumberView, no, numberText, yes } from '../../../support/runtime/text-stages.ts'

const answered = (offset: number, good: unknown = yes): AnsweredRecord => ({
  as: 'answers',
  input: inputOfText(aText(`t${offset}`), offset),
  asked: { good: { text: '' } },
  answers: { good },
  calls: []
})

async function ordering(from = 0, change: object = {}, maxRecordBytes?: number) {
  const stage = numberText(change)
  const bed = await runtimeBed(stage, maxRecordBytes === undefined ? {} : { maxRecordBytes })
  const view = stage.createView(bed.context.settings) as NumberView
  const verdicts = new VerdictsInOrder(bed.context, stage, view, from)
  const decisionOf = (settlement: Settlement) =>
    bed.decoded(settlement.outputs.find(({ topic }) => topic === 'p.text-decisions.v1')!)
  return { ...bed, view, verdicts, decisionOf }
}
const offsets = (settlements: readonly Settlement[]) => settlements.map(({ offset }) => offset)

describe('verdicts in order', () => {
  it('wait for every offset before them, then come all at once', async () => {
    const { verdicts, view } = await ordering(5)
    expect(verdicts.inOrder).toBe(true)
    expect(verdicts.add(7, answered(7))).toEqual([])
    expect(verdicts.add(6, answered(6))).toEqual([])
    expect(view.folded).toEqual([])
    expect(offsets(verdicts.add(5, answered(5)))).toEqual([5, 6, 7])
    expect(view.last).toBe(3)
  })

  it('do not wait for offsets that need none, and give these none', async () => {
    const { verdicts, view } = await ordering(5)
    expect(verdicts.add(8, answered(8))).toEqual([])
    expect(verdicts.pass(6)).toEqual([])
    expect(verdicts.pass(5)).toEqual([])
    expect(offsets(verdicts.pass(7))).toEqual([8])
    expect(view.folded).toHaveLength(1)
  })

  it('are those of the offset order, in whatever order the answers come (R6)', async () => {
    const plan = Array.from({ length: 12 }, (_, offset) => ({ offset, kind: ['yes', 'no', 'hole'][(offset * 7) % 3] }))
    const given = async (order: readonly number[]) => {
      const { verdicts, decisionOf, view } = await ordering()
      const found = order.flatMap(index => {
        const { offset, kind } = plan[index]!
        return kind === 'hole'
          ? verdicts.pass(offset)
          : verdicts.add(offset, answered(offset, kind === 'yes' ? yes : no))
      })
      return { decisions: found.map(decisionOf), last: view.last }
    }
    const inOrder = await given([...plan.keys()])
    expect(inOrder.decisions).toHaveLength(8)
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([...plan.keys()], { minLength: plan.length }), async order => {
        expect(await given(order)).toEqual(inOrder)
      }),
      { numRuns: 25 }
    )
  })

  it('see those before them in the view, uncommitted as they are', async () => {
    const { verdicts, decoded } = await ordering()
    const settlements = [0, 1].flatMap(offset => verdicts.add(offset, answered(offset)))
    expect(settlements.map(({ outputs }) => decoded(outputs[0]!).text)).toEqual(['1. text t0', '2. text t1'])
  })

  it('write one decision for each outcome, with its place and what the stage adds', async () => {
    const { verdicts, decisionOf } = await ordering()
    const settlements = [yes, no, yes].flatMap((good, offset) => verdicts.add(offset, answered(offset, good)))
    expect(settlements.map(decisionOf)).toMatchObject([
      { recordId: 't0', inputPartition: 0, inputOffset: 0, verdict: 'emitted', reason: '', number: 1 },
      { recordId: 't1', inputOffset: 1, verdict: 'rejected', reason: 'poor', number: 0 },
      { recordId: 't2', inputOffset: 2, verdict: 'emitted', number: 2 }
    ])
  })

  it('fold the decision as a successor will read it, not as it was built', async () => {
    const { verdicts, view, decisionOf } = await ordering(0, {
      decide: () => ({ outcome: { rejected: 'poor' }, decision: { number: 4, unknown: 'to the schema' } })
    })
    const [settlement] = verdicts.add(0, answered(0))
    expect(view.folded).toEqual([decisionOf(settlement!)])
    expect(view.folded[0]).not.toHaveProperty('unknown')
  })
})

describe('a dead letter of a decision stage', () => {
  const throwing = () => {
    throw new Error('x is undefined')
  }

  it.each<[string, object, string]>([
    ['when `decide` throws', { decide: throwing }, 'stage-defect'],
    ['when `decide` says nothing', { decide: () => undefined }, 'stage-defect'],
    [
      'when its decision does not fit its schema',
      { decide: () => ({ outcome: { rejected: 'poor' }, decision: { number: 'one' } }) },
      'stage-defect'
    ],
    [
      'when it emits to an undeclared outlet, and nothing of its decision counts',
      { decide: () => ({ outcome: { to: 'elsewhere', values: [{}] }, decision: { number: 9 } }) },
      'stage-defect'
    ],
    [
      'when an output is larger than the log takes',
      {
        decide: () => ({ outcome: { to: 'judged', values: [{ text: 'x'.repeat(200_000) }] }, decision: { number: 9 } })
      },
      'output-too-large'
    ]
  ])('is decided upon too, %s', async (_what, change, reason) => {
    const { verdicts, view, decisionOf } = await ordering(0, change, 100_000)
    const [settlement] = verdicts.add(0, answered(0))
    expect(settlement).toMatchObject({ kind: 'dead-lettered', reason })
    expect(decisionOf(settlement!)).toMatchObject({ verdict: 'dead-lettered', reason, number: 0, recordId: 't0' })
    expect(view).toMatchObject({ last: 0, folded: [{ verdict: 'dead-lettered' }] })
  })

  it('does not hold up those behind it, and is decided upon where it could not be read', async () => {
    const { verdicts, decisionOf } = await ordering()
    const { record } = inputOfText(aText('t0'))
    verdicts.add(1, answered(1))
    const letter = { deadLetter: { code: 'bad-frame', error: 'no frame' } }
    const found = verdicts.add(0, { as: 'verdict', input: { record }, verdict: letter, calls: [] })
    expect(found.map(decisionOf)).toMatchObject([
      { recordId: '', verdict: 'dead-lettered', reason: 'bad-frame' },
      { recordId: 't1', number: 1 }
    ])
  })
})
