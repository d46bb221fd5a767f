import { closeSync, openSync, writeSync } from 'node:fs'
import type { IncomingHttpHeaders } from 'node:http'

/** One call that the server answered, as its headers named it. Headers that were not sent are empty (ask: 0). */
export interface Call {
  readonly stage: string
  readonly record: string
  readonly prompt: string
  readonly ask: number
  readonly status: number
  readonly promptTokens: number
  readonly completionTokens: number
  readonly model: string
  /** When the answer was sent, in milliseconds since the Unix epoch: to be held against the timestamps of a log. */
  readonly at: number
  /** The fault that shaped the answer; absent for an honest one. */
  readonly fault?: string
}

/** Who asks, from the `x-fanno-*` headers. */
export interface Caller {
  readonly stage: string
  readonly record: string
  readonly prompt: string
  readonly ask: number
}

export function callerOf(headers: IncomingHttpHeaders): Caller {
  return {
    stage: one(headers['x-fanno-stage']),
    record: one(headers['x-fanno-record']),
    prompt: one(headers['x-fanno-prompt']),
    ask: Number(one(headers['x-fanno-ask'])) || 0
  }
}

const one = (header: string | string[] | undefined): string => (Array.isArray(header) ? header.join() : (header ?? ''))

/** The answered calls, for counting tokens and repeats from outside the pipeline. */
export interface CallLog {
  /** Written through before it returns, so that a reply that was sent is always in the file. */
  add(call: Call): void
  all(): readonly Call[]
  readonly added: number
  readonly forgotten: number
  close(): void
}

/** @throws the file system's error when the file cannot be opened or written. */
export function createCallLog(file: string | undefined, keep: number): CallLog {
  const descriptor = file === undefined ? undefined : openSync(file, 'a')
  let kept: Call[] = []
  let added = 0
  let open = true
  return {
    add(call) {
      if (descriptor !== undefined && open) writeSync(descriptor, `${JSON.stringify(call)}\n`)
      added += 1
      kept.push(call)
      // Cut in bulk, or each call would move all the others.
      if (kept.length > 2 * keep) kept = kept.slice(kept.length - keep)
    },
    all: () => kept.slice(Math.max(0, kept.length - keep)),
    get added() {
      return added
    },
    get forgotten() {
      return added - Math.min(kept.length, keep)
    },
    close() {
      if (descriptor !== undefined && open) closeSync(descriptor)
      open = false
    }
  }
}
