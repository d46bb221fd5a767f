import type { Readable } from 'node:stream'
import type { Batch, Target } from './batch.ts'
import type { Positions } from './positions.ts'
import type { Source } from './sources.ts'

/** What reading one source needs. */
export interface Reading {
  readonly source: Source
  readonly target: Target
  readonly positions: Positions
  readonly stdin: Readable
  readonly signal: AbortSignal
  readonly textField: string | undefined
  /** Fields of JSON lines: those that text was taken from, and those of lines without any. */
  readonly seen: { readonly text: Map<string, number>; readonly other: Set<string> }
  /** The batch that is being filled. */
  batch(): Batch
  /** Commits the batch when it is full, or at once when told to. */
  settle(now?: boolean): Promise<void>
}

export type SourceResult = 'read' | 'unchanged'
