/** Why a document, or a part of it, yields no passage. `score` and `evidence` as said with each. */
export const reasons = [
  /** The same document (given id and bytes) stood earlier in its partition. */
  'duplicate',
  /** No bytes, or nothing but white space. */
  'empty',
  /** More bytes than `maxBytes`. Score: its bytes. */
  'too-large',
  /** Not text, whatever its media type says. Evidence: what it was taken for. */
  'binary',
  /** Text in an encoding that is neither valid UTF-8, nor marked as UTF-16, nor declared. Evidence: what was tried. */
  'undecodable',
  /** HTML that nests too deeply, or has too many tags, to be parsed safely. Score: the count that was reached. */
  'too-complex',
  /** Only markup, code, links, notices, symbols or repetition. Score: share of characters left out for that. */
  'no-prose',
  /** Prose, but shorter than `minTokens`. Score: its estimated tokens. */
  'too-short',
  /** Passages beyond `maxPassages`. Score: how many. */
  'too-many-passages'
] as const

export type Reason = (typeof reasons)[number]
