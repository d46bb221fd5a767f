import { createHmac } from 'node:crypto'
import type { Delimited, PromptWords, Verbatim } from '../../declare/index.ts'
import { InferenceError } from '../errors.ts'
import { type ControlTokens, neutraliseControlTokens } from './control-tokens.ts'
import { type LoadedPrompt, liquid, type Role } from './prompt-file.ts'

export interface ChatMessage {
  readonly role: Role
  readonly content: string
}

export interface Rendered {
  readonly messages: ChatMessage[]
  readonly words: PromptWords
}

/** Around foreign text while a template is filled in. Noncharacters of Unicode: no text that is meant for others has them. */
const begin = '\ufdd0'
const end = '\ufdd1'
const foreignText = /\ufdd0([^\ufdd0\ufdd1]*)\ufdd1/

/**
 * The messages of a prompt with its variables filled in, foreign texts as they are, `Delimited` ones between delimiters.
 * Control tokens are neutralised in the whole, since two variables side by side could make one.
 * @param controlTokens of the model; those of every family by default.
 * @param secret of the pipeline: nobody who writes a document can guess the delimiters around it.
 * @throws InferenceError `configuration` when the file asks for something that the variables do not hold.
 */
export function renderPrompt(
  prompt: LoadedPrompt,
  variables: unknown,
  secret: string,
  controlTokens?: ControlTokens
): Rendered {
  const nonces: string[] = []
  const shown = show(variables, secret, nonces) as object
  const own: string[] = []
  const messages = prompt.sections.map(({ role, templates }) => {
    // Every second part is foreign. Empty lines that a template leaves behind are ours to remove, those of a text are not.
    const parts = fill(prompt, templates, shown).split(foreignText)
    own.push(...parts.filter((_, index) => index % 2 === 0))
    const content = parts.map((part, index) => (index % 2 === 0 ? part.replace(/\n{3,}/g, '\n\n') : part)).join('')
    return { role, content: neutraliseControlTokens(content.replace(marks, ''), controlTokens).trim() }
  })
  return { messages, words: { own, nonces } }
}

const marks = /[\ufdd0\ufdd1]/g

function fill(prompt: LoadedPrompt, templates: LoadedPrompt['sections'][number]['templates'], shown: object): string {
  try {
    return liquid.renderSync([...templates], shown) as string
  } catch (error) {
    const what = `The prompt ${prompt.id} (${prompt.file}) cannot be filled in: ${(error as Error).message}`
    throw new InferenceError('configuration', what, { cause: error })
  }
}

const isDelimited = (value: object): value is Delimited => 'delimited' in value && 'as' in value && 'key' in value
const isVerbatim = (value: object): value is Verbatim => 'verbatim' in value
const foreign = (text: string): string => begin + text.replace(marks, '') + end

/** @param nonces takes that of each delimiter that is shown. */
function show(value: unknown, secret: string, nonces: string[]): unknown {
  if (Array.isArray(value)) return value.map(item => show(item, secret, nonces))
  if (value === null || typeof value !== 'object') return value
  if (isVerbatim(value)) return foreign(value.verbatim)
  if (isDelimited(value)) {
    const nonce = nonceOf(secret, value.key)
    nonces.push(nonce)
    return foreign(between(value.as, nonce, value.delimited.trim()))
  }
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, show(member, secret, nonces)]))
}

/**
 * As an element with an attribute, and both in its end tag too, so that no text can end it. Small models take a name
 * with the nonce on its end ("the text-1f2e") for a word, and write it: docs/decisions/method/2026-11-27-delimiters.md.
 */
const between = (as: string, nonce: string, text: string): string =>
  `<${as} id="${nonce}">\n${text}\n</${as} id="${nonce}">`

const nonceOf = (secret: string, key: string): string =>
  createHmac('sha256', secret).update(key).digest('hex').slice(0, 16)

/** For chat templates that refuse a system role: its text goes before the first user message. */
export function foldSystem(messages: readonly ChatMessage[]): ChatMessage[] {
  const [system, ...rest] = messages
  if (system?.role !== 'system') return [...messages]
  const [first, ...others] = rest
  return [{ role: 'user', content: `${system.content}\n\n${first?.content ?? ''}`.trim() }, ...others]
}
