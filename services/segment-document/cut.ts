import { measureTokens, weightOf } from './estimated-tokens.ts'
import type { Block } from './extraction/blocks.ts'
import { type Piece, piecesOf } from './pieces.ts'

export interface Band {
  readonly minTokens: number
  readonly targetTokens: number
  readonly maxTokens: number
}

/** Texts of the passages, in order, and the estimated tokens of what was too short to become one. */
export interface Cut {
  readonly passages: readonly string[]
  readonly leftOverTokens: number
}

/**
 * Cuts blocks into passages: at paragraphs where they fit, else at lines, sentences, words. A passage is closed where it
 * comes nearest to `targetTokens`; a rest shorter than `minTokens` joins the passage before it if that stays within
 * `maxTokens`, and is left over otherwise. A heading goes with what follows it. Linear in the length of the text.
 */
export function cut(blocks: readonly Block[], band: Band): Cut {
  // Small enough that a passage below the minimum always has room for one more.
  const limit = Math.max(1, Math.min(band.targetTokens, band.maxTokens - band.minTokens))
  const passages: Piece[][] = []
  let open: Piece[] = []
  let weight = 0
  const close = () => {
    if (open.length > 0) passages.push(open)
    open = []
    weight = 0
  }
  for (const piece of withHeadings(blocks, limit, band.minTokens / 2)) {
    const longer = weight + separatorWeight(piece) + piece.weight
    const fits = open.length === 0 || longer <= band.maxTokens
    const nearer = longer - band.targetTokens < band.targetTokens - weight
    if (!fits || (weight >= band.minTokens && !nearer)) close()
    weight = open.length === 0 ? piece.weight : longer
    open.push(piece)
  }
  close()
  joinShortRest(passages, band)
  const long = passages.filter(passage => weightOfAll(passage) >= band.minTokens)
  const leftOverTokens = passages.reduce((sum, passage) => sum + weightOfAll(passage), 0) - sumOf(long)
  return { passages: long.map(textOf), leftOverTokens: Math.ceil(leftOverTokens) }
}

function joinShortRest(passages: Piece[][], band: Band): void {
  const last = passages.at(-1)
  const before = passages.at(-2)
  if (!last || !before || weightOfAll(last) >= band.minTokens) return
  const joined = [...before, ...last]
  if (weightOfAll(joined) <= band.maxTokens) passages.splice(-2, 2, joined)
}

/** Pieces of all blocks; a heading stands before the first piece of the block that follows, in one piece with it. */
function* withHeadings(blocks: readonly Block[], limit: number, longestHeading: number): Generator<Piece> {
  let heading: Piece | undefined
  let previous: Block | undefined
  for (const block of blocks) {
    const before = block.kind === 'item' && previous?.kind === 'item' ? '\n' : '\n\n'
    previous = block
    const pieces = piecesOf(block.text, limit, before)
    if (block.kind === 'heading' && measureTokens(block.text) <= longestHeading) {
      const [own] = pieces
      heading = heading && own ? joined(heading, own) : own
      if (heading && heading.weight > longestHeading) {
        yield heading
        heading = undefined
      }
      continue
    }
    for (const piece of pieces) {
      yield heading ? joined(heading, piece) : piece
      heading = undefined
    }
  }
  if (heading) yield heading
}

const joined = (first: Piece, second: Piece): Piece => ({
  text: first.text + second.before + second.text,
  weight: first.weight + separatorWeight(second) + second.weight,
  before: first.before
})

const separatorWeight = ({ before }: Piece): number => before.length * weightOf(0x20)

const weightOfAll = (passage: readonly Piece[]): number =>
  passage.reduce((sum, piece, index) => sum + piece.weight + (index > 0 ? separatorWeight(piece) : 0), 0)

const sumOf = (passages: readonly (readonly Piece[])[]): number =>
  passages.reduce((sum, passage) => sum + weightOfAll(passage), 0)

const textOf = (passage: readonly Piece[]): string =>
  passage
    .map(({ before, text }, index) => (index > 0 ? before + text : text))
    .join('')
    .toWellFormed()
