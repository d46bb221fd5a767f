import { Worker } from 'node:worker_threads'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cut } from '../../../services/segment-document/cut.ts'
import { estimateTokens, measureTokens } from '../../../services/segment-document/estimated-tokens.ts'
import type { Block } from '../../../services/segment-document/extraction/blocks.ts'
import { piecesOf } from '../../../services/segment-document/pieces.ts'
import segment, { type Segmentation } from '../../../services/segment-document/segmentation-thread.ts'
import { settings } from '../../../services/segment-document/settings.ts'
import { segmentDocument } from '../../../services/segment-document/stage.ts'
import { normaliseText, textHash } from '../../../services/segment-document/text-hash.ts'
import { paragraph, paragraphs, sentence } from '../../support/records/texts.ts'

const band = { minTokens: 64, targetTokens: 512, maxTokens: 1_024 }
const blocksOf = (...texts: string[]): Block[] => texts.map(text => ({ text, kind: 'paragraph', linked: 0 }))
const heading = (text: string): Block => ({ text, kind: 'heading', linked: 0 })
const squeezed = (text: string) => text.replace(/\s+/g, '')

describe('cutting', () => {
  it('keeps short paragraphs whole', () => {
    const texts = paragraphs(20)
    for (const passage of cut(blocksOf(...texts), band).passages)
      for (const part of passage.split('\n\n')) expect(texts).toContain(part)
  })

  it('cuts a long paragraph between sentences', () => {
    const { passages } = cut(blocksOf(paragraph(0, 120)), band)
    expect(passages.length).toBeGreaterThan(2)
    for (const passage of passages) {
      expect(passage).toMatch(/^(?:One|Two|Three|Four|Five) times/)
      expect(passage).toMatch(/\.$/)
    }
  })

  it('cuts at words where there are no sentences', () => {
    const words = Array.from({ length: 3_000 }, (_, n) => `word${n % 10}x`).join(' ')
    for (const passage of cut(blocksOf(words), band).passages) expect(passage).toMatch(/^(?:word\dx )*word\dx$/)
  })

  it('puts a heading before what follows it, never at the end of a passage', () => {
    const blocks = Array.from({ length: 12 }, (_, n) => [heading(`Part ${n}`), ...blocksOf(paragraph(n, 12))]).flat()
    const { passages } = cut(blocks, band)
    expect(passages.length).toBeGreaterThan(3)
    for (const passage of passages) expect(passage).not.toMatch(/Part \d+$/)
    expect(passages.join('\n').match(/Part \d+/g)).toHaveLength(12)
  })

  it('joins list items by single line ends', () => {
    const items = [0, 1, 2, 3, 4].map(n => ({ text: `- ${sentence(n)}`, kind: 'item' as const, linked: 0 }))
    expect(cut([...blocksOf(paragraph(1)), ...items], band).passages[0]).toMatch(/\.\n\n- .*\.\n- /)
  })

  it('joins a short rest to the passage before it, where that has room', () => {
    const { passages, leftOverTokens } = cut(blocksOf(paragraph(0, 27), sentence(99)), { ...band, targetTokens: 500 })
    expect(passages).toHaveLength(1)
    expect(leftOverTokens).toBe(0)
    expect(passages[0]).toContain(sentence(99))
  })

  it('leaves a text shorter than the minimum over, and says how much', () => {
    expect(cut(blocksOf(sentence(0)), band)).toEqual({ passages: [], leftOverTokens: estimateTokens(sentence(0)) })
    expect(cut([], band)).toEqual({ passages: [], leftOverTokens: 0 })
  })

  const character = fc.constantFrom(
    'a',
    'B',
    ' ',
    ' ',
    '.',
    '. ',
    '\n',
    '9',
    'é',
    '漢',
    'ก',
    '👩‍🚀',
    '🇩🇪',
    '́',
    '\u200d'
  )
  const text = fc.array(character, { maxLength: 1_500 }).map(parts => parts.join('').trim())
  const bands = fc
    .tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 200 }))
    .map(([min, more, most]) => ({ minTokens: min, targetTokens: min + more, maxTokens: min + more + most }))

  it('keeps every passage within the band, well-formed, and loses nothing, for any text and band', () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 8 }), bands, (texts, band) => {
        const blocks = blocksOf(...texts.filter(each => each !== ''))
        const { passages, leftOverTokens } = cut(blocks, band)
        for (const passage of passages) {
          expect(passage.isWellFormed()).toBe(true)
          expect(measureTokens(passage)).toBeGreaterThanOrEqual(band.minTokens)
          // One character that weighs more than the whole band stays whole.
          expect(measureTokens(passage)).toBeLessThanOrEqual(Math.max(band.maxTokens, 2))
        }
        const whole = squeezed(blocks.map(each => each.text).join(''))
        if (leftOverTokens === 0) expect(squeezed(passages.join(''))).toBe(whole)
        else expect(squeezed(passages.join('')).length).toBeLessThan(whole.length)
      }),
      { numRuns: 150 }
    )
  })

  it('tears no character apart that alone weighs more than a piece may', () => {
    const band = { minTokens: 1, targetTokens: 1, maxTokens: 1 }
    expect(cut(blocksOf('👩🚀'), band).passages.join('')).toBe('👩🚀')
  })

  it('never exceeds the maximum, even where the target is the maximum', () => {
    const tight = { minTokens: 10, targetTokens: 100, maxTokens: 100 }
    for (let from = 0; from < 40; from++)
      for (const passage of cut(blocksOf(...paragraphs(4, from), paragraph(from, 1)), tight).passages)
        expect(measureTokens(passage)).toBeLessThanOrEqual(100)
  })

  it('never tears a character apart: joined emoji, flags of letters, accents', () => {
    const family = '👩‍👩‍👧‍👦'
    for (const { text } of piecesOf(family.repeat(3_000), 20, '')) expect(text.replaceAll(family, '')).toBe('')
    for (const { text } of piecesOf('e\u0301'.repeat(30_000), 7, '')) expect(text.startsWith('\u0301')).toBe(false)
  })
})

describe('the estimator', () => {
  it('gives four letters of English a token, one to each Han character, two to an emoji', () => {
    expect(estimateTokens('the river carries sand')).toBe(6)
    expect(estimateTokens('河流把沙子')).toBe(5)
    expect(estimateTokens('🚀')).toBe(2)
    expect(estimateTokens('')).toBe(0)
  })

  it('is additive', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (a, b) => {
        expect(measureTokens(a + b)).toBe(measureTokens(a) + measureTokens(b))
      })
    )
  })
})

describe('the text hash', () => {
  it('folds case, white space, punctuation and compatibility forms', () => {
    const forms = ['The river, slowly', ' the  RIVER — slowly!', 'the river\nslowly', 'Ｔｈｅ river slowly']
    expect(new Set(forms.map(textHash)).size).toBe(1)
  })

  it('keeps letters, digits, accents and scripts apart', () => {
    const different = ['river 1', 'river 2', 'rivér 1', 'река 1', 'ri ver 1', '川 1']
    expect(new Set(different.map(textHash)).size).toBe(different.length)
    expect(normaliseText('Ça va? Nº 5 — 漢字')).toBe('ça va no 5 漢字')
  })
})

describe('the thread', () => {
  it('gives the same answer in a worker with the limits that the stage declares', async () => {
    const { segmentation } = segmentDocument.asks
    if (segmentation.kind !== 'offload') throw new Error('not offloaded')
    const input = {
      content: new Uint8Array(Buffer.from(paragraphs(40).join('\n\n'))),
      mediaType: 'text/plain',
      settings: settings.parse({})
    }
    const code = `import { parentPort, workerData } from 'node:worker_threads'
      const { default: run } = await import(workerData.module)
      parentPort.postMessage(run(workerData.input))`
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`), {
      workerData: { module: segmentation.module.href, input },
      resourceLimits: { maxOldGenerationSizeMb: segmentation.memoryMiB }
    })
    const answer = await new Promise<Segmentation>((resolve, reject) => {
      worker.once('message', resolve).once('error', reject)
    })
    await worker.terminate()
    expect(answer).toEqual(segment(input))
    expect(answer).toHaveProperty('passages')
  })
})
