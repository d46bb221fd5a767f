/** Runs in a worker thread: from the bytes of a document to its passages, or to why there are none. Pure. */
import type { Rejection } from '../../engine/declare/index.ts'
import { likeliestLanguage } from '../language.ts'
import { cut } from './cut.ts'
import { estimateTokens } from './estimated-tokens.ts'
import type { Extraction } from './extraction/blocks.ts'
import { cleanText } from './extraction/clean-text.ts'
import { decodeContent } from './extraction/decode-content.ts'
import { extractHtml } from './extraction/extract-html.ts'
import { extractMarkdown } from './extraction/extract-markdown.ts'
import { extractText } from './extraction/extract-text.ts'
import { excessOf } from './extraction/html-limits.ts'
import { proseOf } from './prose.ts'
import type { Reason } from './reasons.ts'
import type { Settings } from './settings.ts'
import { textHash } from './text-hash.ts'

export interface SegmentationInput {
  readonly content: Uint8Array
  readonly mediaType: string
  readonly settings: Settings
}

export interface CutPassage {
  readonly text: string
  readonly textHash: string
  readonly estimatedTokens: number
  readonly language: string
}

export type Segmentation =
  | Rejection<Reason>
  | {
      /** As the document itself has it. */
      readonly title: string | null
      readonly passages: readonly CutPassage[]
      readonly alsoRejected: readonly Rejection<Reason>[]
    }

/** From this share on, text that was left out is worth a partial rejection of its own. */
const notableShare = 0.5

export default function segment({ content, mediaType, settings }: SegmentationInput): Segmentation {
  const decoded = decodeContent(content, mediaType)
  if ('rejected' in decoded) return decoded
  const text = cleanText(decoded.text)
  if (text.trim() === '') return { rejected: 'empty', evidence: 'only control characters and white space' }
  const extraction = extract(text, mediaType)
  if ('rejected' in extraction) return extraction

  const { kept, leftOut } = proseOf(extraction.blocks)
  const left = new Map(leftOut)
  if (extraction.code > 0) left.set('code', extraction.code)
  const leftCharacters = [...left.values()].reduce((sum, characters) => sum + characters, 0)
  const keptCharacters = kept.reduce((sum, block) => sum + block.text.length, 0)
  const share = leftCharacters / Math.max(1, leftCharacters + keptCharacters)
  const noProse = { rejected: 'no-prose', score: share, evidence: evidenceOf(left) } as const
  if (!kept.some(block => block.kind !== 'heading')) return { ...noProse, score: 1 }

  const { passages, leftOverTokens } = cut(kept, settings)
  if (passages.length === 0) {
    if (share >= notableShare) return noProse
    return { rejected: 'too-short', score: leftOverTokens, evidence: `${leftOverTokens} estimated tokens of prose` }
  }
  const alsoRejected: Rejection<Reason>[] = []
  if (share >= notableShare) alsoRejected.push(noProse)
  if (leftOverTokens > 0)
    alsoRejected.push({
      rejected: 'too-short',
      score: leftOverTokens,
      evidence: `a rest of ${leftOverTokens} estimated tokens`
    })
  const beyond = passages.length - settings.maxPassages
  if (beyond > 0)
    alsoRejected.push({
      rejected: 'too-many-passages',
      score: beyond,
      evidence: `${passages.length} passages, the first ${settings.maxPassages} are kept`
    })
  return { title: extraction.title, passages: passages.slice(0, settings.maxPassages).map(describe), alsoRejected }
}

/** By media type; what is neither HTML nor Markdown is read as plain text, since it decoded as text. */
function extract(text: string, mediaType: string): Extraction | Rejection<'too-complex'> {
  const type = mediaType.split(';', 1)[0]!.trim().toLowerCase()
  if (type === 'text/html' || type === 'application/xhtml+xml') {
    const excess = excessOf(text)
    if (excess) return { rejected: 'too-complex', ...excess }
    try {
      return extractHtml(text)
    } catch (error) {
      // The parser recurses, and the stack of a thread is small: what the count above let through may still be too much.
      if (error instanceof RangeError) return { rejected: 'too-complex', evidence: error.message }
      throw error
    }
  }
  return type === 'text/markdown' || type === 'text/x-markdown' ? extractMarkdown(text) : extractText(text)
}

const describe = (text: string): CutPassage => ({
  text,
  textHash: textHash(text),
  estimatedTokens: estimateTokens(text),
  language: likeliestLanguage(text)
})

const evidenceOf = (leftOut: ReadonlyMap<string, number>): string =>
  leftOut.size === 0
    ? 'nothing but markup'
    : `characters left out: ${[...leftOut].map(([why, characters]) => `${why} ${characters}`).join(', ')}`
