import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { LogError } from '../errors.ts'
import { explained } from './system-errors.ts'
import type { Numbered, WriteFailure } from './writer-thread.ts'
import type { WriteReply, WriteRequest } from './writes.ts'

/** The writer thread as the rest of the process sees it. */
export interface WriteQueue {
  /**
   * Settles when the request is durable, or refused.
   * @throws LogError `log-full` when nothing was written for want of room, `log-closed` when it was never sent;
   *   another Error when the thread died or the disk failed: the request may then have been carried out.
   */
  request(request: WriteRequest): Promise<WriteReply>
  /** Waits for what was requested. */
  close(): Promise<void>
}

interface Waiting {
  readonly resolve: (reply: WriteReply) => void
  readonly reject: (error: Error) => void
}

export function openWriteQueue(dir: string): WriteQueue {
  const waiting = new Map<number, Waiting>()
  const thread = new Worker(new URL(`./writer-thread${extname(import.meta.url)}`, import.meta.url), {
    workerData: { dir }
  })
  const exited = new Promise<void>(resolve => thread.once('exit', () => resolve()))
  let last = 0
  let closed: Error | undefined

  // An idle thread keeps no process alive.
  thread.unref()
  const settle = (number: number): Waiting | undefined => {
    const found = waiting.get(number)
    waiting.delete(number)
    if (waiting.size === 0) thread.unref()
    return found
  }
  const die = (cause: Error) => {
    closed ??= cause
    for (const number of [...waiting.keys()]) settle(number)?.reject(cause)
  }
  thread.on('message', ({ number, content }: Numbered<WriteReply | WriteFailure>) => {
    if (content.kind === 'failed') settle(number)?.reject(errorOf(content, dir))
    else settle(number)?.resolve(content)
  })
  thread.on('error', error => die(new Error(`the log's writer thread died: ${error.message}`, { cause: error })))
  thread.on('exit', () => die(new Error("the log's writer thread ended")))

  return {
    request(request) {
      if (closed) return Promise.reject(closed)
      return new Promise((resolve, reject) => {
        const number = ++last
        waiting.set(number, { resolve, reject })
        thread.ref()
        const moved = request.kind === 'commit' ? [request.frames.buffer as ArrayBuffer] : []
        thread.postMessage({ number, content: request }, moved)
      })
    },
    async close() {
      closed ??= new LogError('log-closed', `the log in ${dir} was closed`)
      thread.ref()
      thread.postMessage('close')
      await exited
    }
  }
}

function errorOf(failure: WriteFailure, dir: string): Error {
  if (failure.logCode) return new LogError(failure.logCode, failure.message)
  return explained(failure, dir) ?? new Error(`lmdb: ${failure.message}`)
}
