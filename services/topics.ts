import { defineTopic, hashOf } from '../engine/declare/index.ts'
import type {
  Cut,
  Decision,
  Document,
  Draft,
  IngestPosition,
  Instruction,
  Pair,
  Passage,
  Representative,
  Response,
  ScreenedPassage,
  Secret,
  SeedBrief,
  VettedDraft
} from '../schemas/types.ts'

/** Every topic of the pipeline, in dataflow order. The engine adds rejections, dead-letters and configurations. */

export const documents = defineTopic<Document>({
  records: 'documents',
  schema: 'document',
  key: document => document.givenId,
  id: document => hashOf(document.givenId, document.content)
})
export const passages = defineTopic<Passage>({
  records: 'passages',
  schema: 'passage',
  key: ({ passage }) => passage.textHash
})
export const screenedPassages = defineTopic<ScreenedPassage>({
  records: 'screened-passages',
  schema: 'screened-passage',
  partitions: 'single'
})
export const seedBriefs = defineTopic<SeedBrief>({ records: 'seed-briefs', schema: 'seed-brief' })
export const representatives = defineTopic<Representative>({ records: 'representatives', schema: 'representative' })
export const drafts = defineTopic<Draft>({ records: 'drafts', schema: 'draft' })
export const vettedDrafts = defineTopic<VettedDraft>({
  records: 'vetted-drafts',
  schema: 'vetted-draft',
  partitions: 'single'
})
export const instructions = defineTopic<Instruction>({ records: 'instructions', schema: 'instruction' })
export const responses = defineTopic<Response>({ records: 'responses', schema: 'response' })
export const pairs = defineTopic<Pair>({ records: 'pairs', schema: 'pair' })

const privateTopic = { partitions: 'single', audience: 'private' } as const

export const diversifyDecisions = defineTopic<Decision>({
  records: 'diversify-decisions',
  schema: 'decision',
  ...privateTopic
})
export const admitDecisions = defineTopic<Decision>({ records: 'admit-decisions', schema: 'decision', ...privateTopic })
export const cuts = defineTopic<Cut>({ records: 'cuts', schema: 'cut', ...privateTopic })
export const ingestPositions = defineTopic<IngestPosition>({
  records: 'ingest-positions',
  schema: 'ingest-position',
  id: position => position.source,
  ...privateTopic
})
export const secrets = defineTopic<Secret>({
  records: 'secrets',
  schema: 'secret',
  id: secret => secret.id,
  ...privateTopic
})

/** Those beside the dataflow: what commands write, and no stage reads. */
export const sideTopics = [cuts, ingestPositions, secrets] as const
