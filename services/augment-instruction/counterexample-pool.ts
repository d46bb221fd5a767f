import { defineView, type Random } from '../../engine/declare/index.ts'
import { firstWords } from '../answer-text.ts'
import { drafts, pairs } from '../topics.ts'
import { type Candidate, type UcbPool, ucbPool } from './ucb-pool.ts'

/** How many counterexamples a prompt shows, and how many words of each (FANNO, augmentation). */
const shownAtOnce = 3
const wordsShown = 100

/**
 * Draws remembered until their draft comes back from the log: more than can be in flight in a process. The draft of a
 * rejected record never comes back, so the oldest are forgotten in the end.
 */
const draws = 262_144

export interface Counterexample extends Candidate {
  /** Cut to 100 words, for the prompt only: the pair on the log is whole. */
  readonly instruction: string
  readonly round: number
}

/** Accepted pairs as counterexamples, and what this process has drawn of them on behalf of which record. */
export interface CounterexamplePool {
  readonly size: number
  /**
   * Three counterexamples (all there are, if fewer), counted as shown at once. Asked again for the same record it gives
   * the same ones and counts nothing, so that a repeated call costs the pool nothing.
   */
  draw(recordId: string, random: Random): readonly Counterexample[]
}

interface State extends CounterexamplePool {
  readonly pool: UcbPool<Counterexample>
  readonly drawn: Map<string, readonly Counterexample[]>
}

/**
 * The fold of `pairs` and `drafts`. Showings count when they are drawn, not when their draft is committed: with
 * hundreds of calls in flight, counts that lag behind show the same few again and again. The committed draft of a
 * record that drew here is therefore not counted again; drafts of other processes and of earlier runs are. A draw whose
 * draft was rejected counts as long as this process lives, since no topic tells of it afterwards.
 */
export const counterexamplePool = defineView<CounterexamplePool, never, Reads>({
  name: 'counterexample-pool',
  reads: { pairs, drafts },
  create: () => createPool(),
  folds: {
    pairs(state, { id, instruction, responseTokens, round }) {
      poolOf(state).add({ id, responseTokens, round, instruction: firstWords(instruction, wordsShown) })
    },
    drafts(state, { lineage, counterexamples }) {
      const { pool, drawn } = state as State
      // The parent of a draft is the representative that drew.
      if (drawn.delete(lineage.parentId)) return
      for (const id of counterexamples) pool.count(id, 1)
    }
  },
  giveBack(state, recordId) {
    const { pool, drawn } = state as State
    for (const { id } of drawn.get(recordId) ?? []) pool.count(id, -1)
    drawn.delete(recordId)
  }
})

type Reads = { readonly pairs: typeof pairs; readonly drafts: typeof drafts }

const poolOf = (state: CounterexamplePool): UcbPool<Counterexample> => (state as State).pool

function createPool(): State {
  const pool = ucbPool<Counterexample>()
  const drawn = new Map<string, readonly Counterexample[]>()
  return {
    pool,
    drawn,
    get size() {
      return pool.size
    },
    draw(recordId, random) {
      const before = drawn.get(recordId)
      if (before) return before
      const chosen = pool.draw(shownAtOnce, random)
      for (const { id } of chosen) pool.count(id, 1)
      drawn.set(recordId, chosen)
      if (drawn.size > draws) drawn.delete(drawn.keys().next().value!)
      return chosen
    }
  }
}
