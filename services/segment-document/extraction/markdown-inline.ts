import { linkedCharacters } from './extract-text.ts'

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  '#39': "'"
}

/** Escaped punctuation is moved into the private use area while the rest is read, and back. */
const hidden = 0xe000

/**
 * Markdown's inline syntax as plain text: images go, links leave their text, emphasis and code spans their content.
 * @returns the text, and how many of its characters are link texts or bare addresses.
 */
export function inlineText(markdown: string): { readonly text: string; readonly linked: number } {
  let linked = 0
  const link = (_all: string, text: string) => {
    linked += text.length
    return text
  }
  const text = markdown
    .replace(/\\([!-/:-@[-`{-~])/g, (_all, escaped: string) => String.fromCharCode(hidden + escaped.charCodeAt(0)))
    .replace(/!\[[^[\]]*\](?:\([^()]*\)|\[[^[\]]*\])/g, '')
    .replace(/\[([^[\]]*)\](?:\([^()]*(?:\([^()]*\)[^()]*)?\)|\[[^[\]]*\])/g, link)
    .replace(/<(https?:\/\/[^\s<>]*)>/g, '$1')
    .replace(/<\/?[a-z!][^<>]*>/gi, '')
    .replace(/`+/g, '')
    .replace(/(?<!\w)\*{1,3}(?=\S)|(?<=\S)\*{1,3}(?!\w)|\*\*/g, '')
    .replace(/(?<!\w)_{1,2}(?=[^\s_])|(?<=[^\s_])_{1,2}(?!\w)/g, '')
    .replace(/~~/g, '')
    .replace(/[\ue021-\ue07e]/g, escaped => String.fromCharCode(escaped.charCodeAt(0) - hidden))
    .replace(/&(amp|lt|gt|quot|apos|nbsp|#39);/g, (_all, name: string) => entities[name]!)
  return { text, linked: linked + linkedCharacters(text) }
}
