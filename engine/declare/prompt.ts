import { z } from 'zod'

/**
 * Text that is not ours (a user's ticket, a model's output) to be shown between delimiters. The delimiters are made from a
 * nonce, an HMAC of the pipeline's secret and `key`: unguessable by the text's author, yet the same in every prompt
 * about the same `key`, so that those prompts share a prefix.
 */
export interface Delimited {
  /** The text itself, trimmed when it is shown. */
  readonly delimited: string
  /** What the text is: names the delimiters, `<ticket id="1f2e…">`. */
  readonly as: string
  /** The id of what is shown, for example a record's id. Not secret. */
  readonly key: string
}

/** @example question: ticket => ({ ask: { urgent: { ticket: delimit('ticket', ticket.id, ticket.text) } } }) */
export const delimit = (as: string, key: string, text: string): Delimited => ({ delimited: text, as, key })

/** Text that is not ours and is shown as it stands, without delimiters: a question that is to be answered. */
export interface Verbatim {
  /** The text itself. Empty lines in it stay. */
  readonly verbatim: string
}
/** @example question: ticket => ({ ask: { reply: { wish: verbatim(ticket.wish) } } }) */
export const verbatim = (text: string): Verbatim => ({ verbatim: text })

/** Schema of a prompt variable that is shown as it stands, and is not ours. */
export const verbatimText = z.object({ verbatim: z.string() })

/** What a prompt that was sent said by itself, without the foreign texts in it. */
export interface PromptWords {
  /** In the order in which it was said; a foreign text stood between two of them. */
  readonly own: readonly string[]
  /** Nonces of the delimiters that it showed: 16 hexadecimal digits each. */
  readonly nonces: readonly string[]
}

/** Schema of a prompt variable that is shown between delimiters. */
export const delimited = z.object({ delimited: z.string(), as: z.string(), key: z.string() })

/**
 * A prompt file and the variables it may mention. The file (front matter, then one section per chat role, Liquid
 * templates) is read when a pipeline starts; a user may put another file in its place. A file that mentions a variable
 * not declared here is refused then.
 *
 * Plain strings are ours and inserted as they are. Text that is not ours is `Delimited`, or `Verbatim` where delimiters
 * are in the way. In all, chat-template control tokens are neutralised, since servers interpret them in user text.
 */
export interface Prompt<Variables> {
  /**
   * For example `new URL('./urgent.prompt.md', import.meta.url)`. The id in its front matter, unlike its path, is part of
   * the configuration hash.
   */
  readonly file: URL
  /** Names the variables that the file may mention. Only the names are checked when a pipeline starts. */
  readonly variables: z.ZodType<Variables> & { readonly shape: Readonly<Record<string, unknown>> }
}

/**
 * Declares a prompt. Nothing is read yet: `InferenceService.prepare` reads the file, and throws an InferenceError
 * `configuration` that names every bad one.
 * @example definePrompt(new URL('./urgent.prompt.md', import.meta.url), z.object({ ticket: delimited }))
 */
export function definePrompt<const Shape extends z.ZodRawShape>(
  file: URL,
  variables: z.ZodObject<Shape>
): Prompt<z.infer<z.ZodObject<Shape>>> {
  return Object.freeze({ file, variables }) as unknown as Prompt<z.infer<z.ZodObject<Shape>>>
}
