import type { ChatRequest, JsonSchema } from './chat-request.ts'
import { isWithinReach, type Reach } from './within-reach.ts'

/** What a prompt asks for, read from its words. */
export interface PromptReading {
  readonly kind: 'yes-no' | 'grade' | 'instruction' | 'response'
  /** Which yes/no question; `quality` when the words do not tell. */
  readonly question: Question
  /** The text that is asked about: a passage, a draft, a response. */
  readonly subject: string
  /** Other texts shown beside it: an instruction to grade against, counterexamples. */
  readonly others: readonly string[]
  /** All that stands outside delimiters, system words first. */
  readonly words: string
}

export type Question = keyof typeof questionWords

/**
 * By what words a yes/no question is recognised, the more telling first. The words right before the answer count first,
 * then the whole prompt: a system section often describes several rules, its last line asks for one.
 */
export const questionWords = {
  advertisement: /\badvert|\bmarketing|\bpromot|\bcommercial/i,
  quality: /\bcoherent|\binformative|\brepetiti|\bgood (?:text|prose|material)|\bwell[- ]written|\bquality/i,
  form: /\bquestion or (?:an? )?(?:command|instruction|request)|\bcommand or (?:an? )?question|\brather than (?:an? )?(?:article|statement)/i,
  unfamiliar: /\bunfamiliar|\bprivate|\bobscure|\blittle[- ]known|\bpersonal/i,
  safe: /\bsafe|\bharm|\billegal|\bdangerous/i,
  answerable: /\banswerable|\bbe answered|\bable to answer|\bcan answer|\banswering/i,
  original: /\boriginal\b|\bnovel\b|\bcreative\b/i,
  difficult: /\bdifficult|\bchalleng|\bcomplex/i
} as const

const opening =
  /<(?:([a-z][a-z_-]{0,40})(?:-| id=")(\w{6,64})"?|(passage|document|text|instruction|response|draft|answer|counterexample|example))>/gi

interface Block {
  readonly as: string
  readonly text: string
}

/** Takes the texts between delimiters out of a message; what stands around them remains, in parts. */
function takeBlocks(message: string): { readonly blocks: readonly Block[]; readonly parts: readonly string[] } {
  const blocks: Block[] = []
  const parts: string[] = []
  const unclosed = new Set<string>() // looked for once: a text full of openings must not cost its square
  let from = 0
  opening.lastIndex = 0
  for (let found = opening.exec(message); found; found = opening.exec(message)) {
    const [tag, nonced, , plain] = found
    const end = unclosed.has(tag) ? -1 : message.indexOf(`</${tag.slice(1)}`, opening.lastIndex)
    if (end < 0) {
      unclosed.add(tag)
      continue
    }
    blocks.push({ as: (nonced ?? plain)!.toLowerCase(), text: message.slice(opening.lastIndex, end).trim() })
    parts.push(message.slice(from, found.index))
    from = end + tag.length + 1
    opening.lastIndex = from
  }
  return { blocks, parts: [...parts, message.slice(from)] }
}

export function readPrompt(request: ChatRequest): PromptReading {
  const user = request.messages.findLast(({ role }) => role === 'user')?.content ?? ''
  const system = request.messages.filter(({ role }) => role === 'system' || role === 'developer')
  const { blocks, parts } = takeBlocks(user)
  const outside = parts.join('\n').trim()
  const tail = parts.at(-1)!.trim() || outside
  const order = system.map(({ content }) => content).join('\n')
  const words = `${order}\n${outside}`

  // Where an instruction to respond to stands open in the message, only the system section says what is wanted.
  const open = blocks.length === 0 && order !== '' && request.topLogprobs === undefined
  const kind = kindOf(request, open ? order : words, blocks)
  const subject = subjectOf(kind, blocks) ?? (outside || user)
  return {
    kind,
    question: kind === 'yes-no' ? questionOf(tail, words) : 'quality',
    subject,
    others: blocks.filter(({ text }) => text !== subject).map(({ text }) => text),
    words
  }
}

const sentence = /[.\n]/
const gradeWords: readonly Reach[] = [
  { first: /\b1\b/g, second: /(?:\bto|\bthrough|\band|[-–—…])\s{0,9}5\b/g, within: 40, barrier: sentence },
  { first: /\b5\b/g, second: /(?:\bto|[-–—])\s{0,9}1\b/g, within: 40, barrier: sentence }
]
const digitWords: Reach = {
  first: /\b(?:answer|reply|respond|output|return|write|say|digit|give)\b/gi,
  second: /\b[01]\b/g,
  within: 120,
  barrier: /\n/
}
const writeWords: Reach = {
  first: /\b(?:write|produce|compose|create|generate|invent|make up|formulate|devise|design|think of|come up with)\b/gi,
  second: /\b(?:instructions?|questions?|commands?|tasks?|requests?)\b/gi,
  within: 160,
  barrier: /\./
}
const asksForAGrade = (words: string): boolean =>
  /\bone to five\b/i.test(words) || gradeWords.some(reach => isWithinReach(words, reach))
const source = /passage|document|text|excerpt|source/

function kindOf({ format, choice }: ChatRequest, words: string, blocks: readonly Block[]): PromptReading['kind'] {
  const answers = choice ?? (typeof format === 'object' ? candidatesIn(format.schema) : [])
  if (answers.some(answer => String(answer) === '5')) return 'grade'
  if (answers.some(answer => String(answer) === '0' || answer === true)) return 'yes-no'
  if (asksForAGrade(words)) return 'grade'
  if (isWithinReach(words, digitWords) && /\b1\b/.test(words) && /\b0\b/.test(words)) return 'yes-no'
  if (blocks.some(({ as }) => source.test(as)) && isWithinReach(words, writeWords)) return 'instruction'
  return 'response'
}

/** The values a schema lets its first enumerated, bounded or boolean property take. */
export function candidatesIn(schema: JsonSchema): readonly unknown[] {
  if (schema.enum) return schema.enum
  if (schema.type === 'boolean') return [true, false]
  if (schema.type === 'integer' && schema.minimum !== undefined && schema.maximum !== undefined) {
    const length = Math.min(100, Math.floor(schema.maximum) - Math.ceil(schema.minimum) + 1)
    return Array.from({ length: Math.max(0, length) }, (_, i) => Math.ceil(schema.minimum!) + i)
  }
  for (const property of Object.values(schema.properties ?? {})) {
    const inner = candidatesIn(property)
    if (inner.length > 0) return inner
  }
  return []
}

function questionOf(tail: string, words: string): Question {
  for (const text of [tail, words]) {
    for (const [question, pattern] of Object.entries(questionWords)) if (pattern.test(text)) return question as Question
  }
  return 'quality'
}

/** What a block is called that is asked about, the best name first. */
const subjectNames: Readonly<Record<PromptReading['kind'], readonly RegExp[]>> = {
  'yes-no': [/draft|instruction|question|task/, /./],
  grade: [/response|answer|completion/, /./],
  instruction: [source, /./],
  response: [/instruction|question|task/]
}

function subjectOf(kind: PromptReading['kind'], blocks: readonly Block[]): string | undefined {
  for (const name of subjectNames[kind]) {
    const block = blocks.findLast(({ as }) => name.test(as))
    if (block) return block.text
  }
  return undefined
}
