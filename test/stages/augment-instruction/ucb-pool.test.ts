import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { randomFrom } from '../../../engine/declare/index.ts'
import { topOf, type UcbPool, ucbPool } from '../../../services/augment-instruction/ucb-pool.ts'

interface Seed {
  readonly id: string
  readonly responseTokens: number
  readonly shown: number
}

/** The definition, written down as it stands: sort everything by value, then by id. */
function naiveOrder(seeds: readonly Seed[]): string[] {
  const lengths = seeds.map(seed => seed.responseTokens)
  const [shortest, longest] = [Math.min(...lengths), Math.max(...lengths)]
  const N = seeds.reduce((sum, seed) => sum + seed.shown, 0) + seeds.length
  const value = ({ responseTokens, shown }: Seed) => {
    const x = longest === shortest ? 0.5 : (responseTokens - shortest) / (longest - shortest)
    return x + 3 * Math.sqrt((2 * Math.log(N)) / (shown + 1))
  }
  return seeds
    .map(seed => ({ id: seed.id, value: value(seed) }))
    .sort((a, b) => b.value - a.value || (a.id < b.id ? -1 : 1))
    .map(({ id }) => id)
}

function poolOf(seeds: readonly Seed[]): UcbPool<Seed> {
  const pool = ucbPool<Seed>()
  for (const seed of seeds) {
    pool.add(seed)
    for (let i = 0; i < seed.shown; i++) pool.count(seed.id, 1)
  }
  return pool
}

const orderOf = (pool: UcbPool<Seed>) => Array.from({ length: pool.size }, (_, rank) => pool.ranked(rank).id)

const idOf = (i: number) => `s${String(i).padStart(5, '0')}`

/** Ids in no order, many ties. */
function someSeeds(size: number, seed: string, lengths = 400, shown = 8): Seed[] {
  const random = randomFrom(seed)
  return Array.from({ length: size }, (_, i) => ({
    id: idOf((i * 7919) % size) + (size % 7919 === 0 ? i : ''),
    responseTokens: Math.floor(random() * lengths),
    shown: Math.floor(random() * shown)
  }))
}

/** Probability of a chi-squared statistic at least this large (Wilson-Hilferty approximation). */
function chiSquaredTail(statistic: number, degrees: number): number {
  const z = (Math.cbrt(statistic / degrees) - (1 - 2 / (9 * degrees))) / Math.sqrt(2 / (9 * degrees))
  const t = 1 / (1 + 0.2316419 * Math.abs(z))
  const poly = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  const tail = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * poly
  return z > 0 ? tail : 1 - tail
}

describe('the order by upper confidence bound', () => {
  it.each([0, 1, 2, 3, 59, 60])('is the naive one for a pool of %i', size => {
    const seeds = someSeeds(size, `size ${size}`)
    expect(orderOf(poolOf(seeds))).toEqual(naiveOrder(seeds))
  })

  it('is the naive one for any pool', () => {
    const seeds = fc.uniqueArray(
      fc.record({ id: fc.string({ maxLength: 6 }), responseTokens: fc.nat(50), shown: fc.nat(6) }),
      {
        selector: ({ id }) => id,
        maxLength: 120
      }
    )
    fc.assert(fc.property(seeds, all => void expect(orderOf(poolOf(all))).toEqual(naiveOrder(all))))
  })

  it('stays the naive one while pairs arrive, are shown and are given back', () => {
    const steps = fc.array(
      fc.oneof(
        fc.record({ add: fc.nat(40), responseTokens: fc.nat(2_000) }),
        fc.record({ show: fc.nat(40) }),
        fc.record({ giveBack: fc.nat(40) })
      ),
      { maxLength: 150 }
    )
    fc.assert(
      fc.property(steps, all => {
        const pool = ucbPool<Seed>()
        const model = new Map<string, { responseTokens: number | undefined; shown: number }>()
        const of = (id: string) => {
          const known = model.get(id) ?? { responseTokens: undefined, shown: 0 }
          model.set(id, known)
          return known
        }
        for (const step of all) {
          if ('add' in step) {
            const id = idOf(step.add)
            pool.add({ id, responseTokens: step.responseTokens, shown: 0 })
            of(id).responseTokens ??= step.responseTokens
          } else if ('show' in step) {
            pool.count(idOf(step.show), 1)
            of(idOf(step.show)).shown += 1
          } else {
            pool.count(idOf(step.giveBack), -1)
            of(idOf(step.giveBack)).shown = Math.max(0, of(idOf(step.giveBack)).shown - 1)
          }
        }
        const seeds = [...model].flatMap(([id, { responseTokens, shown }]) =>
          responseTokens === undefined ? [] : [{ id, responseTokens, shown }]
        )
        expect(orderOf(pool)).toEqual(naiveOrder(seeds))
      })
    )
  })

  it('puts equal values in order of their ids, within one count and across counts', () => {
    const equal = ['d', 'a', 'c', 'b'].map(id => ({ id, responseTokens: 10, shown: 0 }))
    expect(orderOf(poolOf(equal))).toEqual(['a', 'b', 'c', 'd'])
    // One candidate alone: N = 1 + shown, ln 1 = 0.
    expect(orderOf(poolOf([{ id: 'a', responseTokens: 10, shown: 0 }]))).toEqual(['a'])
  })

  it('refuses a rank that does not exist', () => {
    const pool = poolOf(someSeeds(3, 'three'))
    expect(() => pool.ranked(3)).toThrow(RangeError)
    expect(() => pool.ranked(-1)).toThrow(RangeError)
    expect(() => pool.ranked(Number.NaN)).toThrow(RangeError)
  })
})

describe('a draw', () => {
  it.each([
    [0, 0],
    [1, 1],
    [2, 2],
    [3, 3],
    [59, 3],
    [60, 3],
    [79, 3],
    [80, 4],
    [10_000, 500]
  ])('from a pool of %i is from the first %i', (size, top) => {
    expect(topOf(size)).toBe(top)
  })

  it.each([0, 1, 2, 3, 59, 60, 200])('from a pool of %i takes 3 different ones of the top, or all there are', size => {
    const seeds = someSeeds(size, `draw ${size}`)
    const pool = poolOf(seeds)
    const top = new Set(naiveOrder(seeds).slice(0, topOf(size)))
    for (let i = 0; i < 50; i++) {
      const drawn = pool.draw(3, randomFrom(`draw ${i}`)).map(({ id }) => id)
      expect(new Set(drawn).size).toBe(Math.min(3, size))
      for (const id of drawn) expect(top).toContain(id)
    }
  })

  it('counts nothing by itself', () => {
    const pool = poolOf(someSeeds(100, 'count'))
    const before = orderOf(pool)
    pool.draw(3, randomFrom('x'))
    expect(orderOf(pool)).toEqual(before)
  })

  it.each([
    [80, 4_000],
    [10_000, 4_000]
  ])('from a pool of %i is uniform over the top (chi-squared)', (size, draws) => {
    const seeds = someSeeds(size, `uniform ${size}`)
    const pool = poolOf(seeds)
    const top = naiveOrder(seeds).slice(0, topOf(size))
    const times = new Map(top.map(id => [id, 0]))
    for (let i = 0; i < draws; i++) {
      for (const { id } of pool.draw(3, randomFrom(`uniform ${i}`))) {
        expect(times.has(id)).toBe(true)
        times.set(id, times.get(id)! + 1)
      }
    }
    const expected = (3 * draws) / top.length
    const sum = [...times.values()].reduce((total, seen) => total + (seen - expected) ** 2 / expected, 0)
    // Drawn without replacement the counts vary less than multinomial ones: by the factor (k - 3) / (k - 1).
    const statistic = sum / ((top.length - 3) / (top.length - 1))
    const p = chiSquaredTail(statistic, top.length - 1)
    expect(p).toBeGreaterThan(0.001)
    expect(p).toBeLessThan(0.999)
  })

  it('finds a biased draw out: the test of uniformity can fail', () => {
    const random = randomFrom('biased')
    const counts = new Array<number>(500).fill(0)
    // Half of the ranks are drawn a third more often than the others.
    for (let i = 0; i < 12_000; i++) counts[Math.floor(random() * 250) + (random() < 4 / 7 ? 250 : 0)]! += 1
    const sum = counts.reduce((total, seen) => total + (seen - 24) ** 2 / 24, 0)
    expect(chiSquaredTail(sum, 499)).toBeLessThan(0.001)
    expect(chiSquaredTail(499, 499)).toBeCloseTo(0.49, 1)
  })

  it('gives all orders of three alike', () => {
    const pool = poolOf(['a', 'b', 'c'].map(id => ({ id, responseTokens: 1, shown: 0 })))
    const orders = new Map<string, number>()
    for (let i = 0; i < 3_000; i++) {
      const order = pool.draw(3, randomFrom(`order ${i}`)).map(({ id }) => id)
      orders.set(order.join(''), (orders.get(order.join('')) ?? 0) + 1)
    }
    expect(orders.size).toBe(6)
    for (const times of orders.values()) expect(Math.abs(times - 500)).toBeLessThan(100)
  })
})

describe('the pool', () => {
  it('leaves a candidate as it is when it is added again', () => {
    const pool = ucbPool<Seed>()
    pool.add({ id: 'a', responseTokens: 1, shown: 0 })
    pool.add({ id: 'a', responseTokens: 2, shown: 0 })
    expect(pool.size).toBe(1)
    expect(pool.ranked(0).responseTokens).toBe(1)
  })

  it('remembers showings of a candidate that arrives later', () => {
    const pool = ucbPool<Seed>()
    pool.count('late', 1)
    pool.count('late', 1)
    pool.count('late', -1)
    expect(pool.shown('late')).toBe(1)
    pool.add({ id: 'late', responseTokens: 1, shown: 0 })
    expect(pool.shown('late')).toBe(1)
  })

  it('never counts below zero', () => {
    const pool = poolOf([{ id: 'a', responseTokens: 1, shown: 0 }])
    pool.count('a', -1)
    pool.count('unknown', -1)
    expect(pool.shown('a')).toBe(0)
    expect(pool.shown('unknown')).toBe(0)
  })
})
