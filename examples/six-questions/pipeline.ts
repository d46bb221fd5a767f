import { z } from 'zod'
import {
  type AvroObject,
  definePrompt,
  defineStage,
  defineTopic,
  defineTopology,
  delimit,
  delimited,
  grade,
  type Lineage,
  text,
  verbatim,
  verbatimText,
  yesNo
} from '../../engine/index.ts'

/** A record of text fields, with the id and the lineage that the engine gives it. */
const schemaOf = (name: string, fields: readonly string[]): AvroObject => ({
  type: 'record',
  name,
  namespace: 'sixquestions',
  doc: `${name} of the example.`,
  fields: [
    ...['id', ...fields].map(field => ({ name: field, type: 'string', doc: field, default: '' })),
    { name: 'lineage', type: 'Lineage', default: { rootId: '', parentId: '', traceparent: '', steps: [] } }
  ]
})

interface Passage {
  readonly id: string
  readonly passage: string
  readonly lineage: Lineage
}
interface Instruction extends Passage {
  readonly instruction: string
}
interface Pair extends Instruction {
  readonly response: string
}

const passageSchema = schemaOf('Passage', ['passage'])
const instructionSchema = schemaOf('Instruction', ['passage', 'instruction'])
const pairSchema = schemaOf('Pair', ['passage', 'instruction', 'response'])

export const passages = defineTopic<Passage>({ records: 'passages', schema: passageSchema })
const screened = defineTopic<Passage>({ records: 'screened', schema: passageSchema })
const drafts = defineTopic<Instruction>({ records: 'drafts', schema: instructionSchema })
const instructions = defineTopic<Instruction>({ records: 'instructions', schema: instructionSchema })
const responses = defineTopic<Pair>({ records: 'responses', schema: pairSchema })
export const pairs = defineTopic<Pair>({ records: 'pairs', schema: pairSchema })

const file = (name: string): URL => new URL(`./prompts/${name}.md`, import.meta.url)
const settings = z.object({})
const aboutPassage = (name: string) => definePrompt(file(name), z.object({ passage: delimited }))
const aboutInstruction = (name: string) => definePrompt(file(name), z.object({ instruction: verbatimText }))

const screenPassage = defineStage({
  name: 'screen-passage',
  summary: 'Keeps passages that are clear and useful.',
  reads: passages,
  writes: { screened },
  asks: { clear: yesNo('model', aboutPassage('clear')), useful: yesNo('model', aboutPassage('useful')) },
  rejects: ['unclear', 'useless'],
  settings,
  question: ({ id, passage }) => {
    const shown = { passage: delimit('passage', id, passage) }
    return { ask: { clear: shown, useful: shown } }
  },
  decide: ({ passage }, { clear, useful }) => {
    if (clear.probability < 0.5) return { rejected: 'unclear', score: clear.probability }
    if (useful.probability < 0.5) return { rejected: 'useless', score: useful.probability }
    return { to: 'screened', values: [{ passage }] }
  }
})

const writeInstruction = defineStage({
  name: 'write-instruction',
  summary: 'Writes one instruction on the subject of a passage.',
  reads: screened,
  writes: { drafts },
  asks: { instruction: text('model', aboutPassage('instruction')) },
  rejects: ['cut-off'],
  settings,
  question: ({ id, passage }) => ({ ask: { instruction: { passage: delimit('passage', id, passage) } } }),
  decide: ({ passage }, { instruction }) =>
    instruction.finishReason === 'stop'
      ? { to: 'drafts', values: [{ passage, instruction: instruction.text.trim() }] }
      : { rejected: 'cut-off' }
})

const checkInstruction = defineStage({
  name: 'check-instruction',
  summary: 'Keeps instructions that need nothing else.',
  reads: drafts,
  writes: { instructions },
  asks: { answerable: yesNo('model', aboutInstruction('answerable')) },
  rejects: ['unanswerable'],
  settings,
  question: ({ instruction }) => ({ ask: { answerable: { instruction: verbatim(instruction) } } }),
  decide: ({ passage, instruction }, { answerable }) =>
    answerable.probability < 0.5
      ? { rejected: 'unanswerable', score: answerable.probability }
      : { to: 'instructions', values: [{ passage, instruction }] }
})

const writeResponse = defineStage({
  name: 'write-response',
  summary: 'Answers an instruction.',
  reads: instructions,
  writes: { responses },
  asks: { response: text('model', aboutInstruction('response')) },
  rejects: ['cut-off'],
  settings,
  question: ({ instruction }) => ({ ask: { response: { instruction: verbatim(instruction) } } }),
  decide: ({ passage, instruction }, { response }) =>
    response.finishReason === 'stop'
      ? { to: 'responses', values: [{ passage, instruction, response: response.text.trim() }] }
      : { rejected: 'cut-off' }
})

const judgement = definePrompt(file('judge'), z.object({ instruction: verbatimText, response: verbatimText }))

const judgePair = defineStage({
  name: 'judge-pair',
  summary: 'Keeps pairs with a good mark.',
  reads: responses,
  writes: { pairs },
  asks: { mark: grade('model', judgement) },
  rejects: ['low-mark'],
  settings: z.object({ minMark: z.number().min(1).max(5).default(3.5).describe('Least mark of a pair.') }),
  question: ({ instruction, response }) => ({
    ask: { mark: { instruction: verbatim(instruction), response: verbatim(response) } }
  }),
  decide: ({ passage, instruction, response }, { mark }, { settings }) =>
    mark.expectation < settings.minMark
      ? { rejected: 'low-mark', score: mark.expectation }
      : { to: 'pairs', values: [{ passage, instruction, response }] }
})

export const topology = defineTopology(passages, pairs, [
  screenPassage,
  writeInstruction,
  checkInstruction,
  writeResponse,
  judgePair
])
