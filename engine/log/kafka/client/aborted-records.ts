/**
 * What a read_committed consumer may see of a fetched range.
 *
 * The broker sends the records of aborted transactions too, with a list of who aborted and from which offset; leaving them
 * out is the client's work (KIP-98, "Reading committed messages"). kafkajs' own filter lets some through: it assumes that
 * the list is in the order in which the transactions began, that at most one of them begins between two records, and that
 * a key of four zero bytes is the mark of an abort. Here the list is sorted, walked as far as it goes, and only control
 * records end a transaction.
 */

/** A record as kafkajs decodes it. Offsets and producer ids are decimal strings. */
export interface RawMessage {
  readonly offset: string
  readonly timestamp: string
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: Readonly<Record<string, Buffer | string | (Buffer | string)[] | undefined>>
  readonly isControlRecord: boolean
  readonly batchContext: {
    readonly firstOffset: string
    readonly lastOffsetDelta: number
    readonly producerId: string
    readonly inTransaction: boolean
  }
}

export interface AbortedTransaction {
  readonly producerId: string
  readonly firstOffset: string
}

/** The records of committed transactions, and those of none, without control records; in the order given. */
export function committedOnly(
  messages: readonly RawMessage[],
  aborted: readonly AbortedTransaction[]
): readonly RawMessage[] {
  const ahead = aborted
    .map(({ producerId, firstOffset }) => ({ producerId, first: Number(firstOffset) }))
    .sort((a, b) => a.first - b.first)
  const aborting = new Set<string>()
  let begun = 0
  return messages.filter(message => {
    const offset = Number(message.offset)
    for (; begun < ahead.length && ahead[begun]!.first <= offset; begun++) aborting.add(ahead[begun]!.producerId)
    const { producerId, inTransaction } = message.batchContext
    if (message.isControlRecord) {
      if (isAbortMarker(message.key)) aborting.delete(producerId)
      return false
    }
    return !(inTransaction && aborting.has(producerId))
  })
}

/** Key of a control record: version and type, two bytes each; type 0 is ABORT, 1 is COMMIT. */
const isAbortMarker = (key: Buffer | null): boolean => key !== null && key.length >= 4 && key.readInt16BE(2) === 0
