import { isUtf8 } from 'node:buffer'

/** Bytes as text, or why they are none. */
export type Decoded =
  | { readonly text: string }
  | { readonly rejected: 'empty' | 'binary' | 'undecodable'; readonly evidence: string }

/** First bytes of formats that are often delivered as text. */
const signatures: readonly (readonly [format: string, bytes: readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['zip', [0x50, 0x4b, 0x03, 0x04]],
  ['PDF', [0x25, 0x50, 0x44, 0x46, 0x2d]],
  ['PNG', [0x89, 0x50, 0x4e, 0x47]],
  ['JPEG', [0xff, 0xd8, 0xff]],
  ['GIF', [0x47, 0x49, 0x46, 0x38]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['ELF', [0x7f, 0x45, 0x4c, 0x46]]
]

/** Share of control or replacement characters above which decoded text is held to be none. */
const maxStrangeShare = 0.01

/**
 * Decodes a document. In this order: UTF-16 with a byte order mark; a known binary signature, or any NUL byte, is
 * `binary` (compressed bytes are the ingest's to unpack: there is no bomb here); valid UTF-8; the declared charset;
 * else `undecodable`. Valid UTF-8 wins over a declaration, which is wrong more often.
 *
 * @param mediaType may declare a charset; an HTML `meta` element within the first 1,024 bytes may, too.
 */
export function decodeContent(content: Uint8Array, mediaType: string): Decoded {
  if (content.length === 0) return { rejected: 'empty', evidence: '0 bytes' }
  if (startsWith(content, [0xff, 0xfe])) return decodeAs('utf-16le', content)
  if (startsWith(content, [0xfe, 0xff])) return decodeAs('utf-16be', content)
  const signature = signatures.find(([, bytes]) => startsWith(content, bytes))
  if (signature) return { rejected: 'binary', evidence: `begins like ${signature[0]}` }
  const nul = content.indexOf(0)
  if (nul >= 0) return { rejected: 'binary', evidence: `NUL byte at ${nul}` }
  if (isUtf8(content)) return decodeAs('utf-8', content)
  const charset = declaredCharset(content, mediaType)
  if (charset && !/^utf-?8$/i.test(charset)) return decodeAs(charset, content)
  return { rejected: 'undecodable', evidence: 'not valid UTF-8, and no other encoding is declared' }
}

const startsWith = (content: Uint8Array, bytes: readonly number[]): boolean =>
  bytes.every((byte, index) => content[index] === byte)

function decodeAs(encoding: string, content: Uint8Array): Decoded {
  let text: string
  try {
    text = new TextDecoder(encoding, { fatal: true }).decode(content)
  } catch {
    return { rejected: 'undecodable', evidence: `not valid ${encoding.slice(0, 40)}, or an encoding that is not known` }
  }
  if (text.trim() === '') return { rejected: 'empty', evidence: 'only white space' }
  const controls = count(
    text,
    unit => unit < 0x20 && unit !== 9 && unit !== 10 && unit !== 12 && unit !== 13 && unit !== 27
  )
  if (controls > text.length * maxStrangeShare)
    return { rejected: 'binary', evidence: `${controls} control characters` }
  const replaced = count(text, unit => unit === 0xfffd)
  if (replaced > text.length * maxStrangeShare)
    return { rejected: 'undecodable', evidence: `${replaced} replacement characters: it was decoded wrongly before` }
  return { text }
}

function count(text: string, matches: (unit: number) => boolean): number {
  let matching = 0
  for (let index = 0; index < text.length; index++) if (matches(text.charCodeAt(index))) matching++
  return matching
}

function declaredCharset(content: Uint8Array, mediaType: string): string | undefined {
  const beginning = Buffer.from(content.buffer, content.byteOffset, Math.min(content.length, 1024)).toString('latin1')
  const declared = /charset\s*=\s*["']?([\w.:-]{1,40})/i
  return (declared.exec(mediaType) ?? declared.exec(beginning))?.[1]
}
