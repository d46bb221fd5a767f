import { InferenceError } from './errors.ts'
import { createHeap, type Heap } from './offload/heap.ts'
import type { Admission, Demand, Priority } from './port.ts'

interface Waiting {
  readonly demand: ReadonlyMap<string, number>
  readonly priority: Priority
  readonly arrival: number
  readonly admit: () => void
  withdrawn: boolean
}

const before = (a: Waiting, b: Waiting): boolean =>
  a.priority.depth !== b.priority.depth
    ? a.priority.depth < b.priority.depth
    : a.priority.order !== b.priority.order
      ? a.priority.order < b.priority.order
      : a.arrival < b.arrival

/**
 * Requests in flight, bounded per budget. Whoever stands nearest to the sink is admitted first, then the older record.
 * Nobody overtakes within a budget: a record that asks much would else wait for ever behind those that ask little.
 * Records that share no budget with one another do not wait for each other.
 */
export interface Budget {
  inFlight(budget: string): number
  /** @throws the signal's reason when it is aborted first; InferenceError `configuration` for an unknown alias. */
  admit(demand: Demand, priority: Priority, signal: AbortSignal): Promise<Admission>
}

/**
 * @param limits requests in flight at most, by budget
 * @param budgetOf an alias: those that stand for the same model at the same endpoints share a budget
 */
export function createBudget(limits: ReadonlyMap<string, number>, budgetOf: (alias: string) => string): Budget {
  const used = new Map<string, number>()
  /** A heap for each set of budgets that is asked for together. */
  const queues = new Map<string, Heap<Waiting>>()
  let arrivals = 0

  const inFlight = (budget: string): number => used.get(budget) ?? 0
  const limitOf = (budget: string): number => {
    const limit = limits.get(budget)
    if (limit === undefined) throw new InferenceError('configuration', `There is no budget for ${budget}.`)
    return limit
  }
  /** By budget, and no more than the budget has: a record that asks four questions passes through a budget of two. */
  const wantedOf = (demand: Demand): ReadonlyMap<string, number> => {
    const wanted = new Map<string, number>()
    for (const [alias, count] of Object.entries(demand)) {
      const budget = budgetOf(alias)
      wanted.set(budget, Math.min((wanted.get(budget) ?? 0) + count, limitOf(budget)))
    }
    return wanted
  }
  const firstOf = (queue: Heap<Waiting>): Waiting | undefined => {
    while (queue.first?.withdrawn) queue.take()
    return queue.first
  }
  const fits = ({ demand }: Waiting): boolean =>
    [...demand].every(([budget, count]) => inFlight(budget) + count <= limitOf(budget))
  /** Somebody who comes first waits for one of the same budgets, together with others. */
  const isPreceded = (waiting: Waiting): boolean => {
    for (const queue of queues.values()) {
      const first = firstOf(queue)
      if (!first || first === waiting || !before(first, waiting)) continue
      for (const budget of first.demand.keys()) if (waiting.demand.has(budget)) return true
    }
    return false
  }
  const use = (demand: ReadonlyMap<string, number>, sign: 1 | -1) => {
    for (const [budget, count] of demand) used.set(budget, inFlight(budget) + sign * count)
  }
  const advance = () => {
    // Whoever is admitted may have been what others waited for: look again until nobody is.
    for (let admitted = true; admitted; ) {
      admitted = false
      for (const queue of queues.values()) {
        for (let first = firstOf(queue); first && fits(first) && !isPreceded(first); first = firstOf(queue)) {
          queue.take()
          use(first.demand, 1)
          first.admit()
          admitted = true
        }
      }
    }
  }
  const admissionOf = (demand: ReadonlyMap<string, number>): Admission => {
    let released = false
    return {
      release() {
        if (released) return
        released = true
        use(demand, -1)
        advance()
      }
    }
  }

  return {
    inFlight,
    async admit(demand, priority, signal) {
      const wanted = wantedOf(demand)
      signal.throwIfAborted()
      const { promise, resolve, reject } = Promise.withResolvers<Admission>()
      const withdraw = () => {
        waiting.withdrawn = true
        reject(signal.reason)
        // Whoever stood behind it may fit.
        advance()
      }
      const admit = () => {
        signal.removeEventListener('abort', withdraw)
        resolve(admissionOf(wanted))
      }
      const waiting: Waiting = { demand: wanted, priority, arrival: arrivals++, admit, withdrawn: false }
      signal.addEventListener('abort', withdraw)
      const name = [...wanted.keys()].sort().join(' ')
      const queue = queues.get(name) ?? createHeap(before)
      queues.set(name, queue)
      queue.add(waiting)
      advance()
      return promise
    }
  }
}
