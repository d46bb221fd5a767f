import { defineTopic, hashOf, headerNamesOf } from '../engine/declare/index.ts'
import { schemaOf } from '../schemas/schema-of.ts'
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

/** Of the records that the engine writes: rejections, dead letters, configurations. */
export const namespace = 'fanno'

/** Of spans and metrics: `fanno.stage.records`. */
export const telemetryNames = { namespace, scope: 'fanno-stream' } as const

/** Of the headers on every record of the pipeline. */
export const headerPrefix = 'fanno-'
export const headerNames = headerNamesOf(headerPrefix)

/** Assignment protocol of the consumer groups. Another name would end a rolling upgrade: all members of a group must have the same. */
export const groupProtocol = 'fanno-sticky'

/** Name under which vectors of the built-in embedder are on record. */
export const lexicalModel = 'fanno-lexical-v1'

/** What servers and gateways see of us: the headers of each request, and the field by which the rehearsal model says what it is. */
export const requestNames = { headerPrefix: 'x-fanno-', rehearsalField: 'fanno_rehearsal' } as const

/** Every topic of the pipeline, in dataflow order. The engine adds rejections, dead-letters and configurations. */

export const documents = defineTopic<Document>({
  records: 'documents',
  schema: schemaOf('document'),
  key: document => document.givenId,
  id: document => hashOf(document.givenId, document.content)
})
export const passages = defineTopic<Passage>({
  records: 'passages',
  schema: schemaOf('passage'),
  key: ({ passage }) => passage.textHash
})
export const screenedPassages = defineTopic<ScreenedPassage>({
  records: 'screened-passages',
  schema: schemaOf('screened-passage'),
  partitions: 'single'
})
export const seedBriefs = defineTopic<SeedBrief>({ records: 'seed-briefs', schema: schemaOf('seed-brief') })
export const representatives = defineTopic<Representative>({
  records: 'representatives',
  schema: schemaOf('representative')
})
export const drafts = defineTopic<Draft>({ records: 'drafts', schema: schemaOf('draft') })
export const vettedDrafts = defineTopic<VettedDraft>({
  records: 'vetted-drafts',
  schema: schemaOf('vetted-draft'),
  partitions: 'single'
})
export const instructions = defineTopic<Instruction>({ records: 'instructions', schema: schemaOf('instruction') })
export const responses = defineTopic<Response>({ records: 'responses', schema: schemaOf('response') })
export const pairs = defineTopic<Pair>({ records: 'pairs', schema: schemaOf('pair') })

const privateTopic = { partitions: 'single', audience: 'private' } as const

export const diversifyDecisions = defineTopic<Decision>({
  records: 'diversify-decisions',
  schema: schemaOf('private/decision'),
  ...privateTopic
})
export const admitDecisions = defineTopic<Decision>({
  records: 'admit-decisions',
  schema: schemaOf('private/decision'),
  ...privateTopic
})
export const cuts = defineTopic<Cut>({ records: 'cuts', schema: schemaOf('private/cut'), ...privateTopic })
export const ingestPositions = defineTopic<IngestPosition>({
  records: 'ingest-positions',
  schema: schemaOf('private/ingest-position'),
  id: position => position.source,
  ...privateTopic
})
export const secrets = defineTopic<Secret>({
  records: 'secrets',
  schema: schemaOf('private/secret'),
  id: secret => secret.id,
  ...privateTopic
})

/** Those beside the dataflow: what commands write, and no stage reads. */
export const sideTopics = [cuts, ingestPositions, secrets] as const
