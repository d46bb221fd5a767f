import { describe, expect, it } from 'vitest'
import { VerdictsAtOnce } from '../../../../engine/runtime/partition/verdicts.ts'
import type { AnsweredRecord } from '../../../../engine/runtime/record/verdict.ts'
import { aCall } from '../../../support/runtime/held-inference.ts'
import { inputOfText, runtimeBed } from '../../../support/runtime/runtime-bed.ts'
import { aText, judgeText, no, yes } from '../../../support/runtime/text-stages.ts'

const answered = (id: string, offset: number, good: unknown): AnsweredRecord => ({
  as: 'answers',
  input: inputOfText(aText(id), offset),
  asked: { good: { text: `text ${id}` } },
  answers: { good },
  calls: [aCall('good')]
})

async function verdicts(change: object = {}) {
  const bed = await runtimeBed(judgeText(change))
  return { ...bed, verdicts: new VerdictsAtOnce(bed.context) }
}

describe('verdicts at once', () => {
  it('settle each record as it is answered, whatever stands before it', async () => {
    const { verdicts: given } = await verdicts()
    expect(given.inOrder).toBe(false)
    expect(given.add(7, answered('b', 7, yes))).toMatchObject([{ offset: 7, kind: 'emitted', emitted: 1 }])
    expect(given.add(3, answered('a', 3, no))).toMatchObject([{ offset: 3, kind: 'rejected', reason: 'poor' }])
    expect(given.pass()).toEqual([])
  })

  it('take a verdict that was found before as it is', async () => {
    const { verdicts: given, decoded } = await verdicts({
      decide: () => {
        throw new Error('must not be asked')
      }
    })
    const input = inputOfText(aText('a'), 3)
    const [settlement] = given.add(3, { as: 'verdict', input, verdict: { rejected: 'repeated' }, calls: [] })
    expect(settlement).toMatchObject({ kind: 'rejected', reason: 'repeated' })
    expect(decoded(settlement!.outputs[0]!)).toMatchObject({ reason: 'repeated', recordId: 'a', inputOffset: 3 })
  })

  it('give `decide` the settings, the answers and what was asked', async () => {
    const seen: unknown[] = []
    const { verdicts: given } = await verdicts({
      decide: (value: unknown, answers: unknown, { settings, asked }: { settings: unknown; asked: unknown }) => {
        seen.push(value, answers, settings, asked)
        return { rejected: 'poor' }
      }
    })
    given.add(3, answered('a', 3, yes))
    expect(seen).toEqual([aText('a'), { good: yes }, { least: 0.5 }, { good: { text: 'text a' } }])
  })

  it.each<[string, () => unknown, RegExp]>([
    [
      'throws',
      () => {
        throw new Error('x is undefined')
      },
      /x is undefined/
    ],
    [
      'throws what is no error',
      () => {
        throw 'a text'
      },
      /a text/
    ],
    ['says nothing', () => undefined, /./],
    ['gives a reason that is not declared', () => ({ rejected: 'mood' }), /rejected for mood/],
    ['emits nothing', () => ({ to: 'judged', values: [] }), /emitted nothing/],
    ['emits to an outlet that is not declared', () => ({ to: 'elsewhere', values: [{}] }), /emitted to elsewhere/],
    ['scores with what is no number', () => ({ rejected: 'poor', score: Number.NaN }), /gave the score NaN/],
    ['emits what its topic cannot carry', () => ({ to: 'judged', values: [{ text: 5 }] }), /text is 5/]
  ])('are one dead letter as a defect where `decide` %s', async (_what, decide, error) => {
    const { verdicts: given, decoded } = await verdicts({ decide })
    const [settlement] = given.add(3, answered('a', 3, yes))
    expect(settlement).toMatchObject({ offset: 3, kind: 'dead-lettered', reason: 'stage-defect', emitted: 0 })
    expect(settlement!.error).toMatch(error)
    expect(settlement!.outputs).toHaveLength(1)
    expect(decoded(settlement!.outputs[0]!)).toMatchObject({ code: 'stage-defect', recordId: 'a', stage: 'judge-text' })
  })
})
