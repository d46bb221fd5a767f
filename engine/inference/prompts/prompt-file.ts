import { readFileSync } from 'node:fs'
import { Liquid, type Template } from 'liquidjs'
import { parse as parseYaml } from 'yaml'
import { z } from 'zod'
import { hashOf, type PromptAsk } from '../../declare/index.ts'
import { InferenceError } from '../errors.ts'

const frontMatter = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]*$/, 'must be kebab-case'),
  answer: z.enum(['yes-no', 'grade', 'text']),
  temperature: z.number().min(0).max(2).default(0),
  top_p: z.number().gt(0).max(1).default(1),
  max_tokens: z.int().min(1).optional()
})

/** What a scored answer may take: one digit, and room for white space before it. */
const scoredTokens = 4
const textTokens = 2_048

export type Role = 'system' | 'user' | 'assistant'

/** A prompt as it was loaded from a file, checked against the ask that uses it. */
export interface LoadedPrompt {
  readonly id: string
  /** Where it was read from. */
  readonly file: string
  /** Of what is said, not of how the file is laid out: line ends and trailing space play no part. */
  readonly hash: string
  readonly temperature: number
  readonly topP: number
  readonly maxTokens: number
  readonly sections: readonly { readonly role: Role; readonly templates: readonly Template[] }[]
}

// No file system access from within a template, and nothing undefined passes in silence.
export const liquid = new Liquid({
  strictVariables: true,
  strictFilters: true,
  relativeReference: false,
  partials: [],
  templates: {},
  jsTruthy: true
})

/**
 * Reads and checks a prompt file.
 * @throws InferenceError `configuration` naming the file and what is wrong with it.
 */
export function loadPrompt(file: string | URL, ask: PromptAsk<unknown>): LoadedPrompt {
  const name = typeof file === 'string' ? file : file.pathname
  const fail = (what: string, cause?: unknown): never => {
    throw new InferenceError('configuration', `The prompt file ${name} ${what}`, { cause })
  }
  let source = ''
  try {
    source = readFileSync(file, 'utf8')
  } catch (error) {
    fail(`cannot be read: ${(error as Error).message}`, error)
  }
  const text = source.replace(/\r\n?/g, '\n').replace(/(?<![ \t])[ \t]+$/gm, '')
  const [, head, body] =
    /^\uFEFF?---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(text) ?? fail('has no front matter between two lines of ---')
  const matter = frontMatter.safeParse(parseMatter(head!, fail))
  if (!matter.success) return fail(`has invalid front matter:\n${z.prettifyError(matter.error)}`)
  const { id, answer, temperature, top_p: topP } = matter.data
  if (answer !== ask.kind) fail(`gives an answer of kind ${answer}, but ${ask.kind} is asked for`)
  const sections = sectionsOf(body!, fail)
  const known = Object.keys(ask.prompt.variables.shape)
  const compiled = sections.map(({ role, content }) => {
    const templates = parseTemplate(content, fail)
    for (const variable of variablesOf(templates, fail))
      if (!known.includes(variable))
        fail(`mentions {{ ${variable} }}, which does not exist. There are: ${known.join(', ')}`)
    return { role, templates }
  })
  const maxTokens = matter.data.max_tokens ?? (answer === 'text' ? textTokens : scoredTokens)
  const said = sections.map(({ role, content }) => `${role}\n${content}`)
  const hash = hashOf(id, answer, temperature, topP, maxTokens, ...said)
  return { id, file: name, hash, temperature, topP, maxTokens, sections: compiled }
}

type Fail = (what: string, cause?: unknown) => never

function parseMatter(head: string, fail: Fail): unknown {
  try {
    return parseYaml(head)
  } catch (error) {
    return fail(`has front matter that is not valid YAML: ${(error as Error).message}`, error)
  }
}

function parseTemplate(content: string, fail: Fail): Template[] {
  try {
    return liquid.parse(content)
  } catch (error) {
    return fail(`has a template that cannot be parsed: ${(error as Error).message}`, error)
  }
}

/** Names of the variables that are mentioned. Other files cannot be: a prompt is one file. */
function variablesOf(templates: Template[], fail: Fail): string[] {
  try {
    return liquid.globalVariablesSync(templates)
  } catch (error) {
    return fail(`has a template that cannot be read: ${(error as Error).message}`, error)
  }
}

function sectionsOf(body: string, fail: Fail): { role: Role; content: string }[] {
  const parts = body.split(/^## (system|user|assistant)\s*$/m)
  if (parts[0]!.trim() !== '') fail('has text before its first section (## system or ## user)')
  const sections: { role: Role; content: string }[] = []
  for (let index = 1; index < parts.length; index += 2)
    sections.push({ role: parts[index] as Role, content: parts[index + 1]!.trim() })
  if (sections.length === 0) fail('has no section: one begins with a line "## system" or "## user"')
  if (!sections.some(({ role }) => role === 'user')) fail('has no section "## user"')
  if (sections.slice(1).some(({ role }) => role === 'system')) fail('has "## system" elsewhere than first')
  return sections
}
