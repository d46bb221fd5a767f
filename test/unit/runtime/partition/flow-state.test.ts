import { describe, expect, it } from 'vitest'
import { LogError } from '../../../../engine/log/errors.ts'
import { Halt } from '../../../../engine/runtime/ground/halt.ts'
import type { FlowState } from '../../../../engine/runtime/partition/flow-state.ts'
import { flowBed } from '../../../support/runtime/flow-bed.ts'
import { settled } from '../../../support/runtime/runtime-bed.ts'
import { numberText } from '../../../support/runtime/text-stages.ts'

const signals = ({ stopping, withdrawal, lost }: FlowState) =>
  Object.entries({ stopping, withdrawal, lost }).flatMap(([name, { aborted }]) => (aborted ? [name] : []))

/** Entries that wait for admission, by offset, and one that is asked. */
function waiting(state: FlowState, asking: number, ...offsets: readonly number[]) {
  for (const offset of offsets) {
    const entry = state.inFlight.add(offset, 1)
    entry.admission = new AbortController()
    if (offset === asking) entry.state = 'asking'
  }
  return () => offsets.filter(offset => state.inFlight.get(offset)!.admission!.signal.aborted)
}

describe('a partition that is stopped', () => {
  it('admits nothing more at once, and withdraws what is asked when the grace is over', async () => {
    const { state, clock } = await flowBed()
    const ended = waiting(state, 1, 0, 1, 2)
    state.stop(500)
    expect(signals(state)).toEqual(['stopping'])
    expect(ended()).toEqual([0, 1, 2])
    await clock.advance(499)
    expect(signals(state)).toEqual(['stopping'])
    await clock.advance(1)
    await settled()
    expect(signals(state)).toEqual(['stopping', 'withdrawal'])
  })

  it('still admits what stands before something asked where verdicts come in order, until the grace is over (R15)', async () => {
    const { state, clock } = await flowBed({ stage: numberText() })
    const ended = waiting(state, 1, 0, 1, 2, 3)
    state.stop(500)
    expect(ended()).toEqual([2, 3])
    await clock.advance(500)
    await settled()
    expect(ended()).toEqual([0, 1, 2, 3])
  })

  it('wakes whoever waits for a change', async () => {
    const { state } = await flowBed()
    let woken = 0
    void state.changed.until(() => {
      woken++
      return false
    }, new AbortController().signal)
    state.stop(1_000)
    expect(woken).toBe(2)
  })

  it('is not withdrawn later than its shortest grace, though it is stopped again with a longer one', async () => {
    const { state, clock } = await flowBed()
    state.stop(100)
    state.stop(9_000)
    await clock.advance(100)
    await settled()
    expect(signals(state)).toEqual(['stopping', 'withdrawal'])
    expect(clock.sleepers).toBe(0)
  })
})

describe('a partition that is lost', () => {
  it('ends everything at once, and leaves nobody asleep', async () => {
    const { state, clock } = await flowBed({ stage: numberText() })
    const ended = waiting(state, 2, 0, 1, 2)
    state.lose()
    expect(signals(state)).toEqual(['stopping', 'withdrawal', 'lost'])
    expect(ended()).toEqual([0, 1, 2])
    await settled()
    expect(clock.sleepers).toBe(0)
    expect(state.failure).toBeUndefined()
  })

  it('because of a failure keeps the first as a halt of its stage', async () => {
    const { state } = await flowBed()
    state.fail(new LogError('offset-gone', 'offsets 0 to 4 are gone'))
    state.fail(new Error('of the loss'))
    expect(signals(state)).toEqual(['stopping', 'withdrawal', 'lost'])
    expect(state.failure).toBeInstanceOf(Halt)
    expect(state.failure).toMatchObject({ code: 'input-gone', stage: 'judge-text' })
  })
})

describe('a failure in order', () => {
  it('takes in no more, and what was settled may still be committed', async () => {
    const { state } = await flowBed()
    const halt = new Halt('repeated-defect', 'judge-text', 'failed 20 times')
    state.failInOrder(halt)
    await settled()
    expect(signals(state)).toEqual(['stopping'])
    expect(state.failure).toBe(halt)
  })

  it('does not take the place of an earlier one', async () => {
    const { state } = await flowBed()
    state.fail(new Error('first'))
    state.failInOrder(new Error('second'))
    expect(state.failure).toMatchObject({ message: 'first' })
  })
})
