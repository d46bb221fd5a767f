import type { Commit } from '../../port.ts'

/**
 * Who holds a partition, noted behind the metadata of each commit: the id of the member, nothing once it has let go. Whoever
 * is assigned a partition that a living member still holds waits until that has settled what it had asked: a
 * rebalance tells a member what it gets, and nobody what another is not done with.
 */
export interface HeldCommit {
  readonly commit: Commit
  /** Id of a member of the group; empty where nobody holds it. */
  readonly holder: string
}

/** No metadata of the runtime has one. */
const separator = '\n'

export const noted = ({ offset, metadata }: Commit, holder: string): Commit => ({
  offset,
  metadata: holder === '' ? metadata : `${metadata}${separator}${holder}`
})

export function readNoted({ offset, metadata }: Commit): HeldCommit {
  const at = metadata.lastIndexOf(separator)
  if (at < 0) return { commit: { offset, metadata }, holder: '' }
  return { commit: { offset, metadata: metadata.slice(0, at) }, holder: metadata.slice(at + 1) }
}
