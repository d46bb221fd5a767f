import { describe, expect, it } from 'vitest'
import { LogError } from '../../../../engine/log/errors.ts'
import type { CommitResult } from '../../../../engine/log/port.ts'
import { parseMetadata } from '../../../../engine/runtime/commit/commit-metadata.ts'
import { CommitLoop } from '../../../../engine/runtime/partition/commit-loop.ts'
import { DefectStreak } from '../../../../engine/runtime/partition/defects.ts'
import { type FlowOptions, flowBed } from '../../../support/runtime/flow-bed.ts'
import { settled, until } from '../../../support/runtime/runtime-bed.ts'
import { committed, fenced, ScriptedOwner } from '../../../support/runtime/scripted-owner.ts'
import { aSettlement } from '../../../support/runtime/settlements.ts'
import { numberText } from '../../../support/runtime/text-stages.ts'

const aborted: CommitResult = { status: 'aborted', cause: new Error('the connection broke') }

/** A commit loop that runs; `settle` gives it outcomes, `ended` is set once it has ended. */
async function committing(options: FlowOptions = {}) {
  const bed = await flowBed(options)
  const answering = { is: false }
  const streak = new DefectStreak('judge-text', bed.context.limits.defectsInARow)
  const loop = new CommitLoop(bed.state, streak, () => answering.is)
  const running = { ended: false, error: undefined as unknown }
  void loop.run().then(
    () => {
      running.ended = true
    },
    error => {
      running.error = error
    }
  )
  const settle = (...offsets: readonly number[]) => {
    for (const offset of offsets) {
      bed.state.inFlight.add(offset, 5).state = 'answered'
      loop.add(aSettlement(offset))
    }
  }
  const interval = async () => {
    await settled()
    await bed.clock.advance(100)
    await settled()
  }
  return { ...bed, loop, answering, running, settle, interval }
}

describe('commits', () => {
  it('gather outcomes for one interval, and settle them with one position', async () => {
    const { settle, interval, owner, taken, state, loop } = await committing()
    settle(0)
    await settled()
    settle(1, 4)
    expect(owner.attempts).toEqual([])
    expect(loop.quiet).toBe(false)
    await interval()
    expect(owner.attempts).toHaveLength(1)
    const [position] = owner.attempts
    expect(position!.offset).toBe(2)
    expect(parseMetadata(position!.metadata, 2)).toMatchObject({ configuration: 'c0ffee' })
    expect(parseMetadata(position!.metadata, 2).settled.offsets()).toEqual([4])
    expect(owner.outputs[0]).toHaveLength(3)
    expect([taken.window.base, taken.window.has(4), taken.window.has(3)]).toEqual([2, true, false])
    expect(state.inFlight.records).toBe(0)
    expect(loop.quiet).toBe(true)
  })

  it('are begun at once when enough waits', async () => {
    const { settle, owner, clock } = await committing({ limits: { commitRecords: 3 } })
    settle(0, 1)
    await settled()
    expect(owner.attempts).toHaveLength(0)
    settle(2)
    await until(() => owner.attempts.length === 1)
    expect(clock.now()).toBe(0)
    expect(clock.sleepers).toBe(0)
  })

  it('go one at a time, in batches within the limits, oldest first', async () => {
    const { promise, resolve } = Promise.withResolvers<CommitResult>()
    const { settle, owner, loop } = await committing({ limits: { commitRecords: 2 }, results: [promise] })
    settle(0, 1, 2, 3)
    await until(() => owner.attempts.length === 1)
    await settled()
    expect(loop.committing).toBe(true)
    expect(owner.attempts).toHaveLength(1)
    resolve(committed)
    await until(() => owner.attempts.length === 2)
    await until(() => !loop.committing)
    expect(owner.attempts.map(({ offset }) => offset)).toEqual([2, 4])
  })

  it('tell the position where only holes were settled, since nothing else would', async () => {
    const { taken, state, interval, owner } = await committing()
    taken.window.settle([0, 1])
    state.changed.changed()
    await interval()
    expect(owner.attempts).toMatchObject([{ offset: 2 }])
    expect(owner.outputs).toEqual([[]])
    await interval()
    expect(owner.attempts).toHaveLength(1)
  })

  it('are not made for holes beyond a base that stands', async () => {
    const { taken, state, interval, owner } = await committing()
    taken.window.settle([1])
    state.changed.changed()
    await interval()
    expect(owner.attempts).toEqual([])
  })

  it('hold nothing of a batch as settled before the log has it', async () => {
    const { promise, resolve } = Promise.withResolvers<CommitResult>()
    const { settle, owner, taken, state, loop, context } = await committing({
      limits: { commitRecords: 1 },
      results: [promise]
    })
    settle(0)
    await until(() => owner.attempts.length === 1)
    expect([taken.window.base, state.inFlight.records, context.counters.emitted]).toEqual([0, 1, 0])
    expect(loop.quiet).toBe(false)
    resolve(committed)
    await until(() => loop.quiet)
    expect([taken.window.base, state.inFlight.records, context.counters.emitted]).toEqual([1, 0, 1])
  })

  it('count outcomes by kind and reason, once each, when they are on the log', async () => {
    const { state, loop, interval, context } = await committing({ results: [aborted] })
    const more = [
      { kind: 'emitted', emitted: 3 },
      { kind: 'rejected', reason: 'poor', emitted: 0 },
      { kind: 'rejected', reason: 'poor', emitted: 0 },
      { kind: 'dead-lettered', reason: 'bad-frame', emitted: 0 }
    ] as const
    for (const [offset, each] of more.entries()) {
      state.inFlight.add(offset, 1)
      loop.add(aSettlement(offset, 1, 10, each))
    }
    await interval()
    await interval()
    expect(context.counters).toMatchObject({ emitted: 1, rejected: 2, deadLettered: 1, outputs: 3 })
    expect({ ...context.counters.reasons }).toEqual({ poor: 2, 'bad-frame': 1 })
    expect({ ...context.counters.commits }).toEqual({ aborted: 1, committed: 1 })
  })

  it('take the bytes of the outputs for those of the record', async () => {
    const { state, loop } = await committing({ limits: { windowBytes: 1_000 } })
    state.inFlight.add(0, 400)
    loop.add(aSettlement(0, 1, 70))
    expect(state.inFlight.room.bytes).toBe(930)
  })
})

describe('a commit that fails', () => {
  it('goes again as it was when it was aborted, with nothing of what came meanwhile', async () => {
    const { settle, owner, clock } = await committing({ limits: { commitRecords: 1 }, results: [aborted] })
    settle(0)
    await until(() => owner.attempts.length === 1)
    settle(1)
    await settled()
    await clock.advance(20)
    await until(() => owner.attempts.length >= 2)
    expect(owner.attempts.slice(0, 2).map(({ offset }) => offset)).toEqual([1, 1])
    expect(owner.outputs[1]).toEqual(owner.outputs[0])
  })

  it('loses the partition when it is fenced, and settles nothing here', async () => {
    const { settle, interval, running, state, taken, context } = await committing({ results: [fenced] })
    settle(0)
    await interval()
    expect(running.ended).toBe(true)
    expect(state.lost.aborted).toBe(true)
    expect(taken.window.base).toBe(0)
    expect(context.counters.emitted).toBe(0)
  })

  it('goes on with the next owner when its outcome was unknown', async () => {
    const unknown: CommitResult = { status: 'unknown', cause: new Error('no answer') }
    const { settle, interval, owner, successors, state, taken } = await committing({ results: [unknown] })
    const next = new ScriptedOwner({ offset: 0, metadata: '1 c0ffee ' }, committed)
    successors.push(next)
    settle(0)
    await interval()
    await interval()
    expect(next.attempts).toEqual(owner.attempts)
    expect(owner.released).toBe(true)
    expect(taken.window.base).toBe(1)
    expect(state.lost.aborted).toBe(false)
  })

  it('ends the loop with a halt when the log is full', async () => {
    const full: CommitResult = { status: 'aborted', cause: new LogError('log-full', 'no space left') }
    const { settle, interval, running, loop } = await committing({ results: [full] })
    settle(0)
    await interval()
    expect(running.error).toMatchObject({ code: 'log-full' })
    expect(loop.quiet).toBe(false)
  })
})

describe('the last commits of a partition', () => {
  it('are made at once when it is stopped, without waiting for the interval', async () => {
    const { settle, state, owner, running, clock } = await committing()
    settle(0)
    await settled()
    state.stop(5_000)
    await until(() => running.ended)
    expect(owner.attempts).toMatchObject([{ offset: 1 }])
    expect(clock.now()).toBe(0)
  })

  it('wait for what is still asked, and for nobody who is not', async () => {
    const { settle, state, owner, running, answering } = await committing()
    answering.is = true
    state.stop(5_000)
    await settled()
    expect(running.ended).toBe(false)
    answering.is = false
    settle(0)
    await until(() => running.ended)
    expect(owner.attempts).toMatchObject([{ offset: 1 }])
  })

  it('wait for what a decision stage still admits before something it has asked (R15)', async () => {
    const { state, running } = await committing({ stage: numberText() })
    const entry = state.inFlight.add(0, 1)
    state.stop(5_000)
    await settled()
    expect(running.ended).toBe(false)
    entry.state = 'parked'
    state.changed.changed()
    await until(() => running.ended)
  })

  it('do not wait for what was withdrawn at the end of the grace', async () => {
    const { state, running, answering, clock } = await committing()
    answering.is = true
    state.stop(5_000)
    await settled()
    await clock.advance(5_000)
    await until(() => running.ended)
  })

  it('are not tried again once the grace is over', async () => {
    const { settle, state, owner, running, clock } = await committing({ results: [aborted, aborted, aborted] })
    settle(0)
    state.stop(30)
    await until(() => owner.attempts.length === 1)
    await settled()
    // Tried again after 20 ms; the next pause, of 40, ends after the grace.
    await clock.advance(60)
    await until(() => running.ended)
    expect(owner.attempts.length).toBe(2)
    expect(state.lost.aborted).toBe(true)
  })

  it('are none when the partition is lost', async () => {
    const { settle, state, owner, running } = await committing()
    settle(0)
    state.lose()
    await until(() => running.ended)
    expect(owner.attempts).toEqual([])
  })
})

describe('a streak of defects', () => {
  it('stops the partition with a halt, and what was dead-lettered until then is committed', async () => {
    const { state, loop, owner, running } = await committing({ limits: { defectsInARow: 2 } })
    const defect = { kind: 'dead-lettered', reason: 'stage-defect', error: 'x is undefined' } as const
    for (const offset of [0, 1]) {
      state.inFlight.add(offset, 1).state = 'answered'
      loop.add(aSettlement(offset, 1, 10, defect))
    }
    expect(state.stopping.aborted).toBe(true)
    expect(state.failure).toMatchObject({ code: 'repeated-defect' })
    await until(() => running.ended)
    expect(owner.attempts).toMatchObject([{ offset: 2 }])
  })
})
