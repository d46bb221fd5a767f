import { describe, expect, it } from 'vitest'
import type { Extraction } from '../../../services/segment-document/extraction/blocks.ts'
import { extractHtml } from '../../../services/segment-document/extraction/extract-html.ts'
import { extractMarkdown } from '../../../services/segment-document/extraction/extract-markdown.ts'
import { extractText } from '../../../services/segment-document/extraction/extract-text.ts'
import { excessOf } from '../../../services/segment-document/extraction/html-limits.ts'
import { stripElements } from '../../../services/segment-document/extraction/strip-elements.ts'
import { proseOf } from '../../../services/segment-document/prose.ts'
import segment from '../../../services/segment-document/segmentation-thread.ts'
import { settings } from '../../../services/segment-document/settings.ts'
import { paragraph, paragraphs } from '../../support/records/texts.ts'

const textsOf = ({ blocks }: Extraction) => blocks.map(block => block.text)
const block = (text: string, linked = 0) => ({ text, kind: 'paragraph' as const, linked })
const leftOut = (...texts: string[]) => [...proseOf(texts.map(text => block(text))).leftOut.keys()]

describe('HTML', () => {
  const page = (body: string, head = '<title>Old bridges</title>') =>
    `<!doctype html><html><head>${head}</head><body>${body}</body></html>`
  const article = `<article><h1>Old bridges</h1>${paragraphs(6)
    .map(text => `<p>${text}</p>`)
    .join('')}</article>`

  it('yields the paragraphs of the article, without navigation, scripts and styles', () => {
    const surroundings =
      '<nav><ul><li><a href="/">Start</a></li></ul></nav><script>let stolen = 1</script><style>p{}</style>'
    const extraction = extractHtml(page(`${surroundings}${article}<footer>© 2024 Somebody</footer>`))
    expect(textsOf(extraction).filter(text => text !== 'Old bridges')).toEqual(paragraphs(6))
    expect(extraction.title).toBe('Old bridges')
  })

  it('never runs a script, and keeps none of its text', () => {
    const shown = JSON.stringify(
      extractHtml(page(`<script>globalThis.ran = true</script>${article}<img src=x onerror="ran=1">`))
    )
    expect(shown).not.toContain('ran')
    expect('ran' in globalThis).toBe(false)
  })

  it('reads a fragment without html or body', () => {
    expect(textsOf(extractHtml('<p>One short line.</p><p>Another one.</p>'))).toEqual([
      'One short line.',
      'Another one.'
    ])
  })

  it('keeps inline markup inside its sentence, and parts blocks, items and line breaks', () => {
    const html = '<div>The <b>old</b> <i>stone</i> bridge.<br>It stands.</div><ul><li>first</li><li>second</li></ul>'
    const { blocks } = extractHtml(page(html))
    expect(blocks.map(({ text, kind }) => [text, kind])).toEqual([
      ['The old stone bridge.\nIt stands.', 'paragraph'],
      ['first', 'item'],
      ['second', 'item']
    ])
  })

  it('decodes entities, and shows markup that was written as text', () => {
    expect(textsOf(extractHtml(page('<p>Salt &amp; sand: &lt;script&gt; is a word here.</p>')))).toEqual([
      'Salt & sand: <script> is a word here.'
    ])
  })

  it('counts code as left out, and keeps table rows that hold a sentence', () => {
    const sentence = 'carries wagons across the river since the war'
    const row = (...cells: string[]) => `<tr>${cells.map(cell => `<td>${cell}</td>`).join('')}</tr>`
    const table = `<table>${row('Arch', sentence)}${row('1', '2')}</table>`
    const extraction = extractHtml(page(article.replace('</article>', `<pre>let x = 1</pre>${table}</article>`)))
    expect(textsOf(extraction).at(-1)).toBe(`Arch: ${sentence}`)
    expect(extraction.code).toBe('let x = 1'.length)
  })

  it('reads the blocks inside a table that lays out the page', () => {
    const html = page(
      `<table><tr><td><p>Left side.</p><p>Below it.</p></td><td><div>Right side.</div></td></tr></table>`
    )
    expect(textsOf(extractHtml(html))).toEqual(['Left side.', 'Below it.', 'Right side.'])
  })

  it('counts how much of a block is links', () => {
    const { blocks } = extractHtml(page('<p>See <a href="/a">the other page</a> too.</p>'))
    expect(blocks[0]!.linked).toBe('the other page'.length)
  })
})

describe('the limits of HTML', () => {
  it('count nesting that the parser would follow, and no other', () => {
    expect(excessOf('<div>'.repeat(257))).toMatchObject({ score: 257 })
    expect(excessOf('<div>'.repeat(256))).toBeUndefined()
    expect(excessOf('<p>text'.repeat(5_000))).toBeUndefined()
    const links = '<a href=x>b</a><br>'.repeat(30_000)
    expect(excessOf(`${'<div>'.repeat(240)}${links}`)).toMatchObject({ evidence: expect.stringContaining('depth') })
    expect(excessOf(`${'<div>'.repeat(20)}${links}`)).toBeUndefined()
    expect(excessOf('<div><b></div>'.repeat(5_000))).toBeUndefined()
    expect(excessOf('<div></wrong>'.repeat(300))).toBeDefined()
    expect(excessOf('<DIV></div>'.repeat(300))).toBeUndefined()
  })

  it('look neither into comments nor into scripts', () => {
    expect(excessOf(`<!-- ${'<div>'.repeat(300)} -->`)).toBeUndefined()
    expect(excessOf(`<script>${'<div>'.repeat(300)}</script>`)).toBeUndefined()
    expect(excessOf(`<script></script>${'<div>'.repeat(300)}`)).toBeDefined()
  })

  it('count tags and entities', () => {
    expect(excessOf('<br>'.repeat(100_001))).toMatchObject({ score: 100_001 })
    expect(excessOf('&'.repeat(100_001))).toMatchObject({ score: 100_001 })
  })
})

describe('Markdown', () => {
  it('yields prose and leaves out code, badges, link targets, rules and front matter', () => {
    const markdown = [
      '---',
      'layout: post',
      '---',
      '# A *small* library',
      '[![build](https://img.example/b.svg)](https://ci.example) ![](logo.png)',
      '',
      'It reads **words** and `numbers`, see [the guide](https://example.org/guide "Guide").',
      'This line goes on.',
      '',
      '```js',
      'const hidden = 1',
      '```',
      '',
      '    indented code',
      '',
      '***',
      '[guide]: https://example.org/guide',
      '> quoted &amp; kept'
    ].join('\n')
    const extraction = extractMarkdown(markdown)
    expect(textsOf(extraction)).toEqual([
      'A small library',
      'It reads words and numbers, see the guide. This line goes on.',
      'quoted & kept'
    ])
    expect(extraction.title).toBe('A small library')
    expect(extraction.code).toBe('const hidden = 1'.length + '    indented code'.length)
  })

  it('knows headings of both forms, and titles only of the first level', () => {
    const kinds = extractMarkdown('Second\n---\n\n## Third ##\n\nFirst\n=====\n\ntext').blocks.map(({ text, kind }) => [
      text,
      kind
    ])
    expect(kinds).toEqual([
      ['Second', 'heading'],
      ['Third', 'heading'],
      ['First', 'heading'],
      ['text', 'paragraph']
    ])
    expect(extractMarkdown('Second\n---\n\nFirst\n=====\n').title).toBe('First')
    expect(extractMarkdown('## Third\n\ntext').title).toBeNull()
  })

  it('keeps list items apart, and their continuation lines with them', () => {
    const { blocks } = extractMarkdown('* one\n  goes on\n* two\n\n1. three\n\n    still three')
    expect(blocks.map(({ text }) => text)).toEqual(['- one goes on', '- two', '- three', 'still three'])
  })

  it('keeps table rows that hold a sentence', () => {
    const table =
      '| name | meaning |\n|---|:--|\n| limit | the largest number of passages taken from one document |\n| a | b |'
    expect(textsOf(extractMarkdown(table))).toEqual(['limit: the largest number of passages taken from one document'])
  })

  it('strips embedded HTML, scripts with their text', () => {
    expect(
      textsOf(extractMarkdown('<p align="center">Hello <b>there</b></p>\n<script>\nlet x\n</script>\n<!-- note -->'))
    ).toEqual(['Hello there'])
  })

  it('leaves multiplication, file names and escapes readable', () => {
    expect(textsOf(extractMarkdown('2 * 3 * 4 of snake_case_name and \\*stars\\*'))).toEqual([
      '2 * 3 * 4 of snake_case_name and *stars*'
    ])
  })

  it('takes a fence that is never closed as code to the end', () => {
    expect(textsOf(extractMarkdown('before\n\n```\nx\n\ny'))).toEqual(['before'])
  })

  it('closes an unclosed element at the end of the text', () => {
    expect(stripElements('a<script>b</SCRIPT >c<!-- d', new Set(['script']))).toBe('ac')
  })
})

describe('plain text', () => {
  it('joins hard-wrapped lines, and keeps lines that the author ended', () => {
    const wrapped = 'The river carries sand and silt from the hills down to the\nwide sea.'
    expect(textsOf(extractText(`${wrapped}\n\nRoses\nare red\n\n\nEnd`))).toEqual([
      wrapped.replace('\n', ' '),
      'Roses\nare red',
      'End'
    ])
  })

  it('keeps list entries on lines of their own', () => {
    const entry = '- the river carries sand and silt from the hills down to the sea'
    expect(textsOf(extractText(`${entry}\n${entry}`))).toEqual([`${entry}\n${entry}`])
  })
})

describe('what is no prose', () => {
  it.each<[string, string]>([
    ['navigation', 'Skip to main content'],
    ['navigation', 'Read more »'],
    ['copyright', 'Copyright © 2024 Somebody. All rights reserved.'],
    ['copyright', '(c) 2019 a company'],
    ['cookie notice', 'We use cookies to improve your visit. Accept all?'],
    ['licence', 'Licensed under the Apache License, Version 2.0'],
    ['licence', 'Permission is hereby granted, free of charge, to any person obtaining a copy'],
    ['symbols', '3.14 + 2.71 = 5.85 (100%)'],
    ['unbroken strings', `key ${'aGVsbG8gd29ybGQ'.repeat(20)}`],
    ['repetition', 'la la la '.repeat(40)]
  ])('is left out as %s: %s', (why, text) => {
    expect(leftOut(text)).toEqual([why])
  })

  it.each([
    'The law of copyright protects authors for many years after their death.',
    'She baked cookies for the whole village and kept none.',
    'A licence is granted by the harbour master each spring.',
    'Home is where the ferry lands, as the saying goes on the island.',
    '这是一个没有空格的很长的中文句子'.repeat(10),
    'In 1889 the tower rose 312 metres above the river.'
  ])('does not include: %s', text => {
    expect(leftOut(text)).toEqual([])
  })

  it('includes blocks that are mostly links, and blocks that came before', () => {
    expect([...proseOf([block('one two three', 8)]).leftOut]).toEqual([['links', 13]])
    const { kept, leftOut } = proseOf([block('The tide turns.'), block('the TIDE  turns!'), block('Another line.')])
    expect(kept).toHaveLength(2)
    expect([...leftOut]).toEqual([['repeated', 16]])
  })

  it('leaves the prose of a page with a banner, a menu and a licence', () => {
    const text = ['Skip to content', 'This site uses cookies. Accept.', ...paragraphs(4), '© 2020 Somebody'].join(
      '\n\n'
    )
    const result = segment({ content: Buffer.from(text), mediaType: 'text/plain', settings: settings.parse({}) })
    if ('rejected' in result) throw new Error(result.rejected)
    expect(result.passages.map(passage => passage.text).join('\n\n')).toBe(paragraphs(4).join('\n\n'))
    expect(paragraph(0)).not.toBe(paragraph(1))
  })
})
