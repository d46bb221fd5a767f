import { describe, expect, it } from 'vitest'
import { createPace } from '../../../services/rehearsal-model/machine/pace.ts'
import { createSlots } from '../../../services/rehearsal-model/machine/slots.ts'
import { manualClock } from '../../support/manual-clock.ts'

const staying = new AbortController().signal
const turn = () => new Promise(resolve => setImmediate(resolve))

describe('slots', () => {
  it('serve as many as there are, the others in the order they came', async () => {
    const slots = createSlots(2, Number.POSITIVE_INFINITY)
    const served: number[] = []
    for (let i = 0; i < 5; i++) void slots.enter(staying).then(() => served.push(i))
    await turn()
    expect(served).toEqual([0, 1])
    expect([slots.running, slots.waiting]).toEqual([2, 3])
    slots.leave()
    await turn()
    expect(served).toEqual([0, 1, 2])
    slots.leave()
    slots.leave()
    await turn()
    expect(served).toEqual([0, 1, 2, 3, 4])
    expect(slots.mostRunning).toBe(2)
  })
  it('turn away who finds the line full', async () => {
    const slots = createSlots(1, 1)
    expect(await slots.enter(staying)).toBe('entered')
    const second = slots.enter(staying)
    expect(await slots.enter(staying)).toBe('full')
    slots.leave()
    expect(await second).toBe('entered')
  })
  it('pass over who left the line', async () => {
    const slots = createSlots(1, 10)
    await slots.enter(staying)
    const impatient = new AbortController()
    const left = slots.enter(impatient.signal)
    const next = slots.enter(staying)
    impatient.abort()
    expect(await left).toBe('left')
    slots.leave()
    expect(await next).toBe('entered')
    expect([slots.running, slots.waiting]).toEqual([1, 0])
  })
  it('take no one who has left already', async () => {
    const slots = createSlots(1, 10)
    expect(await slots.enter(AbortSignal.abort())).toBe('left')
    expect(slots.running).toBe(0)
  })
})

describe('slots and rates that nobody could be served with', () => {
  it('are refused', () => {
    expect(() => createSlots(0, 1)).toThrow('slots is 0')
    const rates = { prefillTokensPerSecond: 1, decodeTokensPerSecond: 0 }
    expect(() => createPace(rates, manualClock())).toThrow('decodeTokensPerSecond must be above 0')
  })
})

describe('pace', () => {
  const rates = { prefillTokensPerSecond: 1_000, decodeTokensPerSecond: 100 }

  it('reads prompts one after another', async () => {
    const clock = manualClock()
    const pace = createPace(rates, clock)
    const ends: number[] = []
    for (const tokens of [500, 500, 1_000]) void pace.prefill(tokens, staying).then(() => ends.push(clock.now()))
    await clock.advance(5_000)
    expect(ends).toEqual([500, 1_000, 2_000])
  })
  it('writes completions side by side', async () => {
    const clock = manualClock()
    const pace = createPace(rates, clock)
    const ends: number[] = []
    for (const tokens of [50, 50, 100]) void pace.decode(tokens, staying).then(() => ends.push(clock.now()))
    await clock.advance(5_000)
    expect(ends).toEqual([500, 500, 1_000])
  })
  it('gives back the time of a prompt whose client left', async () => {
    const clock = manualClock()
    const pace = createPace(rates, clock)
    const leaving = new AbortController()
    const first = pace.prefill(1_000, leaving.signal)
    await clock.advance(100)
    leaving.abort()
    await first
    let endMs = 0
    void pace.prefill(200, staying).then(() => {
      endMs = clock.now()
    })
    await clock.advance(5_000)
    expect(endMs).toBe(300)
  })
  it('takes no time at all without rates', async () => {
    const clock = manualClock()
    const pace = createPace(
      { prefillTokensPerSecond: Number.POSITIVE_INFINITY, decodeTokensPerSecond: Number.POSITIVE_INFINITY },
      clock
    )
    await pace.prefill(1e9, staying)
    await pace.decode(1e9, staying)
    expect([clock.now(), clock.sleepers]).toEqual([0, 0])
  })
})
