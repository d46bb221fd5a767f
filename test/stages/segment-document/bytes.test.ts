import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { decodeContent } from '../../../services/segment-document/extraction/decode-content.ts'
import segment from '../../../services/segment-document/segmentation-thread.ts'
import { settings as schema } from '../../../services/segment-document/settings.ts'
import { paragraphs } from '../../support/records/texts.ts'

const settings = schema.parse({})
const mebibyte = 1024 * 1024
const prose = paragraphs(12).join('\n\n')
const cutFrom = (content: string | Uint8Array, mediaType = 'text/plain') =>
  segment({ content: typeof content === 'string' ? Buffer.from(content) : content, mediaType, settings })
const textOf = (content: string | Uint8Array, mediaType?: string) => {
  const result = cutFrom(content, mediaType)
  if ('rejected' in result) throw new Error(JSON.stringify(result))
  return result.passages.map(passage => passage.text).join('\n\n')
}

describe('the bytes of a document', () => {
  it.each<[string, Uint8Array, string, string]>([
    ['no bytes', Buffer.alloc(0), 'empty', '0 bytes'],
    ['only white space', Buffer.from(' \n\t \r\n'), 'empty', 'white space'],
    ['a NUL in the middle', Buffer.from(`${prose}\0${prose}`), 'binary', 'NUL'],
    ['gzip', gzipSync(prose), 'binary', 'gzip'],
    ['a gzip bomb', gzipSync(Buffer.alloc(20 * mebibyte)), 'binary', 'gzip'],
    ['a picture called text', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), 'binary', 'PNG'],
    ['a PDF called text', Buffer.from('%PDF-1.7\n1 0 obj'), 'binary', 'PDF'],
    ['control characters throughout', Buffer.from('ab\x01\x02'.repeat(100)), 'binary', 'control'],
    ['invalid UTF-8', Buffer.concat([Buffer.from(prose), Buffer.from([0xc3, 0x28])]), 'undecodable', 'UTF-8'],
    ['overlong UTF-8', Buffer.from([0xc0, 0xaf, 0x41]), 'undecodable', 'UTF-8'],
    ['half a UTF-16 character', Buffer.from([0xff, 0xfe, 0x41]), 'undecodable', 'utf-16le'],
    ['text that was decoded wrongly before', Buffer.from('a\ufffdb\ufffd'.repeat(50)), 'undecodable', 'replacement']
  ])('rejects %s', (_what, content, rejected, evidence) => {
    const result = cutFrom(content)
    expect(result).toMatchObject({ rejected })
    expect('evidence' in result && result.evidence).toContain(evidence)
  })

  it('reads UTF-16 of either byte order, and UTF-8 with a mark, as the same text', () => {
    const little = Buffer.from(`\ufeff${prose}`, 'utf16le')
    const big = Buffer.from(little).swap16()
    for (const content of [little, big, Buffer.from(`\ufeff${prose}`)]) expect(textOf(content)).toBe(prose)
  })

  it('takes a declared charset where the bytes are no UTF-8, and not where they are', () => {
    const latin = Buffer.from('Die Brücke über den Fluß', 'latin1')
    expect(decodeContent(latin, 'text/plain; charset=iso-8859-1')).toEqual({ text: 'Die Brücke über den Fluß' })
    expect(decodeContent(Buffer.from('<meta charset="windows-1252"><p>\xfcber', 'latin1'), 'text/html')).toHaveProperty(
      'text'
    )
    expect(decodeContent(Buffer.from('Brücke'), 'text/plain; charset=iso-8859-1')).toEqual({ text: 'Brücke' })
    expect(decodeContent(latin, 'text/plain; charset=klingon')).toMatchObject({ rejected: 'undecodable' })
    expect(decodeContent(latin, 'text/plain')).toMatchObject({ rejected: 'undecodable' })
  })

  it('removes terminal sequences and control characters, and keeps the words around them', () => {
    const coloured = prose
      .replace('The river', '\x1b[1;31mThe\x1b[0m \x1b]0;title\x07ri\x07ver')
      .replaceAll('\n', '\r\n')
    expect(textOf(`\x1b]8;;http://evil.example\x1b\\${coloured}`)).toBe(prose)
  })

  it('removes what reorders or hides text, and keeps right-to-left text itself', () => {
    const hidden = prose.replace('river', 'ri\u202ever\u2066\u200b\u{e0041}')
    expect(textOf(hidden)).toBe(prose)
    const hebrew = Array.from({ length: 60 }, (_, n) => `הנהר נושא חול אל הים במשך ${n} שנים רבות מאוד.`).join(' ')
    const result = cutFrom(hebrew)
    expect(result).toMatchObject({ passages: [{ language: 'he' }, { language: 'he' }, { language: 'he' }] })
    expect(textOf(hebrew).replaceAll('\n\n', ' ')).toBe(hebrew)
  })

  it('reads text of any claimed media type that decodes as text', () => {
    expect(textOf(prose, 'application/pdf')).toBe(prose)
    expect(textOf(prose, 'TEXT/PLAIN; charset=utf-8')).toBe(prose)
  })

  it.each<[string, string]>([
    ['one repeated character', 'a'.repeat(10 * mebibyte)],
    ['letters without a space', Array.from({ length: mebibyte }, (_, n) => 'etaoinshrd'[(n * 7_919) % 10]).join('')],
    ['joined emoji', '👩‍👩‍👧‍👦'.repeat(mebibyte / 16)],
    ['one repeated sentence', 'The river carries sand to the sea. '.repeat(mebibyte / 32)],
    ['opening brackets', '['.repeat(mebibyte)]
  ])('finds no prose in megabytes of %s', (_what, text) => {
    for (const mediaType of ['text/plain', 'text/markdown', 'text/html'])
      expect(cutFrom(text, mediaType)).toMatchObject({ rejected: 'no-prose' })
  })

  it('cuts Chinese without spaces, and emoji within words, at whole characters', () => {
    const han = Array.from({ length: 20_000 }, (_, n) => String.fromCharCode(0x4e00 + ((n * 7_919) % 3_000))).join('')
    const mixed = Array.from({ length: 300 }, (_, n) => `harbour${n}${n % 4 ? '' : '👩🏽‍🚀'}`).join(' ')
    for (const text of [han, `${mixed} ${mixed}`]) {
      const result = cutFrom(text)
      if ('rejected' in result) throw new Error(result.rejected)
      expect(result.passages.length).toBeGreaterThan(0)
      for (const passage of result.passages) expect(passage.text.isWellFormed()).toBe(true)
    }
    expect(textOf(han).replaceAll('\n\n', '')).toBe(han)
  })

  it('settles megabytes of hostile HTML without parsing what is too complex', () => {
    const nested = `${'<div>'.repeat(20_000)}${prose}${'</div>'.repeat(20_000)}`
    for (const html of [
      nested,
      '<b>'.repeat(mebibyte),
      '<'.repeat(mebibyte),
      '&'.repeat(mebibyte),
      '<p>x'.repeat(mebibyte / 4)
    ])
      expect(cutFrom(html, 'text/html')).toMatchObject({ rejected: 'too-complex' })
    for (const html of ['<!--'.repeat(20_000), '<script>'.repeat(9_000), '</script'.repeat(9_000)])
      expect(cutFrom(html, 'text/html')).toMatchObject({ rejected: 'no-prose' })
  })
})
