import { describe, expect, it } from 'vitest'
import {
  createFaultScript,
  type Fault,
  type FaultQuery,
  faultActions,
  parseFaults
} from '../../../services/rehearsal-model/faults/faults.ts'

const query = (given: Partial<FaultQuery> = {}): FaultQuery => ({
  path: 'chat',
  stage: 'vet-draft',
  record: 'aaaa-bbbb',
  prompt: 'safe',
  ask: 1,
  text: () => 'Is this instruction safe?',
  ...given
})

/** Which of `calls` requests are struck, counted from 1. */
function struck(fault: Fault, calls: number, given: Partial<FaultQuery> = {}): number[] {
  const script = createFaultScript([fault])
  return Array.from({ length: calls }, (_, i) => i + 1).filter(() => script(query(given)) !== undefined)
}

describe('a fault without conditions', () => {
  it('strikes every chat and embeddings request, and no list of models', () => {
    const script = createFaultScript([{ do: '500' }])
    expect(script(query())?.do).toBe('500')
    expect(script(query({ path: 'embeddings' }))?.do).toBe('500')
    expect(script(query({ path: 'models' }))).toBeUndefined()
  })
})

describe('conditions', () => {
  const matching: readonly [string, Fault['when'], Partial<FaultQuery>][] = [
    ['path', { path: 'embeddings' }, { path: 'embeddings' }],
    ['stage', { stage: 'judge-response' }, { stage: 'judge-response' }],
    ['prompt', { prompt: 'grade' }, { prompt: 'grade' }],
    ['part of the record', { record: 'cc' }, { record: 'ccc' }],
    ['ask', { ask: 2 }, { ask: 2 }],
    ['part of the text', { textIncludes: 'poison' }, { text: () => 'a poisoned prompt' }]
  ]
  it.each(matching)('on the %s hold for it alone', (_, when, given) => {
    const fault: Fault = { when, do: '503' }
    expect(struck(fault, 1, given)).toEqual([1])
    expect(struck(fault, 1)).toEqual([])
  })
  it('must all hold', () => {
    const fault: Fault = { when: { stage: 'vet-draft', prompt: 'answerable' }, do: '503' }
    expect(struck(fault, 3)).toEqual([])
    expect(struck(fault, 1, { prompt: 'answerable' })).toEqual([1])
  })
  it('by share pick the same records in every run, about that many', () => {
    const script = createFaultScript([{ when: { share: 0.2 }, do: 'empty' }])
    const again = createFaultScript([{ when: { share: 0.2 }, do: 'empty' }])
    const records = Array.from({ length: 1_000 }, (_, i) => `record-${i}`)
    const picked = records.filter(record => script(query({ record })))
    expect(picked.length).toBeGreaterThan(150)
    expect(picked.length).toBeLessThan(250)
    expect(records.toReversed().filter(record => again(query({ record })))).toEqual(picked.toReversed())
  })
})

describe('counting', () => {
  it('strikes every nth', () => {
    expect(struck({ when: { everyNth: 3 }, do: 'reset' }, 10)).toEqual([3, 6, 9])
  })
  it('skips the first calls and stops after some strikes', () => {
    expect(struck({ when: { afterCalls: 2, forCalls: 3 }, do: 'reset' }, 10)).toEqual([3, 4, 5])
  })
  it('combines all three', () => {
    expect(struck({ when: { afterCalls: 1, everyNth: 2, forCalls: 2 }, do: 'reset' }, 10)).toEqual([3, 5])
  })
  it('counts only what the other conditions let through', () => {
    const script = createFaultScript([{ when: { stage: 'judge-response', everyNth: 2 }, do: 'reset' }])
    const stages = ['judge-response', 'vet-draft', 'vet-draft', 'judge-response', 'judge-response']
    expect(stages.map(stage => script(query({ stage })) !== undefined)).toEqual([false, false, false, true, false])
  })
  it('goes on in later faults while an earlier one strikes', () => {
    const script = createFaultScript([
      { when: { forCalls: 1 }, do: 'reset' },
      { when: { everyNth: 2 }, do: 'empty' }
    ])
    expect([1, 2, 3, 4].map(() => script(query())?.do)).toEqual(['reset', 'empty', undefined, 'empty'])
  })
})

describe('a list of faults from a file', () => {
  it('is taken as it is when it is in order', () => {
    const faults = Object.keys(faultActions).map(action => ({ when: { everyNth: 2 }, do: action }))
    expect(parseFaults(JSON.parse(JSON.stringify(faults)))).toEqual(faults)
  })
  it.each([
    ['an unknown action', [{ do: 'explode' }], 'do'],
    ['a misspelt condition', [{ when: { everyN: 2 }, do: 'hang' }], 'everyN'],
    ['a count of nothing', [{ when: { everyNth: 0 }, do: 'hang' }], 'everyNth'],
    ['no list', { do: 'hang' }, 'array']
  ])('is refused with the place of the mistake: %s', (_, faults, place) => {
    expect(() => parseFaults(faults)).toThrow(place)
  })
})
