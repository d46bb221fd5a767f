import { LogError } from '../../errors.ts'
import type { Commit, Fetched, FetchLimits, LogRecord, OutputRecord, PartitionOwner } from '../../port.ts'
import type { Transactions } from '../committing.ts'
import type { Fetcher } from '../fetcher.ts'
import { noted } from './holder.ts'

export interface OwnerParts {
  readonly group: string
  readonly topic: string
  readonly partition: number
  /** Of a producer whose transactional id belongs to this partition of this group alone. */
  readonly transactions: Transactions
  readonly commitAtTake: Commit | undefined
  readonly fetcher: Fetcher
  /** This member's id in the group, noted with each commit. */
  readonly memberId: () => string
  /** Another waits for it, and this member lives on. */
  readonly isMoving: () => boolean
}

const maxFetchBytes = 1024 * 1024
const nothing: Fetched & { readonly from: number } = { from: -1, records: [] as readonly LogRecord[], nextOffset: -1 }

export function ownerOf(parts: OwnerParts): PartitionOwner {
  const { group, topic, partition, transactions, commitAtTake, fetcher, memberId, isMoving } = parts
  /** The position as last committed. */
  let last = commitAtTake
  const commitNoted = async (outputs: readonly OutputRecord[], commit: Commit, holder: string) => {
    const result = await transactions.commit(outputs, { group, topic, partition, commit: noted(commit, holder) })
    if (result.status === 'committed') last = commit
    return result
  }
  /** Fetched, and not yet asked for. */
  let ahead = nothing
  const checkOwned = () => {
    if (!transactions.ended.aborted) return
    ahead = nothing
    throw new LogError('partition-lost', `${topic}/${partition} is no longer owned here`)
  }
  return {
    topic,
    partition,
    commitAtTake,
    async next(from, limits, signal) {
      checkOwned()
      if (signal.aborted) return { records: [], nextOffset: from }
      if (ahead.from !== from) {
        const maxBytes = Math.min(limits.maxBytes, maxFetchBytes)
        const signals = [signal, transactions.ended]
        ahead = { from, ...(await fetcher.fetch({ topic, partition, from, maxBytes, waitMs: limits.waitMs, signals })) }
        checkOwned()
      }
      const { given, rest } = share(ahead, limits)
      ahead = rest
      return given
    },
    commit: (outputs, commit) => commitNoted(outputs, commit, memberId()),
    async release() {
      // Whatever becomes of it: whoever waits does not wait for ever.
      if (isMoving() && last && !transactions.ended.aborted) await commitNoted([], last, '').catch(() => {})
      await transactions.close()
    }
  }
}

/** What the limits allow now, at least one record where there is one; and what is left for the next time. */
function share(fetched: Fetched, { maxRecords, maxBytes }: FetchLimits) {
  let bytes = 0
  let count = 0
  for (const { key, value } of fetched.records) {
    bytes += (key?.length ?? 0) + (value?.length ?? 0)
    if (count > 0 && (count === maxRecords || bytes > maxBytes)) break
    count++
  }
  const left = fetched.records.slice(count)
  const nextOffset = left[0]?.offset ?? fetched.nextOffset
  return {
    given: { records: fetched.records.slice(0, count), nextOffset },
    rest: left.length === 0 ? nothing : { from: nextOffset, records: left, nextOffset: fetched.nextOffset }
  }
}
