import { isLogError, LogError } from '../errors.ts'
import { type Commit, type CommitResult, type OutputRecord, recordBytes } from '../port.ts'
import type { Appends } from './appends.ts'
import { frame } from './format/framing.ts'
import { frameAt, sealBytes } from './format/sealed-record.ts'
import { placeOf } from './reading.ts'
import type { EpochKey, Tables } from './tables.ts'
import type { WriteQueue } from './write-queue.ts'
import type { CommitRequest } from './writes.ts'

/** What the parts of one open log share. */
export interface OpenLog {
  readonly dir: string
  readonly tables: Tables
  readonly writes: WriteQueue
  readonly appends: Appends
  /** @throws LogError `log-closed` */
  checkOpen(): void
}

/** Kafka's default limit of a batch (1 MiB), less room for a batch's own framing. */
export const maxRecordBytes = 1_048_576 - 4_096

/** As Kafka limits it by default (`offset.metadata.max.bytes`). */
const maxMetadataBytes = 4_096

/** One transaction on behalf of an owner, who is fenced when another epoch than its own is current. */
export async function commitFor(
  log: OpenLog,
  owner: EpochKey,
  epoch: number,
  outputs: readonly OutputRecord[],
  position: Commit | undefined
): Promise<CommitResult> {
  let request: CommitRequest
  try {
    log.checkOpen()
    if (position) checkPosition(position)
    request = { kind: 'commit', owner, epoch, position, ...pack(log.tables, outputs) }
  } catch (cause) {
    if (isLogError(cause)) return { status: 'aborted', cause }
    throw cause
  }
  try {
    const reply = await log.writes.request(request)
    if (reply.kind === 'fenced') return { status: 'fenced' }
    log.appends.announce(outputs.map(output => output.topic))
    return { status: 'committed' }
  } catch (error) {
    const cause = error as Error
    // A full log or a closed one has written nothing. After any other failure only the log itself can tell.
    return { status: isLogError(cause) ? 'aborted' : 'unknown', cause }
  }
}

function checkPosition({ offset, metadata }: Commit): void {
  if (!Number.isSafeInteger(offset) || offset < 0) throw new TypeError(`${offset} is not an offset`)
  const bytes = Buffer.byteLength(metadata)
  if (bytes <= maxMetadataBytes) return
  const message = `the metadata of a commit has ${bytes} bytes, ${maxMetadataBytes} are allowed`
  throw new LogError('record-too-large', message)
}

function pack(
  tables: Tables,
  outputs: readonly OutputRecord[]
): Pick<CommitRequest, 'places' | 'frames' | 'frameEnds'> {
  const now = Date.now()
  tables.refresh()
  const places = outputs.map(output => {
    const bytes = recordBytes(output)
    if (bytes > maxRecordBytes) {
      const message = `a record for ${output.topic} has ${bytes} bytes, the log takes ${maxRecordBytes}`
      throw new LogError('record-too-large', message)
    }
    const { topicId, partition } = placeOf(tables, output.topic, output.partition)
    return [topicId, partition] as const
  })
  const parts = outputs.map(output => frame(output, now))
  // Memory of its own, not a slice of a pool: it moves to the writer thread.
  const frames = new Uint8Array(parts.reduce((bytes, part) => bytes + part.length + sealBytes, 0))
  let end = 0
  const frameEnds = parts.map(part => {
    frames.set(part, end + frameAt)
    // Whoever gives it an offset seals it.
    end += part.length + sealBytes
    return end
  })
  return { places, frames, frameEnds }
}
