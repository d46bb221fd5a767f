import type { TagCell } from '../../schemas/types.ts'
import { cellPermutation, tagGrid } from '../tag-grid.ts'

export interface SeedRule {
  readonly seedPassages: number
  readonly seedEvery: number
}

/** Whether representative number n (from 1) is a seed: the first `seedPassages`, then each `seedEvery`-th. */
export const isSeed = (number: number, { seedPassages, seedEvery }: SeedRule): boolean =>
  number <= seedPassages || (number - seedPassages) % seedEvery === 0

/** So many cells from a place in the permutation on, around its end. */
export const cellsFrom = (place: number, count: number): TagCell[] =>
  Array.from({ length: count }, (_, step) => {
    const { index, character, taskType, style } = tagGrid[cellPermutation[(place + step) % tagGrid.length]!]!
    return { index, character, taskType, style }
  })
