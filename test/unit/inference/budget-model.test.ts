import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createBudget } from '../../../engine/inference/budget.ts'
import type { Admission, Demand } from '../../../engine/inference/port.ts'

/** What happens to a budget: somebody asks, the n-th of those admitted is done, the n-th of those waiting gives up. */
type Happening =
  | { readonly what: 'ask'; readonly demand: Demand; readonly depth: number; readonly order: number }
  | { readonly what: 'release' | 'withdraw'; readonly nth: number }

interface Asked {
  readonly name: number
  readonly needs: ReadonlyMap<string, number>
  readonly depth: number
  readonly order: number
}

const limits = { one: 1, two: 2, three: 3 }
/** Two aliases share a budget; each other one has its own. */
const budgets: Readonly<Record<string, keyof typeof limits>> = {
  teacher: 'three',
  judge: 'three',
  embedder: 'one',
  cpu: 'two'
}

/** The rule in its plainest form: in order, each is admitted who fits and whom nobody before it, of a common budget, keeps waiting. */
class PlainBudget {
  waiting: Asked[] = []
  readonly running = new Map<number, Asked>()

  used(budget: string): number {
    return this.running.values().reduce((sum, { needs }) => sum + (needs.get(budget) ?? 0), 0)
  }

  settle(): void {
    const blocked = new Set<string>()
    const byRank = (a: Asked, b: Asked) => a.depth - b.depth || a.order - b.order || a.name - b.name
    for (const asked of this.waiting.toSorted(byRank)) {
      const fits = [...asked.needs].every(
        ([budget, count]) => !blocked.has(budget) && this.used(budget) + count <= limits[budget as keyof typeof limits]
      )
      if (fits) {
        this.waiting = this.waiting.filter(other => other !== asked)
        this.running.set(asked.name, asked)
      } else for (const budget of asked.needs.keys()) blocked.add(budget)
    }
  }
}

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constant('ask' as const),
      demand: fc.dictionary(fc.constantFrom(...Object.keys(budgets)), fc.integer({ min: 1, max: 6 }), { maxKeys: 3 }),
      depth: fc.nat(2),
      order: fc.nat(4)
    })
  },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('release' as const), nth: fc.nat(20) }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('withdraw' as const), nth: fc.nat(20) }) }
)

const turn = () => new Promise(resolve => setImmediate(resolve))

it('admits the same records at the same moments as the plain rule, and in the end everyone', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { minLength: 20, maxLength: 60 }), async happenings => {
      const budget = createBudget(new Map(Object.entries(limits)), alias => budgets[alias]!)
      const plain = new PlainBudget()
      const admitted = new Map<number, Admission>()
      const withdrawals = new Map<number, AbortController>()
      const ask = (name: number, demand: Demand, depth: number, order: number) => {
        const needs = new Map<string, number>()
        for (const [alias, count] of Object.entries(demand)) {
          const shared = budgets[alias]!
          needs.set(shared, Math.min(limits[shared], (needs.get(shared) ?? 0) + count))
        }
        plain.waiting.push({ name, needs, depth, order })
        const withdrawal = new AbortController()
        withdrawals.set(name, withdrawal)
        budget.admit(demand, { depth, order }, withdrawal.signal).then(
          admission => admitted.set(name, admission),
          () => {}
        )
      }
      const release = (name: number) => {
        plain.running.delete(name)
        admitted.get(name)!.release()
        admitted.delete(name)
      }
      const agree = async () => {
        plain.settle()
        await turn()
        expect([...admitted.keys()].sort()).toEqual([...plain.running.keys()].sort())
        for (const [name, limit] of Object.entries(limits)) {
          expect(budget.inFlight(name)).toBe(plain.used(name))
          expect(budget.inFlight(name)).toBeLessThanOrEqual(limit)
        }
      }
      for (const [name, it] of happenings.entries()) {
        if (it.what === 'ask') ask(name, it.demand, it.depth, it.order)
        else if (it.what === 'release') {
          const running = [...admitted.keys()]
          if (running.length > 0) release(running[it.nth % running.length]!)
        } else if (plain.waiting.length > 0) {
          const [gone] = plain.waiting.splice(it.nth % plain.waiting.length, 1)
          withdrawals.get(gone!.name)!.abort()
        }
        await agree()
      }
      while (admitted.size > 0) {
        for (const name of [...admitted.keys()]) release(name)
        await agree()
      }
      expect(plain.waiting).toEqual([])
    }),
    { numRuns: 150 }
  )
})
