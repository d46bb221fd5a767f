import { createNearest, embeddingIn, type Nearest } from '../../engine/mathematics/nearest.ts'
import type { Decision } from '../../schemas/types.ts'
import { tagGrid } from '../tag-grid.ts'

/**
 * The view of diversify-passage: the fold of its decisions. A community is known by its founder, whose vector stays its
 * centre for good, so that communities do not drift as they grow.
 */
export interface Communities {
  readonly founders: Nearest
  /** Id of the founder -> id of the passage that stands for the community; undefined while it has only its founder. */
  readonly representatives: Map<string, string | undefined>
  /** Number of the last representative. */
  count: number
  /** Place in the permutation of the tag cells where the next seed goes on. */
  nextCell: number
}

export const noCommunities = (): Communities => ({
  founders: createNearest(),
  representatives: new Map(),
  count: 0,
  nextCell: 0
})

/**
 * Takes one decision into the view. A decision says all by itself, whatever the settings it was made under:
 * `nearestId` names the founder of the community that was joined, and is null where none was; a number was given to
 * whoever became a representative.
 */
export function fold(view: Communities, decision: Decision): void {
  const founded = decision.nearestId === null && (decision.number > 0 || decision.reason === 'singleton')
  if (founded) {
    const vector = embeddingIn(decision)
    if (!vector) throw new Error(`decision ${decision.id} founds a community and holds no embedding`)
    view.founders.add(decision.recordId, vector)
    view.representatives.set(decision.recordId, undefined)
  }
  if (decision.number > 0) {
    view.representatives.set(decision.nearestId ?? decision.recordId, decision.recordId)
    view.count = decision.number
  }
  if (decision.cells > 0) view.nextCell = (decision.firstCell + decision.cells) % tagGrid.length
}
