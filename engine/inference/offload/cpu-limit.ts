import type { Worker } from 'node:worker_threads'

/** Where a thread says that it has begun: its thread id, 0 before. */
export type Watch = Int32Array

/** How often a running thread is looked at, in milliseconds. */
const lookMs = 50
/** A thread that stands still takes no CPU time: longest time from its beginning, in milliseconds. */
const longestMs = 120_000

export interface CpuLimit {
  /** Aborts when the limit is passed, or the input is withdrawn. */
  readonly signal: AbortSignal
  /** What was passed; undefined when nothing was. */
  exceeded(): string | undefined
  /** Looks at the thread of the pool that runs the input, until it ends. */
  watch<Value>(pool: { readonly threads: Worker[] }, run: (watch: Watch) => Promise<Value>): Promise<Value>
}

/**
 * Bounds the CPU time of one input in a worker thread. CPU time and not time: neither a queue before the threads nor a
 * busy machine may make a sound input look like one that never ends.
 */
export function withCpuLimit(cpuMs: number, withdrawn: AbortSignal): CpuLimit {
  const kill = new AbortController()
  let exceeded: string | undefined
  const exceed = (why: string) => {
    exceeded = why
    kill.abort()
  }
  return {
    signal: AbortSignal.any([withdrawn, kill.signal]),
    exceeded: () => exceeded,

    async watch(pool, run) {
      const watch: Watch = new Int32Array(new SharedArrayBuffer(4))
      let begun: { readonly at: number; readonly cpuMs: number } | undefined
      const look = async () => {
        const threadId = Atomics.load(watch, 0)
        const worker = pool.threads.find(thread => thread.threadId === threadId)
        if (threadId === 0 || !worker) return
        const used = await cpuTimeOf(worker)
        if (used === undefined) return
        begun ??= { at: performance.now(), cpuMs: used }
        if (used - begun.cpuMs > cpuMs) exceed(`it took more than ${cpuMs} ms of CPU time`)
        else if (performance.now() - begun.at > longestMs) exceed(`it did not end within ${longestMs} ms`)
      }
      const timer = setInterval(look, lookMs)
      try {
        return await run(watch)
      } finally {
        clearInterval(timer)
      }
    }
  }
}

/** In milliseconds; undefined when the thread has ended. */
async function cpuTimeOf(worker: Worker): Promise<number | undefined> {
  try {
    const { user, system } = await worker.cpuUsage()
    return (user + system) / 1_000
  } catch {
    return undefined
  }
}
