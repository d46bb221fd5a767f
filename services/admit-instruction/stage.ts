import { z } from 'zod'
import { defineDecisionStage, embedding } from '../../engine/declare/index.ts'
import { createNearest, embeddingIn, type Nearest, storedForm } from '../../engine/mathematics/nearest.ts'
import { admitDecisions, instructions, vettedDrafts } from '../topics.ts'

/** The view: instructions accepted so far, by the id of their vetted draft. */
export interface Accepted {
  readonly vectors: Nearest
  /** Number of the last one. */
  count: number
}

/**
 * Near duplicates (FANNO, filters on drafts): a draft that is too similar to any accepted instruction is turned down.
 * Only new ones can be: what was accepted stays, so the first of a group is the one that is kept.
 */
export const admitInstruction = defineDecisionStage({
  name: 'admit-instruction',
  summary: 'Rejects near duplicates of accepted instructions.',
  reads: vettedDrafts,
  writes: { instructions },
  asks: { vector: embedding('embedder') },
  /** Score is the cosine similarity, evidence the id of the vetted draft that was accepted before. */
  rejects: ['near-duplicate'],
  settings: z.object({
    maxSimilarity: z
      .number()
      .gt(0)
      .max(1)
      .default(0.9)
      .describe('Minimum cosine similarity to an accepted instruction at which a draft is a near duplicate.')
  }),
  decisions: admitDecisions,
  createView: (): Accepted => ({ vectors: createNearest(), count: 0 }),

  fold(view, decision) {
    if (decision.verdict !== 'emitted') return
    const vector = embeddingIn(decision)
    if (!vector) throw new Error(`decision ${decision.id} accepts an instruction and holds no embedding`)
    view.vectors.add(decision.recordId, vector)
    view.count = decision.number
  },

  question: ({ instruction }) => ({ ask: { vector: { text: instruction } } }),

  decide(record, { vector }, { view, settings }) {
    const nearest = view.vectors.nearest(vector)
    const nearestId = nearest?.id ?? null
    const similarity = nearest?.similarity ?? 0
    const basis = { ...storedForm(vector), nearestId, similarity }
    if (nearest && similarity >= settings.maxSimilarity)
      return { outcome: { rejected: 'near-duplicate', score: similarity, evidence: nearest.id }, decision: basis }
    const { id: draftId, lineage: _lineage, ...draft } = record
    return {
      outcome: { to: 'instructions', values: [{ ...draft, draftId, nearestId, similarity }] },
      decision: { ...basis, number: view.count + 1 }
    }
  }
})
