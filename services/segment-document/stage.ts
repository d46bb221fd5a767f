import { defineStage, offload } from '../../engine/declare/index.ts'
import { documents, passages } from '../topics.ts'
import { reasons } from './reasons.ts'
import type { Segmentation, SegmentationInput } from './segmentation-thread.ts'
import { settings } from './settings.ts'

/** FANNO, document pre-screening: documents become passages inside a length band. Parsing runs in a worker thread. */
export const segmentDocument = defineStage({
  name: 'segment-document',
  summary: 'Cuts the prose of a document into passages.',
  reads: documents,
  writes: { passages },
  asks: {
    segmentation: offload<SegmentationInput, Segmentation>(new URL('./segmentation-thread.ts', import.meta.url), {
      cpuMs: 10_000,
      memoryMiB: 1_024
    })
  },
  rejects: reasons,
  repeats: { as: 'duplicate', by: documents.id },
  settings,

  question({ content, mediaType }, { settings }) {
    if (content.length === 0) return { rejected: 'empty', evidence: '0 bytes' }
    if (content.length > settings.maxBytes)
      return { rejected: 'too-large', score: content.length, evidence: `${content.length} bytes` }
    // A copy: a slice would take the whole buffer that it was cut from along to the thread.
    return { ask: { segmentation: { content: new Uint8Array(content), mediaType, settings } } }
  },

  decide(document, { segmentation }) {
    if ('rejected' in segmentation) return segmentation
    const { givenId, url, licence } = document
    const documentId = documents.id(document)
    const title = document.title ?? segmentation.title
    const [first, ...rest] = segmentation.passages.map((cut, ordinal) => ({
      passage: { documentId, givenId, url, title, licence, ordinal, ...cut }
    }))
    if (!first) throw new Error('the thread returned no passage and no reason')
    return { to: 'passages', values: [first, ...rest], alsoRejected: segmentation.alsoRejected }
  }
})
