import { createHash } from 'node:crypto'

/** One line of a source, without its line feed. */
export interface Line {
  /** From 1, empty lines counted. */
  readonly number: number
  /** Undefined where it has more bytes than a line may have. */
  readonly bytes: Buffer | undefined
  readonly size: number
  /** Position right behind it and its line feed, in bytes from the beginning of the source. */
  readonly end: number
  /** False for a last line without line feed: somebody may still be writing it. */
  readonly terminated: boolean
  /** SHA-256 of everything from the beginning to `end`. Only until the next line is asked for. */
  fingerprint(): string
}

const lineFeed = 0x0a

/**
 * Cuts a stream into lines, leaving out empty ones. Holds one line of at most `maxBytes` at a time, however long the
 * lines are.
 */
export async function* linesOf(chunks: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Line> {
  const hash = createHash('sha256')
  let unhashed: Buffer = Buffer.alloc(0)
  let pieces: Buffer[] = []
  let size = 0
  let end = 0
  let number = 0
  // Bytes are hashed by the chunk, and up to a line only where somebody asks: most lines need no fingerprint.
  let pending = 0
  const fingerprint = () => {
    hash.update(unhashed.subarray(0, pending))
    unhashed = unhashed.subarray(pending)
    pending = 0
    return hash.copy().digest('hex')
  }
  const extend = (piece: Buffer) => {
    size += piece.length
    if (size <= maxBytes) pieces.push(piece)
    else pieces = []
  }
  const finish = (terminated: boolean): Line => {
    const bytes = size <= maxBytes ? (pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces)) : undefined
    const line = { number, bytes, size, end, terminated, fingerprint }
    pieces = []
    size = 0
    return line
  }
  for await (const chunk of chunks) {
    unhashed = chunk
    pending = 0
    let from = 0
    for (let at = chunk.indexOf(lineFeed); at >= 0; at = chunk.indexOf(lineFeed, from)) {
      const length = at + 1 - from
      number += 1
      end += length
      pending += length
      if (length > 1) extend(chunk.subarray(from, at))
      from = at + 1
      if (size > 0) yield finish(true)
    }
    const rest = chunk.subarray(from)
    if (rest.length > 0) extend(rest)
    end += rest.length
    hash.update(unhashed)
    unhashed = chunk.subarray(0, 0)
    pending = 0
  }
  number += 1
  if (size > 0) yield finish(false)
}
