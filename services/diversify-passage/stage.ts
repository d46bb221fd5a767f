import { z } from 'zod'
import { defineDecisionStage, embedding } from '../../engine/declare/index.ts'
import { storedForm } from '../../engine/mathematics/nearest.ts'
import { tagGrid } from '../tag-grid.ts'
import { diversifyDecisions, representatives, screenedPassages, seedBriefs } from '../topics.ts'
import { fold, noCommunities } from './communities.ts'
import { cellsFrom, isSeed } from './seed-plan.ts'

const whole = (least: number, byDefault: number, what: string) =>
  z.number().int().min(least).default(byDefault).describe(what)

/**
 * FANNO, document pre-screening: fast community detection as a stream. A passage joins the community of the nearest
 * founder if that is similar enough, else it founds one. Who stands for a community goes on: to `seeds`, with its tag
 * cells, or to `representatives`.
 *
 * With `minCommunitySize` 1 the founder is the representative. With 2 it is rejected as `singleton`, and the first
 * passage to join it becomes the representative. Either way similarity is measured to the founder.
 */
export const diversifyPassage = defineDecisionStage({
  name: 'diversify-passage',
  summary: 'Keeps one passage of each community of similar ones, and chooses the seeds.',
  reads: screenedPassages,
  writes: { seeds: seedBriefs, representatives },
  asks: { vector: embedding('embedder') },
  /** `community-member`: score is the similarity, evidence names the representative. `singleton`: score to the nearest. */
  rejects: ['community-member', 'singleton'],
  settings: z.object({
    similarity: z.number().gt(0).max(1).default(0.7).describe('Minimum cosine similarity within a community.'),
    minCommunitySize: z
      .union([z.literal(1), z.literal(2)])
      .default(1)
      .describe('Minimum size of a community. 2 rejects passages without a similar passage.'),
    seedPassages: whole(0, 10, 'Number of first representatives that become seeds.'),
    seedEvery: whole(1, 50, 'After the first seeds, every n-th representative becomes a seed.'),
    cellsPerSeed: z.number().int().min(1).max(tagGrid.length).default(96).describe('Number of tag cells per seed.')
  }),
  decisions: diversifyDecisions,
  createView: noCommunities,
  fold,

  question: ({ passage }) => ({ ask: { vector: { text: passage.text } } }),

  decide({ id, passageId, passage }, { vector }, { view, settings }) {
    const nearest = view.founders.nearest(vector)
    const similarity = nearest?.similarity ?? 0
    const joined = nearest && similarity >= settings.similarity ? nearest.id : null
    const basis = { ...storedForm(vector), nearestId: joined, similarity }

    if (joined === null && settings.minCommunitySize === 2) {
      const evidence = nearest ? `nearest founder: ${nearest.id}` : 'the first passage'
      return { outcome: { rejected: 'singleton', score: similarity, evidence }, decision: basis }
    }
    const standing = joined === null ? undefined : view.representatives.get(joined)
    if (standing !== undefined)
      return { outcome: { rejected: 'community-member', score: similarity, evidence: standing }, decision: basis }

    const number = view.count + 1
    const representative = { passageId, passage, number }
    if (!isSeed(number, settings))
      return { outcome: { to: 'representatives', values: [representative] }, decision: { ...basis, number } }
    const [first, ...rest] = cellsFrom(view.nextCell, settings.cellsPerSeed).map(cell => ({ ...representative, cell }))
    if (!first) throw new Error(`no cell for seed ${id}`)
    return {
      outcome: { to: 'seeds', values: [first, ...rest] },
      decision: { ...basis, number, cells: settings.cellsPerSeed, firstCell: view.nextCell }
    }
  }
})
