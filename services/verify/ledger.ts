import type { OutcomeHeader } from '../../engine/runtime/record/headers.ts'
import type { Settled } from '../operate/read.ts'
import type { Violation } from './violations.ts'

export interface LedgerOptions {
  readonly stage: string
  readonly topic: string
  readonly decides: boolean
  /** By partition. */
  readonly settled: readonly Settled[]
  /** Violations beyond that many are counted and not listed. */
  readonly most?: number
}

export interface StageCount {
  readonly stage: string
  readonly partition: number
  /** Settled offsets that hold a record. */
  readonly settled: number
  readonly emitted: number
  readonly rejected: number
  readonly deadLettered: number
  /** Not settled yet. */
  readonly waiting: number
}

/**
 * The books of one stage: which offsets of its input hold a record, and which outcomes were found for them. Two bytes
 * an offset, so that a whole log fits into memory. Knows no log: what it is told is all it knows.
 */
export interface Ledger {
  /** A record stands at this offset of the input. */
  input(partition: number, offset: number): void
  /**
   * A record of this stage's. `final` where it was visible before the positions were read: its input must be settled.
   * @param at where the record stands, for the report.
   */
  outcome(found: {
    readonly partition: number
    readonly offset: number
    readonly outcome: OutcomeHeader
    readonly configuration: string
    readonly at: string
    readonly final: boolean
  }): void
  /** Outcomes were found of offsets not settled yet: their visibility may come before that of the position. */
  readonly asksAgain: boolean
  /** @param now the positions read again, where it asked for that. */
  close(now?: readonly Settled[]): {
    readonly counts: readonly StageCount[]
    readonly violations: readonly Violation[]
    readonly more: number
  }
}

const isRecord = 0b1
const kinds = { emitted: 0b0010, rejected: 0b0100, 'dead-lettered': 0b1000 } as const
const decided = 0b1_0000

export function openLedger(options: LedgerOptions): Ledger {
  const { stage, topic, settled, most = 1_000 } = options
  const states = settled.map(({ end }) => new Uint8Array(end))
  const authors = settled.map(({ end }) => new Uint8Array(end))
  const configurations: string[] = []
  const violations: Violation[] = []
  let more = 0
  const report = (kind: Violation['kind'], records: readonly string[], detail: string) => {
    if (violations.length < most) violations.push({ kind, of: stage, records, detail })
    else more += 1
  }
  /** A number from 1 to 255 for a configuration; beyond that they share the last, and are not told apart. */
  const numberOf = (configuration: string): number => {
    const found = configurations.indexOf(configuration)
    if (found >= 0) return Math.min(found + 1, 255)
    configurations.push(configuration)
    return Math.min(configurations.length, 255)
  }
  const place = (partition: number, offset: number) => `${topic}/${partition}/${offset}`
  /** Outcomes of offsets that were not settled when the positions were read. */
  const early: { partition: number; offset: number; at: string; outcome: string }[] = []

  return {
    input(partition, offset) {
      const state = states[partition]
      if (state && offset < state.length) state[offset]! |= isRecord
    },

    outcome({ partition, offset, outcome, configuration, at, final }) {
      const state = states[partition]
      const input = place(partition, offset)
      if (!state || offset >= state.length) {
        if (final) report('outcome-of-nothing', [at, input], `${outcome} for an offset behind the end`)
        return
      }
      if (!settled[partition]!.has(offset)) {
        if (final) early.push({ partition, offset, at, outcome })
        return
      }
      if (outcome === 'partial') return
      if (outcome === 'decision') {
        if (state[offset]! & decided) report('decisions-missing', [at, input], 'a second decision')
        state[offset]! |= decided
        return
      }
      const before = state[offset]! & 0b1110
      const author = numberOf(configuration)
      if (before !== 0 && before !== kinds[outcome])
        report('two-outcomes', [at, input], `${outcome}, but it has another outcome already`)
      else if (before !== 0 && outcome !== 'emitted') report('two-outcomes', [at, input], `${outcome} twice`)
      else if (before !== 0 && authors[partition]![offset] !== author)
        report('two-outcomes', [at, input], 'emitted under two configurations')
      state[offset]! |= kinds[outcome]
      authors[partition]![offset] = author
    },

    get asksAgain() {
      return early.length > 0
    },

    close(now = settled) {
      for (const { partition, offset, at, outcome } of early)
        if (!now[partition]!.has(offset))
          report('outcome-of-unsettled', [at, place(partition, offset)], `${outcome} for an offset that is not settled`)
      const counts = settled.map(({ end, has, base }, partition) => {
        const state = states[partition]!
        if (base > end) report('settled-beyond-end', [place(partition, base)], `the topic ends at ${end}`)
        const count = { stage, partition, settled: 0, emitted: 0, rejected: 0, deadLettered: 0, waiting: 0 }
        for (let offset = 0; offset < end; offset++) {
          const found = state[offset]!
          if (found & kinds.emitted) count.emitted += 1
          if (found & kinds.rejected) count.rejected += 1
          if (found & kinds['dead-lettered']) count.deadLettered += 1
          const holdsRecord = (found & isRecord) !== 0
          if (!has(offset)) count.waiting += holdsRecord ? 1 : 0
          else if (holdsRecord) {
            count.settled += 1
            if ((found & 0b1110) === 0) report('no-outcome', [place(partition, offset)], 'settled without an outcome')
            if (options.decides && !(found & decided))
              report('decisions-missing', [place(partition, offset)], 'settled without a decision record')
          } else if (found & 0b1110) {
            report('outcome-of-nothing', [place(partition, offset)], 'an outcome for an offset without a record')
          }
        }
        const outcomes = count.emitted + count.rejected + count.deadLettered
        if (outcomes !== count.settled)
          report(
            'wrong-count',
            [`${topic}/${partition}`],
            `${count.settled} offsets settled, but ${count.emitted} emitted + ${count.rejected} rejected + ${count.deadLettered} dead-lettered`
          )
        return count
      })
      return { counts, violations, more }
    }
  }
}
