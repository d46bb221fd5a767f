import type { Commit } from '../../log/port.ts'
import { ForeignPosition } from '../ground/foreign-position.ts'

/**
 * What is kept with a group's offset: `1 <configuration hash> <bitmap>`. The bitmap, in base64 without padding, has one
 * bit for each offset from the committed one on: 1 = settled. Trailing zero bytes are left out.
 *
 * The log keeps 3,072 bytes of metadata: 16,384 offsets are 2,731 characters, so that it can never overflow.
 */
export const windowOffsets = 16_384

export interface CommitMetadata {
  readonly configuration: string
  readonly settled: SettledBits
}

/** Offsets settled beyond the committed one. */
export interface SettledBits {
  has(offset: number): boolean
  offsets(): number[]
}

export function formatMetadata(configuration: string, base: number, settled: Iterable<number>): string {
  const bytes = new Uint8Array(windowOffsets / 8)
  let used = 0
  for (const offset of settled) {
    const bit = offset - base
    if (bit < 0 || bit >= windowOffsets) throw new RangeError(`offset ${offset} lies outside the window from ${base}`)
    bytes[bit >> 3]! |= 1 << (bit & 7)
    used = Math.max(used, (bit >> 3) + 1)
  }
  const bitmap = Buffer.from(bytes.buffer, 0, used)
    .toString('base64')
    .replace(/={1,2}$/, '')
  return `1 ${configuration} ${bitmap}`
}

/**
 * @param base the committed offset that the metadata belongs to.
 * @throws ForeignPosition when the metadata is not of this format: another program commits for this group.
 */
export function parseMetadata(text: string, base: number): CommitMetadata {
  const match = /^1 (\S+) ([A-Za-z0-9+/]*)$/.exec(text)
  if (!match) throw new ForeignPosition(`commit metadata of an unknown format: "${text.slice(0, 60)}"`)
  const bytes = Buffer.from(match[2]!, 'base64')
  const has = (offset: number): boolean => {
    const bit = offset - base
    return bit >= 0 && bit >> 3 < bytes.length && (bytes[bit >> 3]! & (1 << (bit & 7))) !== 0
  }
  const offsets = (): number[] => {
    const found: number[] = []
    for (let bit = 0; bit < bytes.length * 8; bit++) if (has(base + bit)) found.push(base + bit)
    return found
  }
  return { configuration: match[1]!, settled: { has, offsets } }
}

/** As far as it can be read: of a position that another program wrote, nothing beyond it is known to be settled. */
export function settledBeyond({ metadata, offset }: Commit): SettledBits {
  try {
    return parseMetadata(metadata, offset).settled
  } catch (error) {
    if (error instanceof ForeignPosition) return { has: () => false, offsets: () => [] }
    throw error
  }
}
