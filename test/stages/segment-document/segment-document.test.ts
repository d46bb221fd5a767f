import { describe, expect, it } from 'vitest'
import { hashOf } from '../../../engine/declare/index.ts'
import { given } from '../../../engine/testing/stage-driver.ts'
import type { Document } from '../../../schemas/types.ts'
import segment, { type SegmentationInput } from '../../../services/segment-document/segmentation-thread.ts'
import { segmentDocument } from '../../../services/segment-document/stage.ts'
import { aDocument } from '../../support/records/passages.ts'
import { paragraph, paragraphs } from '../../support/records/texts.ts'

/** The stage with its thread's function in between: asked, answered, decided. */
function outcomeOf(document: Document, settings: Partial<SegmentationInput['settings']> = {}) {
  const stage = given(segmentDocument, document, { settings })
  const said = stage.whenAsked()
  if (!('ask' in said)) return said as Exclude<typeof said, { deferred: string }>
  return stage.whenAnswered({ segmentation: segment(said.ask.segmentation) })
}

const emitted = (document: Document, settings?: Partial<SegmentationInput['settings']>) => {
  const outcome = outcomeOf(document, settings)
  if (!('to' in outcome)) throw new Error(`rejected: ${JSON.stringify(outcome)}`)
  return outcome
}

const page = paragraphs(12).join('\n\n')

describe('segment-document', () => {
  it('writes one passage record for each passage, with where it comes from', () => {
    const document = aDocument(page, { title: 'Rivers', licence: 'CC-BY-4.0' })
    const { values } = emitted(document)
    expect(values.length).toBeGreaterThan(1)
    values.forEach(({ passage }, ordinal) => {
      expect(passage).toMatchObject({
        documentId: hashOf(document.givenId, document.content),
        givenId: document.givenId,
        url: document.url,
        title: 'Rivers',
        licence: 'CC-BY-4.0',
        ordinal,
        language: 'en'
      })
      expect(passage.textHash).toMatch(/^[0-9a-f]{32}$/)
      expect(page).toContain(passage.text)
    })
  })

  it('loses no prose between the passages', () => {
    const { values } = emitted(aDocument(page))
    expect(values.map(({ passage }) => passage.text).join('\n\n')).toBe(page)
  })

  it('keeps passages inside the length band', () => {
    const { values } = emitted(aDocument(paragraphs(100).join('\n\n')), {
      minTokens: 50,
      targetTokens: 120,
      maxTokens: 200
    })
    for (const { passage } of values) {
      expect(passage.estimatedTokens).toBeGreaterThanOrEqual(50)
      expect(passage.estimatedTokens).toBeLessThanOrEqual(200)
    }
    const mean = values.reduce((sum, { passage }) => sum + passage.estimatedTokens, 0) / values.length
    expect(Math.abs(mean - 120)).toBeLessThan(30)
  })

  it('refuses a length band out of order', () => {
    expect(() => given(segmentDocument, aDocument(page), { settings: { minTokens: 600 } })).toThrow(/in order/)
  })

  it('takes the title from the page where the document has none', () => {
    const html = `<html><head><title>Old bridges</title></head><body><article>${paragraphs(8)
      .map(text => `<p>${text}</p>`)
      .join('')}</article></body></html>`
    expect(emitted(aDocument(html, { mediaType: 'text/html' })).values[0].passage.title).toBe('Old bridges')
  })

  it('recognises a document seen before by its id and bytes together', () => {
    const by = segmentDocument.repeats!.by
    expect(segmentDocument.repeats!.as).toBe('duplicate')
    expect(by(aDocument(page))).toBe(by(aDocument(page, { title: 'other title' })))
    expect(by(aDocument(page))).not.toBe(by(aDocument(`${page}.`)))
    expect(by(aDocument(page))).not.toBe(by(aDocument(page, { givenId: 'elsewhere' })))
  })

  it('rejects an empty document, and one that is too large, without asking for a thread', () => {
    expect(given(segmentDocument, aDocument('')).whenAsked()).toMatchObject({ rejected: 'empty' })
    const large = given(segmentDocument, aDocument('x'.repeat(101)), { settings: { maxBytes: 100 } })
    expect(large.whenAsked()).toMatchObject({ rejected: 'too-large', score: 101 })
    expect(
      given(segmentDocument, aDocument('x'.repeat(100)), { settings: { maxBytes: 100 } }).whenAsked()
    ).toHaveProperty('ask')
  })

  it('hands the thread a copy of the bytes, not the buffer they are a slice of', () => {
    const pool = Buffer.alloc(100_000, 0x61)
    const said = given(segmentDocument, aDocument('', { content: pool.subarray(10, 20) })).whenAsked()
    if (!('ask' in said)) throw new Error('did not ask')
    expect(said.ask.segmentation.content.buffer.byteLength).toBe(10)
  })

  it('rejects prose shorter than the minimum, with its length', () => {
    expect(outcomeOf(aDocument('A short note about the harbour.'))).toMatchObject({ rejected: 'too-short', score: 8 })
  })

  it('says what it left over beside what it emits', () => {
    const { alsoRejected } = emitted(aDocument(paragraph(0, 34)), {
      minTokens: 100,
      targetTokens: 600,
      maxTokens: 600
    })
    expect(alsoRejected).toMatchObject([{ rejected: 'too-short' }])
  })

  it('keeps the first passages of an endless document and counts the others', () => {
    const { values, alsoRejected } = emitted(aDocument(paragraphs(60).join('\n\n')), { maxPassages: 2 })
    expect(values).toHaveLength(2)
    expect(alsoRejected).toMatchObject([{ rejected: 'too-many-passages', score: expect.any(Number) }])
    expect(alsoRejected![0]!.score).toBeGreaterThan(0)
  })

  it('says so where most of a page was no prose', () => {
    const code = '```\n'.concat('const x = 1\n'.repeat(1_000), '```\n\n')
    const { alsoRejected } = emitted(aDocument(code + page, { mediaType: 'text/markdown' }))
    expect(alsoRejected).toMatchObject([{ rejected: 'no-prose', evidence: expect.stringContaining('code') }])
  })

  it('treats an answer without passages and without a reason as a defect', () => {
    const nothing = { title: null, passages: [], alsoRejected: [] }
    expect(() => given(segmentDocument, aDocument(page)).whenAnswered({ segmentation: nothing })).toThrow(/no passage/)
  })

  it('reads a document whose metadata is hostile', () => {
    const metadata = Object.assign(Object.create(null), { __proto__: 'polluted', constructor: 'x' }) as Record<
      string,
      string
    >
    expect(emitted(aDocument(page, { metadata })).values.length).toBeGreaterThan(0)
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })
})
