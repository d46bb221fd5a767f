import type { Random } from '../../engine/declare/index.ts'
import { type OrderedSet, orderedSet } from './ordered-set.ts'

/** What can be drawn. `responseTokens` is the reward: the length of the response, a whole number of tokens. */
export interface Candidate {
  readonly id: string
  readonly responseTokens: number
}

/**
 * The pool from which counterexamples are drawn by upper confidence bound (FANNO, augmentation):
 *
 *     x_i     = response tokens of i, min-max normalised over the pool; 0.5 when all are equal
 *     n_i     = how often i was shown;  N = sum of all n_i + size of the pool
 *     value_i = x_i + 3 * sqrt(2 * ln N / (n_i + 1))
 *     top k   = the max(3, floor(5 % of the pool)) of highest value, ties by id;  draw uniformly, without replacement
 *
 * Every draw changes all values, since it changes N; so nothing can be kept sorted by value. But among candidates shown
 * equally often the order is by length alone, whatever N and the normalisation. So candidates are kept in one ordered
 * set for each n, and the candidate at a rank of the whole order is found by bisecting all sets at once: the cost grows
 * with the number of different n (a few dozen) and with the square of the logarithm of the pool.
 */
export interface UcbPool<C extends Candidate> {
  readonly size: number
  /** Adds a candidate; one that is there already is left as it is. */
  add(candidate: C): void
  /** Counts a showing (or, with -1, takes one back). The candidate may arrive in the pool later. */
  count(id: string, by: 1 | -1): void
  shown(id: string): number
  /** Up to `wanted` candidates of the top k. Counts nothing. */
  draw(wanted: number, random: Random): readonly C[]
  /** The candidate at a rank of the whole order, 0 for the highest value. @throws RangeError when there is none. */
  ranked(rank: number): C
}

interface Member<C> {
  readonly candidate: C
  shown: number
}

export const topOf = (poolSize: number): number => Math.min(poolSize, Math.max(3, Math.floor(poolSize / 20)))

export function ucbPool<C extends Candidate>(): UcbPool<C> {
  const members = new Map<string, Member<C>>()
  /** Times shown -> candidates shown that often: the longer response first, then by id. None is empty. */
  const sets = new Map<number, OrderedSet<Member<C>>>()
  /** Showings of candidates that have not arrived: drafts may be read before the pairs they were shown. */
  const early = new Map<string, number>()
  let showings = 0
  let shortest = Number.POSITIVE_INFINITY
  let longest = Number.NEGATIVE_INFINITY

  const insert = (member: Member<C>) => {
    const set = sets.get(member.shown) ?? orderedSet<Member<C>>(byLengthThenId)
    set.insert(member)
    sets.set(member.shown, set)
  }
  const remove = (member: Member<C>) => {
    const set = sets.get(member.shown)!
    set.remove(member)
    if (set.size === 0) sets.delete(member.shown)
  }
  const exploration = (shown: number) => 3 * Math.sqrt((2 * Math.log(showings + members.size)) / (shown + 1))
  const reward = ({ candidate }: Member<C>) =>
    longest === shortest ? 0.5 : (candidate.responseTokens - shortest) / (longest - shortest)

  const ranked = (rank: number): C => {
    if (!(rank >= 0 && rank < members.size)) throw new RangeError(`no rank ${rank} in a pool of ${members.size}`)
    // A candidate at place p of its set has p before it: none beyond `rank` can be the one.
    const ranges = [...sets].map(([shown, set]) => {
      return { set, bonus: exploration(shown), from: 0, to: Math.min(set.size, rank + 1) }
    })
    for (;;) {
      const pivot = weightedMedian(ranges, reward)
      // In a range that has closed, what comes before any later pivot is known.
      const before = ranges.map(({ set, bonus, from, to }) =>
        from === to ? from : set.countWhile(member => precedes(reward(member) + bonus, member, pivot))
      )
      const pivotRank = before.reduce((sum, count) => sum + count, 0)
      if (pivotRank === rank) return pivot.member.candidate
      for (const [i, range] of ranges.entries()) {
        if (pivotRank > rank) range.to = Math.min(range.to, before[i]!)
        else range.from = Math.max(range.from, before[i]! + (range === pivot.range ? 1 : 0))
      }
    }
  }

  return {
    get size() {
      return members.size
    },
    add(candidate) {
      if (members.has(candidate.id)) return
      const member = { candidate, shown: early.get(candidate.id) ?? 0 }
      early.delete(candidate.id)
      members.set(candidate.id, member)
      showings += member.shown
      shortest = Math.min(shortest, candidate.responseTokens)
      longest = Math.max(longest, candidate.responseTokens)
      insert(member)
    },
    count(id, by) {
      const member = members.get(id)
      if (!member) {
        early.set(id, Math.max(0, (early.get(id) ?? 0) + by))
        return
      }
      if (member.shown + by < 0) return
      remove(member)
      member.shown += by
      showings += by
      insert(member)
    },
    shown: id => members.get(id)?.shown ?? early.get(id) ?? 0,
    draw: (wanted, random) => drawRanks(wanted, topOf(members.size), random).map(ranked),
    ranked
  }
}

function byLengthThenId<C extends Candidate>(a: Member<C>, b: Member<C>): number {
  return b.candidate.responseTokens - a.candidate.responseTokens || compareIds(a.candidate.id, b.candidate.id)
}

const compareIds = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

interface Range<C> {
  readonly set: OrderedSet<Member<C>>
  readonly bonus: number
  /** Places that may still hold the wanted rank: from (inclusive) to (exclusive). */
  from: number
  to: number
}

interface Pivot<C> {
  readonly member: Member<C>
  readonly value: number
  readonly range: Range<C>
}

function precedes<C extends Candidate>(value: number, member: Member<C>, pivot: Pivot<C>): boolean {
  if (value !== pivot.value) return value > pivot.value
  return member.candidate.id < pivot.member.candidate.id
}

/** Among the middles of all ranges the one with half of all places on either side: each step discards a quarter. */
function weightedMedian<C extends Candidate>(ranges: readonly Range<C>[], reward: (m: Member<C>) => number): Pivot<C> {
  const middles = ranges
    .filter(({ from, to }) => from < to)
    .map(range => {
      const member = range.set.at((range.from + range.to) >> 1)
      return { member, value: reward(member) + range.bonus, range }
    })
    .sort((a, b) => b.value - a.value || compareIds(a.member.candidate.id, b.member.candidate.id))
  const places = middles.reduce((sum, { range }) => sum + range.to - range.from, 0)
  let passed = 0
  return middles.find(({ range }) => {
    passed += range.to - range.from
    return passed * 2 >= places
  })!
}

/** `wanted` different ranks out of 0 to `top` - 1, uniformly: a shuffle that is cut short. */
function drawRanks(wanted: number, top: number, random: Random): number[] {
  const moved = new Map<number, number>()
  return Array.from({ length: Math.min(wanted, top) }, (_, i) => {
    const place = i + Math.floor(random() * (top - i))
    const rank = moved.get(place) ?? place
    moved.set(place, moved.get(i) ?? i)
    return rank
  })
}
