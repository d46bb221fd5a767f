import type { Lineage } from '../../../engine/schemas/types.ts'
import type { Document, Passage, PassageText, ScreenedPassage } from '../../../schemas/types.ts'

/** Records of the first topics, with every field set: tests name only what they are about. */
export const noLineage: Lineage = { rootId: '', parentId: '', traceparent: '', steps: [] }

export const aDocument = (content: string | Uint8Array, fields: Partial<Document> = {}): Document => ({
  givenId: 'https://example.org/page',
  url: 'https://example.org/page',
  title: null,
  licence: null,
  mediaType: 'text/plain',
  content: Buffer.from(content as string),
  source: null,
  metadata: {},
  ...fields
})

export const aPassageText = (text: string, fields: Partial<PassageText> = {}): PassageText => ({
  documentId: 'document-1',
  givenId: 'https://example.org/page',
  url: 'https://example.org/page',
  title: null,
  licence: null,
  ordinal: 0,
  text,
  textHash: `hash of ${text}`,
  estimatedTokens: Math.ceil(text.length / 4),
  language: 'en',
  ...fields
})

export const aPassage = (id: string, text: string): Passage => ({ id, passage: aPassageText(text), lineage: noLineage })

export const aScreenedPassage = (id: string, text: string): ScreenedPassage => ({
  id,
  passageId: `passage of ${id}`,
  passage: aPassageText(text),
  quality: 0.9,
  advertisement: 0.1,
  lineage: noLineage
})
