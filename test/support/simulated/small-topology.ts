import { z } from 'zod'
import {
  defineDecisionStage,
  definePrompt,
  defineStage,
  defineTopic,
  defineTopology,
  defineView,
  embedding,
  yesNo
} from '../../../engine/declare/index.ts'
import { schemaOf } from '../../../schemas/schema-of.ts'
import type { Decision, Draft, Instruction, Pair, VettedDraft } from '../../../schemas/types.ts'

/**
 * A small topology with everything the runtime has to cope with: repeats, rejections, defects, fan-out, decisions in
 * order, a fork, and a stage that defers until the other branch has drained.
 *
 *   sources -> screen-source -> middles -> admit-middle -> directs -> answer-direct -> sinks
 *                                                       -> laters  -> answer-later  -> sinks
 */
export const sources = defineTopic<Draft>({
  records: 'sources',
  schema: schemaOf('draft'),
  key: draft => draft.instruction
})
export const middles = defineTopic<VettedDraft>({
  records: 'middles',
  schema: schemaOf('vetted-draft'),
  partitions: 'single'
})
export const directs = defineTopic<Instruction>({ records: 'directs', schema: schemaOf('instruction') })
export const laters = defineTopic<Instruction>({ records: 'laters', schema: schemaOf('instruction') })
export const sinks = defineTopic<Pair>({ records: 'sinks', schema: schemaOf('pair') })
export const middleDecisions = defineTopic<Decision>({
  records: 'middle-decisions',
  schema: schemaOf('private/decision'),
  partitions: 'single',
  audience: 'private'
})

const prompt = definePrompt(new URL('./question.prompt.md', import.meta.url), z.object({ text: z.string() }))
const passage = {
  documentId: '',
  givenId: '',
  url: null,
  title: null,
  licence: null,
  ordinal: 0,
  text: '',
  textHash: '',
  estimatedTokens: 0,
  language: ''
}
const bare = { passageId: '', passage, origin: 'seed', cell: null, counterexamples: [], round: 0, style: 'command' }
const verdicts = { familiar: 1, safe: 1, instructs: 1, answerable: 1 }
const responded = { instructionId: '', response: '', responseTokens: 0, context: 'none' }
const scored = { score: 5, scoreProbabilities: [], scoreEvidence: '' }
const noSettings = z.object({ strictness: z.number().default(0) })

const screenSource = defineStage({
  name: 'screen-source',
  summary: 'Screens a source and fans out.',
  reads: sources,
  writes: { middle: middles },
  asks: { good: yesNo('teacher', prompt) },
  rejects: ['duplicate', 'poor'],
  repeats: { as: 'duplicate', by: source => source.instruction },
  settings: noSettings,
  question: source => ({ ask: { good: { text: source.instruction } } }),
  decide(source, { good }) {
    if (good.probability < 0.2) return { rejected: 'poor', score: good.probability }
    if (good.probability > 0.95) throw new Error(`a defect that strikes ${source.instruction}`)
    const value = (part: number) => ({ ...bare, ...verdicts, instruction: `${source.instruction}.${part}` })
    return { to: 'middle', values: good.probability > 0.6 ? [value(0), value(1)] : [value(0)] }
  }
})

interface Seen {
  readonly counts: Map<number, number>
  number: number
}

const admitMiddle = defineDecisionStage({
  name: 'admit-middle',
  summary: 'Admits some of a kind, numbers them, sends every fourth to the later branch.',
  reads: middles,
  writes: { direct: directs, later: laters },
  asks: { vector: embedding('embedder') },
  rejects: ['too-many'],
  settings: z.object({ mostOfAKind: z.number().default(3) }),
  decisions: middleDecisions,
  createView: (): Seen => ({ counts: new Map(), number: 0 }),
  fold(view, decision) {
    if (decision.verdict !== 'emitted') return
    view.counts.set(decision.cells, (view.counts.get(decision.cells) ?? 0) + 1)
    view.number = decision.number
  },
  question: middle => ({ ask: { vector: { text: middle.instruction } } }),
  decide(middle, { vector }, { view, settings }) {
    const kind = Math.abs(vector.values[0]!) % 9
    if ((view.counts.get(kind) ?? 0) >= settings.mostOfAKind) return { outcome: { rejected: 'too-many', score: kind } }
    const number = view.number + 1
    const { id, lineage, ...rest } = middle
    const value = { ...rest, draftId: id, nearestId: null, similarity: number }
    return {
      outcome: { to: number % 4 === 0 ? 'later' : 'direct', values: [value] },
      decision: { cells: kind, number }
    }
  }
})

const pairOf = ({ id, lineage, draftId, nearestId, similarity, familiar, safe, ...rest }: Instruction) => ({
  ...rest,
  ...responded,
  ...scored,
  instructionId: id,
  score: similarity
})

const answerDirect = defineStage({
  name: 'answer-direct',
  summary: 'Answers at once.',
  reads: directs,
  writes: { sink: sinks },
  asks: { good: yesNo('teacher', prompt) },
  rejects: [],
  settings: noSettings,
  question: ({ instruction }) => ({ ask: { good: { text: instruction } } }),
  decide: instruction => ({ to: 'sink', values: [pairOf(instruction)] })
})

/** How many have reached the sink, and what was drawn from them. */
export interface Pool {
  size: number
  readonly drawn: Set<string>
}

const pool = defineView({
  name: 'pool',
  reads: { sinks },
  create: (): Pool => ({ size: 0, drawn: new Set() }),
  folds: {
    sinks: state => {
      state.size++
    }
  },
  giveBack: (state, id) => void state.drawn.delete(id)
})

const answerLater = defineStage({
  name: 'answer-later',
  summary: 'Waits for ten in the sink, or for the other branch to drain.',
  reads: laters,
  writes: { sink: sinks },
  asks: { good: yesNo('teacher', prompt) },
  rejects: [],
  settings: noSettings,
  view: pool,
  defersUntilDrained: directs,
  question(instruction, { view, released }) {
    if (view.size < 10 && !released) return { deferred: 'pool-too-small' }
    view.drawn.add(instruction.id)
    return { ask: { good: { text: instruction.instruction } } }
  },
  decide: instruction => ({ to: 'sink', values: [pairOf(instruction)] })
})

export const smallTopology = defineTopology(sources, sinks, [screenSource, admitMiddle, answerDirect, answerLater])
export const smallSettings = new Map(smallTopology.stages.map(stage => [stage.name, stage.settings.parse({})]))

/** A source value; equal texts are copies of one another. */
export const source = (text: string): Draft => ({
  ...bare,
  id: `source-${text}`,
  instruction: text,
  lineage: { rootId: '', parentId: '', traceparent: '', steps: [] }
})
