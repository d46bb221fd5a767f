/**
 * The thread in which a process writes its log: a transaction waits for the disk, and the event loop must not.
 * Requests that have queued up meanwhile share one transaction, hence one wait.
 */
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { isLogError, type LogErrorCode } from '../errors.ts'
import { checkFiles, lmdbFiles } from './format/lmdb-files.ts'
import { openEnvironment } from './tables.ts'
import { carryOut, type WriteReply, type WriteRequest } from './writes.ts'

export interface Numbered<T> {
  readonly number: number
  readonly content: T
}

/** A transaction that failed: `code` is lmdb's or the system's error number. Nothing of it was written. */
export interface WriteFailure {
  readonly kind: 'failed'
  readonly code: number | undefined
  /** Where the log itself says what it is. */
  readonly logCode?: LogErrorCode
  readonly message: string
}

export type ThreadMessage = Numbered<WriteRequest> | 'close'

const { dir } = workerData as { dir: string }
checkFiles(lmdbFiles(dir))
const environment = openEnvironment(dir)
const tables = environment.tables()
const port = parentPort as MessagePort

/** Bounds the memory of one transaction: each request brings at most a few megabytes. */
const requestsPerTransaction = 64

function failureOf(error: unknown): WriteFailure {
  const { code, message } = error as { code?: unknown; message: string }
  const logCode = isLogError(error) ? { logCode: error.code } : {}
  return { kind: 'failed', code: typeof code === 'number' ? code : undefined, message, ...logCode }
}

function write(requests: readonly Numbered<WriteRequest>[]): void {
  let replies: readonly (WriteReply | WriteFailure)[]
  try {
    replies = tables.transact(() => requests.map(request => carryOut(tables, request.content)))
  } catch (error) {
    // One request too many must not take the others along: each gets a transaction of its own.
    if (requests.length > 1) {
      for (const request of requests) write([request])
      return
    }
    replies = [failureOf(error)]
  }
  for (const [index, { number }] of requests.entries()) port.postMessage({ number, content: replies[index] })
}

port.on('message', (first: ThreadMessage) => {
  const requests: Numbered<WriteRequest>[] = []
  let message: ThreadMessage | undefined = first
  while (message !== undefined && message !== 'close') {
    requests.push(message)
    message = requests.length < requestsPerTransaction ? receiveMessageOnPort(port)?.message : undefined
  }
  if (requests.length > 0) write(requests)
  if (message === 'close') void environment.close().then(() => port.close())
})
