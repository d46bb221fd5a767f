import type { Commit } from '../../log/port.ts'
import { formatMetadata, windowOffsets } from './commit-metadata.ts'

/** Which offsets of one partition are settled: all below the base, and some beyond it. */
export class SettledWindow {
  #base: number
  #beyond: Set<number>

  constructor(base: number, beyond: Iterable<number> = []) {
    this.#base = base
    this.#beyond = new Set(beyond)
  }

  /** The lowest offset that is not settled. */
  get base(): number {
    return this.#base
  }

  /** One past the last offset that may be taken in at present. */
  get limit(): number {
    return this.#base + windowOffsets
  }

  has(offset: number): boolean {
    return offset < this.#base || this.#beyond.has(offset)
  }

  /** The position to commit once these offsets are settled too. */
  positionWith(offsets: Iterable<number>, configuration: string): Commit {
    const next = new SettledWindow(this.#base, this.#beyond)
    next.settle(offsets)
    return { offset: next.#base, metadata: formatMetadata(configuration, next.#base, next.#beyond) }
  }

  settle(offsets: Iterable<number>): void {
    for (const offset of offsets) if (offset >= this.#base) this.#beyond.add(offset)
    while (this.#beyond.delete(this.#base)) this.#base++
  }
}
