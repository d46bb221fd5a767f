import { controlFamilies } from './control-token-families.ts'

/**
 * Chat templates mark roles, turns, tools and thoughts with tokens such as `<|im_start|>`. Servers recognise them in the
 * text of a user too: a document could end its own turn and speak as the system. A space behind the first character
 * breaks every such token, and leaves the text readable.
 */
export interface ControlTokens {
  /** Whether this string, which looks like a control token, is one. */
  has(token: string): boolean
}

/** What no prose, page, code or formula has: control tokens of any model, known or to come. */
const unmistakable = /^[<＜][|｜][^|｜<>＜＞\n]{1,64}[|｜][>＞]$/u

/**
 * Whatever looks like a control token of some model: `<|name|>`, `<name>`, `<<SYS>>`, `[NAME]`, `[|name|]`, `]~b]`. Most of
 * what it finds is none: tags of HTML, indices, links. Only the first character is taken, so that one token within
 * another, or beginning where another ends, is seen too.
 */
const looksLike =
  /[<＜](?=([|｜][^|｜<>＜＞\n]{1,64}[|｜][>＞]|[^\s<>＜＞]{1,64}>|<\/?SYS>>))|\[(?=([^\s[\]<>]{1,64}\]|!?e?~\[))|\](?=(~!?b[[\]]|!~\[))/giu

/** Candidates of a text, each once. */
export const controlLike = (text: string): ReadonlySet<string> =>
  new Set(Array.from(text.matchAll(looksLike), ([first, ...rest]) => first + rest.find(Boolean)))

export const neutraliseControlTokens = (text: string, tokens: ControlTokens = everyFamily): string =>
  text.replace(looksLike, (first, ...rest) => {
    const token = first + rest.slice(0, 3).find(Boolean)
    return unmistakable.test(token) || tokens.has(token) ? `${first} ` : first
  })

/** Tokens of the families that a model may belong to by its name; of all where its name tells nothing. */
export function tokensByName(model: string): ControlTokens {
  const fitting = controlFamilies.filter(({ models }) => models.test(model))
  const families = fitting.length > 0 ? fitting : controlFamilies
  const listed = new Set(families.flatMap(({ tokens }) => tokens))
  const numbered = families.flatMap(({ numbered }) => numbered ?? [])
  return { has: token => listed.has(token) || inAnyCase.test(token) || numbered.some(pattern => pattern.test(token)) }
}

/** What some templates take in any case. Of the others a lower-case twin may be ordinary: `![img](a.png)`. */
const inAnyCase = /^(?:\[\/?INST\]|<<\/?SYS>>)$/i

/** What is asked of a server that can be asked, before any text: all that is known, and one of each that are numbered. */
export const knownTokens: readonly string[] = [
  ...new Set(controlFamilies.flatMap(({ tokens, examples = [] }) => [...tokens, ...examples]))
]

const everyFamily = tokensByName('')
