import { hashOf } from '../../engine/declare/index.ts'
import { type PairRecord, type PairsLog, pairsBelow } from './pairs-on-log.ts'

/**
 * Which pairs to take where not all are wanted. `hash`: by the hash of their ids, which has nothing to do with how
 * quickly they were made. `fastest`: the first on the log, among which short answers are overrepresented.
 */
export const cutRules = ['hash', 'fastest'] as const
export type CutRule = (typeof cutRules)[number]

export type Selection = (found: PairRecord) => boolean

export const everything: Selection = () => true

/** Selects `count` of the pairs below `ends`; all of them where there are no more. Holds `2 * count` ranks at most. */
export async function select(log: PairsLog, ends: readonly number[], count: number, rule: CutRule): Promise<Selection> {
  const rank = ranks[rule]
  let smallest: string[] = []
  const prune = () => {
    smallest = smallest.sort().slice(0, count)
  }
  for await (const found of pairsBelow(log, ends)) {
    smallest.push(rank(found))
    if (smallest.length > 2 * count + 1_000) prune()
  }
  prune()
  const last = smallest.at(-1)
  return last === undefined ? () => false : found => rank(found) <= last
}

const ranks: Readonly<Record<CutRule, (found: PairRecord) => string>> = {
  hash: ({ value }) => hashOf('cut', value.id),
  fastest: ({ record }) =>
    [record.timestamp, record.partition, record.offset].map(number => String(number).padStart(16, '0')).join('/')
}
