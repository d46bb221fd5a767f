import { describe, expect, it } from 'vitest'
import { Halt } from '../../../../engine/runtime/ground/halt.ts'
import { DefectStreak } from '../../../../engine/runtime/partition/defects.ts'
import type { Settlement } from '../../../../engine/runtime/record/settlement.ts'
import { aSettlement as settlement } from '../../../support/runtime/settlements.ts'

describe('a streak of defects', () => {
  const broken = (error: string): Settlement => ({
    ...settlement(0),
    kind: 'dead-lettered',
    reason: 'stage-defect',
    error
  })

  it('halts the stage at the last of that many alike', () => {
    const streak = new DefectStreak('cut-text', 3)
    streak.note(broken('x is undefined'))
    streak.note(broken('x is undefined'))
    expect(() => streak.note(broken('x is undefined'))).toThrow(Halt)
  })

  it('begins anew after another outcome or another defect', () => {
    const streak = new DefectStreak('cut-text', 2)
    streak.note(broken('x is undefined'))
    streak.note(settlement(1))
    streak.note(broken('x is undefined'))
    streak.note(broken('y is undefined'))
    expect(() => streak.note(broken('y is undefined'))).toThrow(/failed 2 times in a row: y is undefined/)
  })
})
