import { InferenceError } from './errors.ts'
import type { Admission, Demand, Priority } from './port.ts'

interface Waiting {
  readonly demand: ReadonlyMap<string, number>
  readonly priority: Priority
  readonly arrival: number
  readonly admit: () => void
}

const before = (a: Waiting, b: Waiting): boolean =>
  a.priority.depth !== b.priority.depth
    ? a.priority.depth < b.priority.depth
    : a.priority.order !== b.priority.order
      ? a.priority.order < b.priority.order
      : a.arrival < b.arrival

/**
 * Requests in flight, bounded per budget. Whoever stands nearest to the sink is admitted first, then the older record;
 * a record that fits is never kept waiting by one that waits for another budget.
 */
export class Budget {
  readonly #limits: ReadonlyMap<string, number>
  readonly #budgetOf: (alias: string) => string
  readonly #used = new Map<string, number>()
  /** A heap for each set of budgets that is asked for together. */
  readonly #queues = new Map<string, Waiting[]>()
  #arrivals = 0

  /** @param budgetOf aliases that stand for the same model at the same endpoints share a budget. */
  constructor(limits: ReadonlyMap<string, number>, budgetOf: (alias: string) => string) {
    this.#limits = limits
    this.#budgetOf = budgetOf
  }

  inFlight(budget: string): number {
    return this.#used.get(budget) ?? 0
  }

  /** @throws InferenceError `shutdown` when the signal is aborted first. */
  admit(demand: Demand, priority: Priority, signal: AbortSignal): Promise<Admission> {
    const wanted = this.#wanted(demand)
    const queueName = [...wanted.keys()].sort().join(' ')
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(withdrawn())
      const withdraw = () => {
        const queue = this.#queues.get(queueName)!
        const index = queue.indexOf(waiting)
        if (index >= 0) removeAt(queue, index)
        reject(withdrawn())
        // Whoever stood behind it may fit.
        this.#advance()
      }
      const waiting: Waiting = {
        demand: wanted,
        priority,
        arrival: this.#arrivals++,
        admit: () => {
          signal.removeEventListener('abort', withdraw)
          resolve({ release: () => this.#release(wanted) })
        }
      }
      signal.addEventListener('abort', withdraw, { once: true })
      const queue = this.#queues.get(queueName) ?? []
      this.#queues.set(queueName, queue)
      push(queue, waiting)
      this.#advance()
    })
  }

  /** By budget, and no more than the budget has: a record that asks four questions passes through a budget of two. */
  #wanted(demand: Demand): ReadonlyMap<string, number> {
    const wanted = new Map<string, number>()
    for (const [alias, count] of Object.entries(demand)) {
      const budget = this.#budgetOf(alias)
      wanted.set(budget, Math.min((wanted.get(budget) ?? 0) + count, this.#limitOf(budget)))
    }
    return wanted
  }

  #limitOf(budget: string): number {
    const limit = this.#limits.get(budget)
    if (limit === undefined) throw new InferenceError('configuration', `There is no model for the alias ${budget}.`)
    return limit
  }

  #fits({ demand }: Waiting): boolean {
    for (const [budget, count] of demand) if (this.inFlight(budget) + count > this.#limitOf(budget)) return false
    return true
  }

  #advance(): void {
    for (const queue of this.#queues.values()) {
      while (queue.length > 0 && this.#fits(queue[0]!) && !this.#isPreceded(queue[0]!)) {
        const first = queue[0]!
        removeAt(queue, 0)
        for (const [budget, count] of first.demand) this.#used.set(budget, this.inFlight(budget) + count)
        first.admit()
      }
    }
  }

  /** Somebody nearer to the sink waits for one of the same budgets in another queue. */
  #isPreceded(waiting: Waiting): boolean {
    for (const queue of this.#queues.values()) {
      const first = queue[0]
      if (!first || first === waiting || !before(first, waiting)) continue
      for (const budget of first.demand.keys()) if (waiting.demand.has(budget)) return true
    }
    return false
  }

  #release(demand: ReadonlyMap<string, number>): void {
    for (const [budget, count] of demand) this.#used.set(budget, this.inFlight(budget) - count)
    this.#advance()
  }
}

const withdrawn = (): InferenceError =>
  new InferenceError('shutdown', 'the request was withdrawn before it was admitted')

// A binary heap: the first is nobody's later.

function push(heap: Waiting[], waiting: Waiting): void {
  heap.push(waiting)
  rise(heap, heap.length - 1)
}

function removeAt(heap: Waiting[], index: number): void {
  const last = heap.pop()!
  if (index === heap.length) return
  heap[index] = last
  rise(heap, index)
  sink(heap, index)
}

function rise(heap: Waiting[], from: number): void {
  for (let index = from; index > 0; ) {
    const parent = (index - 1) >> 1
    if (!before(heap[index]!, heap[parent]!)) return
    swap(heap, index, parent)
    index = parent
  }
}

function sink(heap: Waiting[], from: number): void {
  for (let index = from; ; ) {
    let least = index
    for (const child of [2 * index + 1, 2 * index + 2])
      if (child < heap.length && before(heap[child]!, heap[least]!)) least = child
    if (least === index) return
    swap(heap, index, least)
    index = least
  }
}

function swap(heap: Waiting[], a: number, b: number): void {
  const kept = heap[a]!
  heap[a] = heap[b]!
  heap[b] = kept
}
