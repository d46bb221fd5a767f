import type { Embedding, Grade, Text, YesNo } from '../../../engine/declare/index.ts'
import type {
  Draft,
  Instruction,
  Pair,
  Representative,
  Response,
  SeedBrief,
  TagCell,
  VettedDraft
} from '../../../schemas/types.ts'
import { tagGrid } from '../../../services/tag-grid.ts'
import { aPassageText, noLineage } from './passages.ts'

/** Records of the later topics, and answers to give: tests name only what they are about. */
const passage = aPassageText('Salt draws water out of food, and so it keeps.')

export const aCell = (index = 0): TagCell => {
  const { character, taskType, style } = tagGrid[index]!
  return { index, character, taskType, style }
}

export const aBrief = (fields: Partial<SeedBrief> = {}): SeedBrief => ({
  id: 'brief-1',
  passageId: 'passage-1',
  passage,
  number: 1,
  cell: aCell(),
  lineage: noLineage,
  ...fields
})

export const aRepresentative = (fields: Partial<Representative> = {}): Representative => ({
  id: 'representative-1',
  passageId: 'passage-1',
  passage,
  number: 11,
  lineage: noLineage,
  ...fields
})

export const aDraft = (instruction: string, fields: Partial<Draft> = {}): Draft => ({
  id: 'draft-1',
  passageId: 'passage-1',
  passage,
  origin: 'seed',
  cell: aCell(),
  counterexamples: [],
  round: 0,
  style: 'command',
  instruction,
  lineage: noLineage,
  ...fields
})

export const aVettedDraft = (instruction: string, fields: Partial<VettedDraft> = {}): VettedDraft => ({
  ...aDraft(instruction, { id: 'vetted-1' }),
  familiar: 0.9,
  safe: 0.8,
  instructs: 0.7,
  answerable: 0.6,
  ...fields
})

export const anInstruction = (instruction: string, fields: Partial<Instruction> = {}): Instruction => ({
  ...aVettedDraft(instruction, { id: 'instruction-1' }),
  draftId: 'vetted-1',
  nearestId: null,
  similarity: 0,
  ...fields
})

export const aResponse = (instruction: string, response: string, fields: Partial<Response> = {}): Response => ({
  ...aDraft(instruction, { id: 'response-1' }),
  instructionId: 'instruction-1',
  response,
  responseTokens: 12,
  context: 'none',
  ...fields
})

export const aPair = (id: string, fields: Partial<Pair> = {}): Pair => ({
  ...aResponse(`Explain in your own words what makes ${id} float.`, 'It is lighter than water.', { id }),
  score: 4.5,
  scoreProbabilities: [0, 0, 0, 0.5, 0.5],
  scoreEvidence: 'log-probabilities',
  ...fields
})

export const says = (text: string, fields: Partial<Text> = {}): Text => ({
  text,
  promptWords: { own: [], nonces: [] },
  finishReason: 'stop',
  ...fields
})

export const yes = (probability: number): YesNo => ({ probability, evidence: 'log-probabilities' })

export const mark = (...probabilities: readonly number[]): Grade => ({
  expectation: probabilities.reduce((sum, probability, index) => sum + probability * (index + 1), 0),
  probabilities,
  evidence: 'log-probabilities'
})

/** A quantised unit vector in the plane, at an angle in degrees. */
export function towards(degrees: number, embedder = 'minilm'): Embedding {
  const radians = (degrees * Math.PI) / 180
  const values = Int8Array.of(Math.round(127 * Math.cos(radians)), Math.round(127 * Math.sin(radians)))
  return { values, scale: 1 / Math.hypot(...values), embedder }
}
