import { describe, expect, it } from 'vitest'
import { InferenceError } from '../../../../engine/inference/errors.ts'
import { LogError } from '../../../../engine/log/errors.ts'
import type { LogRecord } from '../../../../engine/log/port.ts'
import { Asking } from '../../../../engine/runtime/partition/asking.ts'
import type { Settlement } from '../../../../engine/runtime/record/settlement.ts'
import { noTelemetry } from '../../../../engine/telemetry/port.ts'
import { type FlowOptions, flowBed } from '../../../support/runtime/flow-bed.ts'
import { settled, until } from '../../../support/runtime/runtime-bed.ts'
import { aText, judgeText, numberText, texts, yes } from '../../../support/runtime/text-stages.ts'

/** Asking without intake and commits: what it settles is noted. */
async function asking(options: FlowOptions = {}) {
  const bed = await flowBed(options)
  const outcomes: Settlement[] = []
  const seen = { askingThen: [] as number[] }
  const asked: Asking = new Asking(bed.state, {
    add: settlement => {
      outcomes.push(settlement)
      seen.askingThen.push(asked.count)
    }
  })
  const begin = (...ids: readonly string[]) =>
    bed.produce(...ids.map(id => aText(id))).map(record => {
      asked.begin(record, { record, value: { ...aText(`${record.key}`) }, id: `${record.key}` }, undefined)
      return record
    })
  const stateOf = ({ offset }: LogRecord) => bed.state.inFlight.get(offset)?.state
  return { ...bed, asked, outcomes, seen, begin, stateOf }
}

/** A stage that defers until it is released, or until its gate opens. */
const deferring = (gate = { open: false }) =>
  judgeText({
    defersUntilDrained: texts,
    question: ({ text }: { text: string }, { released }: { released: boolean }) =>
      released || gate.open ? { ask: { good: { text } } } : { deferred: 'not yet' }
  })

describe('a record that was read', () => {
  it('is waiting, then asked, then answered, and is counted while it is asked', async () => {
    const { begin, stateOf, inference, asked, context, outcomes, state } = await asking()
    inference.holdsAdmission = true
    const [record] = begin('a')
    await settled()
    expect([stateOf(record!), asked.count]).toEqual(['waiting', 0])
    expect(state.inFlight.awaitsAdmission).toBe(true)
    inference.admissions[0]!.admit()
    await until(() => inference.calls.length === 1)
    expect([stateOf(record!), asked.count, context.counters.asking]).toEqual(['asking', 1, 1])
    inference.callAbout('a').resolve(yes)
    await until(() => asked.count === 0)
    expect(stateOf(record!)).toBe('answered')
    expect(outcomes).toMatchObject([{ offset: 0, kind: 'emitted' }])
    expect(context.counters.asking).toBe(0)
  })

  it('counts as asked until its outcome waits for a commit, so that a stop finds one or the other', async () => {
    const { begin, inference, asked, seen } = await asking()
    begin('a')
    await until(() => inference.calls.length === 1)
    inference.callAbout('a').resolve(yes)
    await until(() => asked.count === 0)
    expect(seen.askingThen).toEqual([1])
  })

  it('is held with its own bytes, key and value', async () => {
    const { begin, state } = await asking({ limits: { windowBytes: 10_000 } })
    const [record] = begin('a')
    expect(state.inFlight.room.bytes).toBe(10_000 - record!.key!.length - record!.value!.length)
  })

  it('is a dead letter without being asked where it cannot be decoded', async () => {
    const { produce, asked, outcomes, inference } = await asking()
    const [record] = produce(aText('a'))
    asked.begin(record!, { deadLetter: { code: 'bad-frame', error: 'no frame' } }, undefined)
    expect(outcomes).toMatchObject([{ kind: 'dead-lettered', reason: 'bad-frame' }])
    expect(inference.admissions).toEqual([])
  })

  it('is rejected unpaid where a copy of it stood before, and says where', async () => {
    const stage = judgeText({ repeats: { as: 'repeated', by: ({ text }: { text: string }) => text } })
    const { produce, asked, outcomes, inference, decoded } = await asking({ stage })
    const [, record] = produce(aText('a'), aText('a'))
    asked.begin(record!, { record: record!, value: { ...aText('a') }, id: 'a' }, 0)
    expect(outcomes).toMatchObject([{ offset: 1, kind: 'rejected', reason: 'repeated' }])
    expect(decoded(outcomes[0]!.outputs[0]!).evidence).toBe('stood at offset 0 of partition 0 before')
    expect(inference.admissions).toEqual([])
  })

  it('has a span of its processing, whatever becomes of it', async () => {
    const spans: string[] = []
    const telemetry = {
      ...noTelemetry,
      record: (...args: Parameters<typeof noTelemetry.record>) => {
        spans.push(`${args[0]} ${args[2].offset}`)
        return noTelemetry.record(...args)
      }
    }
    const { produce, asked, begin, outcomes } = await asking({ context: { telemetry } })
    begin('a')
    const [record] = produce(aText('b'))
    asked.begin(record!, { deadLetter: { code: 'bad-frame', error: '' } }, undefined)
    expect(spans).toEqual(['judge-text 0', 'judge-text 1'])
    expect(outcomes[0]!.span).toBeDefined()
  })
})

describe('a record that is not answered', () => {
  it('is parked when the flow stops before it is admitted', async () => {
    const { begin, state, stateOf, inference, outcomes } = await asking()
    inference.holdsAdmission = true
    const [record] = begin('a')
    await settled()
    state.stop(1_000)
    await until(() => stateOf(record!) === 'parked')
    expect(outcomes).toEqual([])
    expect(state.inFlight.awaitsAdmission).toBe(false)
  })

  it('is parked when it was read in the moment of the stop', async () => {
    const { begin, state, stateOf, inference } = await asking()
    state.stop(1_000)
    const [record] = begin('a')
    await until(() => stateOf(record!) === 'parked')
    expect(inference.calls).toEqual([])
  })

  it('is answered in spite of a stop once it is asked, within the grace', async () => {
    const { begin, state, inference, outcomes } = await asking()
    begin('a')
    await until(() => inference.calls.length === 1)
    state.stop(1_000)
    await settled()
    inference.callAbout('a').resolve(yes)
    await until(() => outcomes.length === 1)
  })

  it('is parked with its question withdrawn when the grace is over', async () => {
    const { begin, state, stateOf, inference, outcomes, asked, clock } = await asking()
    const [record] = begin('a')
    await until(() => inference.calls.length === 1)
    state.stop(1_000)
    await clock.advance(1_000)
    await until(() => stateOf(record!) === 'parked')
    expect(inference.callAbout('a').context.signal.aborted).toBe(true)
    expect([outcomes.length, asked.count]).toEqual([0, 0])
  })

  it('fails the partition when the error concerns every record, and no longer counts as asked', async () => {
    const { begin, state, inference, outcomes, asked, context } = await asking()
    begin('a', 'b')
    await until(() => inference.calls.length === 2)
    inference.callAbout('a').reject(new InferenceError('configuration', 'no such model'))
    await until(() => asked.count === 0)
    expect(state.failure).toMatchObject({ code: 'model-configuration' })
    expect(state.lost.aborted).toBe(true)
    expect([outcomes.length, context.counters.asking]).toEqual([0, 0])
  })
})

describe('records of a decision stage', () => {
  it('are asked side by side and settled in order', async () => {
    const { begin, inference, outcomes } = await asking({ stage: numberText() })
    begin('a', 'b', 'c')
    await until(() => inference.calls.length === 3)
    for (const id of ['c', 'b']) inference.callAbout(id).resolve(yes)
    await settled()
    expect(outcomes).toEqual([])
    inference.callAbout('a').resolve(yes)
    await until(() => outcomes.length === 3)
    expect(outcomes.map(({ offset }) => offset)).toEqual([0, 1, 2])
  })

  it('are admitted during a stop where one behind them is asked already (R15)', async () => {
    const { begin, inference, outcomes, state, stateOf } = await asking({ stage: numberText() })
    inference.holdsAdmission = true
    const records = begin('a', 'b', 'c')
    await settled()
    inference.admissions[1]!.admit()
    await until(() => inference.calls.length === 1)
    state.stop(1_000)
    await until(() => stateOf(records[2]!) === 'parked')
    inference.admissions[0]!.admit()
    await until(() => inference.calls.length === 2)
    for (const id of ['b', 'a']) inference.callAbout(id).resolve(yes)
    await until(() => outcomes.length === 2)
  })
})

describe('a deferred record', () => {
  it('is held by its offset alone, and is asked when it is released', async () => {
    const { begin, stateOf, state, context, asked, inference, outcomes } = await asking({ stage: deferring() })
    const [record] = begin('a')
    await until(() => stateOf(record!) === 'deferred')
    expect(state.inFlight.records).toBe(0)
    expect(context.counters.deferred).toBe(1)
    void asked.wake(state.inFlight.deferrals)
    await until(() => inference.calls.length === 1)
    expect(context.counters.deferred).toBe(0)
    inference.callAbout('a').resolve(yes)
    await until(() => outcomes.length === 1)
  })

  it('that is gone from the log fails the partition, unless it has stopped', async () => {
    const { begin, stateOf, state, asked, log } = await asking({ stage: deferring() })
    const [record] = begin('a')
    await until(() => stateOf(record!) === 'deferred')
    log.driver.read = async function* () {}
    await asked.wake(0)
    expect(state.failure).toMatchObject({ code: 'input-gone' })
  })

  it('is woken again later when the log is away', async () => {
    const gate = { open: false }
    const { begin, stateOf, state, asked, log, notices, inference } = await asking({ stage: deferring(gate) })
    const { read } = log.driver
    const [record] = begin('a')
    await until(() => stateOf(record!) === 'deferred')
    log.driver.read = () => {
      throw new LogError('unavailable', 'no broker')
    }
    gate.open = true
    await asked.wake(0)
    expect(state.failure).toBeUndefined()
    expect(notices).toEqual(['the log cannot be reached, waiting: no broker'])
    log.driver.read = read
    void asked.wake(0)
    await until(() => inference.calls.length === 1)
  })
})
