import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createBudget } from '../../../engine/inference/budget.ts'
import { createHeap } from '../../../engine/inference/offload/heap.ts'
import type { Admission } from '../../../engine/inference/port.ts'

const never = new AbortController().signal
const turn = () => new Promise(resolve => setImmediate(resolve))

function watch(limits: Readonly<Record<string, number>>, shared: Readonly<Record<string, string>> = {}) {
  const budget = createBudget(new Map(Object.entries(limits)), alias => shared[alias] ?? alias)
  const admitted = new Map<string, Admission>()
  const withdrawn = new Map<string, unknown>()
  const ask = (name: string, demand: Record<string, number>, depth = 0, order = 0, signal = never) =>
    void budget.admit(demand, { depth, order }, signal).then(
      admission => admitted.set(name, admission),
      reason => withdrawn.set(name, reason)
    )
  const names = async () => {
    await turn()
    return [...admitted.keys()]
  }
  return { budget, ask, names, withdrawn, release: (name: string) => admitted.get(name)!.release() }
}

describe('a heap', () => {
  it('gives its entries in order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), numbers => {
        const heap = createHeap<number>((a, b) => a < b)
        for (const number of numbers) heap.add(number)
        const taken = numbers.map(() => heap.take())
        expect(taken).toEqual(numbers.toSorted((a, b) => a - b))
        expect(heap.take()).toBeUndefined()
      })
    )
  })
})

describe('admission', () => {
  it('is given at once while there is room, and not beyond', async () => {
    const { ask, names } = watch({ teacher: 3 })
    ask('a', { teacher: 2 })
    ask('b', { teacher: 1 })
    ask('c', { teacher: 1 })
    expect(await names()).toEqual(['a', 'b'])
  })
  it('goes to whoever stands nearest to the sink, then to the older record', async () => {
    const { ask, names, release } = watch({ teacher: 1 })
    ask('running', { teacher: 1 })
    ask('far', { teacher: 1 }, 5, 1)
    ask('near and young', { teacher: 1 }, 1, 9)
    ask('near and old', { teacher: 1 }, 1, 3)
    expect(await names()).toEqual(['running'])
    release('running')
    for (const next of ['near and old', 'near and young', 'far']) {
      expect((await names()).at(-1)).toBe(next)
      release(next)
    }
  })
  it('lets nobody overtake one who asks for much', async () => {
    const { ask, names, release } = watch({ teacher: 2 })
    ask('running', { teacher: 1 })
    ask('much', { teacher: 2 }, 0, 1)
    ask('little', { teacher: 1 }, 0, 2)
    expect(await names()).toEqual(['running'])
    release('running')
    expect(await names()).toEqual(['running', 'much'])
  })
  it('asks no more of a budget than it has', async () => {
    const { budget, ask, names, release } = watch({ teacher: 2 })
    ask('four questions', { teacher: 4 })
    expect(await names()).toEqual(['four questions'])
    expect(budget.inFlight('teacher')).toBe(2)
    release('four questions')
    expect(budget.inFlight('teacher')).toBe(0)
  })
  it('counts aliases that share a budget together', async () => {
    const { ask, names } = watch({ one: 2 }, { teacher: 'one', judge: 'one' })
    ask('a', { teacher: 1, judge: 1 })
    ask('b', { judge: 1 })
    expect(await names()).toEqual(['a'])
  })
  it('of other budgets does not wait', async () => {
    const { ask, names } = watch({ teacher: 1, embedder: 1 })
    ask('a', { teacher: 1 })
    ask('b', { teacher: 1 })
    ask('c', { embedder: 1 }, 9, 9)
    expect(await names()).toEqual(['a', 'c'])
  })
  it('looks again for those whom the admitted one had kept waiting', async () => {
    const { ask, names, release } = watch({ teacher: 2, embedder: 1 })
    ask('running', { teacher: 2 })
    ask('teacher alone', { teacher: 1 }, 2)
    ask('both', { teacher: 1, embedder: 1 }, 1)
    expect(await names()).toEqual(['running'])
    release('running')
    expect(await names()).toEqual(['running', 'both', 'teacher alone'])
  })
  it('released twice counts once', async () => {
    const { budget, ask, names, release } = watch({ teacher: 1 })
    ask('a', { teacher: 1 })
    await names()
    release('a')
    release('a')
    expect(budget.inFlight('teacher')).toBe(0)
  })
  it('that is withdrawn leaves its place to the next, and says why', async () => {
    const { ask, names, withdrawn, release } = watch({ teacher: 2 })
    const withdrawal = new AbortController()
    ask('running', { teacher: 1 })
    ask('much', { teacher: 2 }, 0, 1, withdrawal.signal)
    ask('little', { teacher: 1 }, 0, 2)
    expect(await names()).toEqual(['running'])
    withdrawal.abort('no longer')
    expect(await names()).toEqual(['running', 'little'])
    expect(withdrawn.get('much')).toBe('no longer')
    release('running')
    expect(await names()).toEqual(['running', 'little'])
  })
  it('is refused when it was withdrawn before it was asked for', async () => {
    const { budget, ask, names, withdrawn } = watch({ teacher: 1 })
    ask('late', { teacher: 1 }, 0, 0, AbortSignal.abort('gone'))
    expect(await names()).toEqual([])
    expect(withdrawn.get('late')).toBe('gone')
    expect(budget.inFlight('teacher')).toBe(0)
  })
  it('is refused for a budget that does not exist', async () => {
    const { ask, names, withdrawn } = watch({ teacher: 1 })
    ask('a', { stranger: 1 })
    await names()
    expect(withdrawn.get('a')).toMatchObject({ kind: 'configuration' })
  })
  it('never exceeds a limit, and leaves nobody waiting', async () => {
    const request = fc.record({
      demand: fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 1, max: 5 }), { minKeys: 1 }),
      depth: fc.nat(3),
      withdraw: fc.boolean()
    })
    await fc.assert(
      fc.asyncProperty(fc.array(request, { maxLength: 40 }), async requests => {
        const limits = { a: 2, b: 3, c: 1 }
        const { budget, ask, names, withdrawn, release } = watch(limits)
        const open = new Set<string>()
        for (const [order, { demand, depth, withdraw }] of requests.entries()) {
          const withdrawal = new AbortController()
          ask(String(order), demand, depth, order, withdrawal.signal)
          if (withdraw) withdrawal.abort('changed my mind')
        }
        for (let settled = -1; settled !== open.size; ) {
          settled = open.size
          for (const name of await names()) {
            for (const [alias, limit] of Object.entries(limits))
              expect(budget.inFlight(alias)).toBeLessThanOrEqual(limit)
            if (open.has(name)) continue
            open.add(name)
            release(name)
          }
        }
        const all = new Set([...open, ...withdrawn.keys()])
        expect(all.size).toBe(requests.length)
      }),
      { numRuns: 60 }
    )
  })
})
