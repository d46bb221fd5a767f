/** What a terminal would obey: CSI and OSC sequences, and the two-character escapes (ECMA-48). */
const terminalSequences =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b\]|\u009d)[^\u0007\u001b\u009c\u009d]*(?:\u0007|\u001b\\|\u009c)|\u001b[ -/]*[0-~]/g

/** Other control characters; a tabulator is a space, and line ends were normalised before. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const controls = /[\u0000-\u0008\u000b\u000e-\u001f\u007f-\u009f]/g

/**
 * Characters that no reader sees and that hide or reorder what a reader does see: bidirectional embeddings, overrides and
 * isolates, zero-width space, word joiner, soft hyphen, byte order mark, interlinear annotations, the tag block. Joiners
 * and directional marks stay: scripts and emoji need them.
 */
const invisible = /[\u202a-\u202e\u2066-\u2069\u200b\u2060-\u2064\u00ad\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu

/** Text with one kind of line end, and nothing that acts on a terminal or deceives the eye. Linear time. */
export const cleanText = (text: string): string =>
  text
    .replace(/\r\n?|\f|\u2028|\u2029/g, '\n')
    .replace(terminalSequences, '')
    .replace(controls, '')
    .replace(invisible, '')
    .toWellFormed()
