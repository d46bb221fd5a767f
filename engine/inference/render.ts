import { createHmac } from 'node:crypto'
import type { Delimited } from '../declare/index.ts'
import { neutraliseControlTokens } from './control-tokens.ts'
import { InferenceError } from './errors.ts'
import { type LoadedPrompt, liquid, type Role } from './prompt-file.ts'

export interface ChatMessage {
  readonly role: Role
  readonly content: string
}

/**
 * The messages of a prompt with its variables filled in, `Delimited` ones between delimiters. Control tokens are
 * neutralised in the whole, since two variables side by side could make one.
 * @param secret of the pipeline: nobody who writes a document can guess the delimiters around it.
 * @throws InferenceError `configuration` when the file asks for something that the variables do not hold.
 */
export function renderPrompt(prompt: LoadedPrompt, variables: unknown, secret: string): ChatMessage[] {
  const shown = show(variables, secret) as object
  return prompt.sections.map(({ role, templates }) => ({
    role,
    content: neutraliseControlTokens(fill(prompt, templates, shown))
      .replace(/\n{3,}/g, '\n\n')
      .trim()
  }))
}

function fill(prompt: LoadedPrompt, templates: LoadedPrompt['sections'][number]['templates'], shown: object): string {
  try {
    return liquid.renderSync([...templates], shown) as string
  } catch (error) {
    const what = `The prompt ${prompt.id} (${prompt.file}) cannot be filled in: ${(error as Error).message}`
    throw new InferenceError('configuration', what, { cause: error })
  }
}

const isDelimited = (value: object): value is Delimited => 'delimited' in value && 'as' in value && 'key' in value

function show(value: unknown, secret: string): unknown {
  if (Array.isArray(value)) return value.map(item => show(item, secret))
  if (value === null || typeof value !== 'object') return value
  if (isDelimited(value)) {
    const mark = `${value.as}-${nonceOf(secret, value.key)}`
    return `<${mark}>\n${value.delimited.trim()}\n</${mark}>`
  }
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, show(member, secret)]))
}

const nonceOf = (secret: string, key: string): string =>
  createHmac('sha256', secret).update(key).digest('hex').slice(0, 16)

/** For chat templates that refuse a system role: its text goes before the first user message. */
export function foldSystem(messages: readonly ChatMessage[]): ChatMessage[] {
  const [system, ...rest] = messages
  if (system?.role !== 'system') return [...messages]
  const [first, ...others] = rest
  return [{ role: 'user', content: `${system.content}\n\n${first?.content ?? ''}`.trim() }, ...others]
}
