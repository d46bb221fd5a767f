import type { OpenPipeline } from '../../operate/open.ts'
import { valuesOf } from '../../operate/read.ts'
import { tagGrid } from '../../tag-grid.ts'
import { pairs, seedBriefs } from '../../topics.ts'
import { grouped } from './printable.ts'

/** How evenly the tag grid was used: the seeds walk it by count, but filters are not fair to all cells. */
export interface TagCells {
  readonly briefs: number
  /** Fewest and most briefs that a cell of the whole grid got. */
  readonly least: number
  readonly most: number
  /** Pairs that stem from a seed, and how many different cells they stem from. */
  readonly seedPairs: number
  readonly acceptedCells: number
}

export async function tagCellsOf(open: OpenPipeline): Promise<TagCells> {
  const issued = new Array<number>(tagGrid.length).fill(0)
  for await (const { cell } of valuesOf(open, seedBriefs)) issued[cell.index]!++
  const accepted = new Set<number>()
  let seedPairs = 0
  for await (const { cell } of valuesOf(open, pairs)) {
    if (!cell) continue
    seedPairs++
    accepted.add(cell.index)
  }
  const briefs = issued.reduce((sum, count) => sum + count, 0)
  return { briefs, least: Math.min(...issued), most: Math.max(...issued), seedPairs, acceptedCells: accepted.size }
}

export const tagCellsText = ({ briefs, least, most, seedPairs, acceptedCells }: TagCells): string[] =>
  briefs === 0
    ? []
    : [
        `${grouped(briefs)} seed briefs, ${least === most ? least : `${least} to ${most}`} a cell`,
        `${grouped(seedPairs)} pairs of seeds, from ${acceptedCells} of ${tagGrid.length} cells (${Math.round((100 * acceptedCells) / tagGrid.length)} %)`
      ]
