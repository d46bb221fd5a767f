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

/** What no prose, page, code or formula has: control tokens of any model, known or to come. With a space within its bars it is F#: `f <| x |> g`. */
const unmistakable = /^[<＜][|｜](?! )[^|｜<>＜＞\n]{1,64}(?<! )[|｜][>＞]$/u

/** Some of that form, one or other of which most chat models have. */
export const unmistakableOnes: readonly string[] = [
  ...'im_start im_end endoftext end_of_text eot_id eot end return end_of_role END_OF_TURN_TOKEN endofturn'
    .split(' ')
    .map(name => `<|${name}|>`),
  '<｜end▁of▁sentence｜>'
]

/**
 * Whatever looks like a control token of some model: `<|name|>`, `<name>`, `<<SYS>>`, `[NAME]`, `[|name|]`, `]~b]`, `>>NAME<<`. Most of
 * what it finds is none: tags of HTML, indices, links. Only the first character is taken, so that one token within
 * another, or beginning where another ends, is seen too.
 */
const looksLike =
  /[<＜](?=([|｜][^|｜<>＜＞\n]{1,64}[|｜][>＞]|[^\s<>＜＞]{1,64}>|<\/?SYS>>))|\[(?=([^\s[\]<>]{1,64}\]|!?e?~\[))|\](?=(~!?b[[\]]|!~\[))|>(?=(>[a-z_]{2,20}<<))/giu

/** How many groups it has. */
const looks = 4

export const neutraliseControlTokens = (text: string, tokens: ControlTokens = everyFamily): string =>
  text.replace(looksLike, (first, ...rest) => {
    const token = first + rest.slice(0, looks).find(Boolean)
    return unmistakable.test(token) || tokens.has(token) ? `${first} ` : first
  })

/** Tokens of the families that a model may belong to by its name; of all where its name tells nothing. */
export function tokensByName(model: string): ControlTokens {
  const fitting = controlFamilies.filter(({ models }) => models.test(model))
  const families = fitting.length > 0 ? fitting : controlFamilies
  const listed = new Set(families.flatMap(({ tokens }) => tokens))
  const numbered = families.flatMap(({ numbered }) => numbered ?? [])
  return {
    has: token =>
      listed.has(token) ||
      inAnyCase.test(token) ||
      halfBarred.test(token) ||
      numbered.some(pattern => pattern.test(token))
  }
}

/** What some templates take in any case. Of the others a lower-case twin may be ordinary: `![img](a.png)`. */
const inAnyCase = /^(?:\[\/?INST\]|<<\/?SYS>>)$/i

/** As Gemma 4 writes its tokens; and others may. */
const halfBarred = /^<(?:\|[a-z_]{2,40}|[a-z_]{2,40}\|)>$/i

/** What is asked of a server that can be asked, before any text: all that is known, and one of each that are numbered. */
export const knownTokens: readonly string[] = [
  ...new Set(controlFamilies.flatMap(({ tokens, examples = [] }) => [...tokens, ...examples]))
]

const everyFamily = tokensByName('')

/**
 * Ordinary text that some vocabularies have as one token of its own: `<?>`, `[:]`, `[i]`, and tags of HTML (Gemma). No
 * control token is called like that. Signs that are listed are none of it.
 */
export const isOrdinary = (token: string): boolean =>
  (!twoLetters.test(token) || markup.test(token)) && !listedAnywhere.has(token)

const twoLetters = /\p{L}\P{L}*\p{L}/u
/** Not `<s>`, which begins a sequence in some models. */
const markup =
  /^<\/?(?:a|b|big|blockquote|body|br|caption|center|code|dd|div|dl|dt|em|font|h[1-6r]|head|html|i|li|ol|p|pre|small|span|strike|strong|sub|sup|table|tbody|td|tfoot|th|thead|title|tr|u|ul)\/?>$/i

const listedAnywhere = new Set(knownTokens)
