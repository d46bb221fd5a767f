import { Piscina } from 'piscina'
import type { OffloadAsk } from '../declare/index.ts'
import { InferenceError } from './errors.ts'

/** Worker threads for risky work, one pool a module: a thread that runs too long or takes too much memory is killed. */
export interface Offload {
  /**
   * @throws InferenceError `record-terminal` when the thread died of this input twice, or the module threw;
   *   `shutdown` when it was withdrawn.
   */
  run(ask: OffloadAsk, input: unknown, signal: AbortSignal): Promise<unknown>
  close(): Promise<void>
}

const thread = new URL('./offload-thread.ts', import.meta.url).href

export function createOffload(threads: number): Offload {
  const pools = new Map<string, Piscina>()
  const poolOf = (ask: OffloadAsk): Piscina => {
    const known = pools.get(ask.module.href)
    if (known) return known
    const pool = new Piscina({
      filename: thread,
      minThreads: 0,
      maxThreads: threads,
      idleTimeout: 5_000,
      workerData: { module: ask.module.href },
      resourceLimits: { maxOldGenerationSizeMb: ask.memoryMiB }
    })
    // A thread that dies is reported by its run; the pool's own event would end the process.
    pool.on('error', () => {})
    pools.set(ask.module.href, pool)
    return pool
  }
  return {
    async run(ask, input, signal) {
      // One more try: a thread may die of what ran in it before.
      for (let attempt = 1; ; attempt++) {
        const deadline = AbortSignal.timeout(ask.deadlineMs)
        try {
          const ran = (await poolOf(ask).run(input, { signal: AbortSignal.any([signal, deadline]) })) as Ran
          if ('value' in ran) return ran.value
          throw new InferenceError('record-terminal', `failed in its thread: ${ran.error}`)
        } catch (error) {
          if (signal.aborted) throw new InferenceError('shutdown', 'withdrawn', { cause: error })
          if (error instanceof InferenceError) throw error
          if (attempt < 2) continue
          const why = deadline.aborted ? `ran longer than ${ask.deadlineMs} ms` : (error as Error).message
          throw new InferenceError('record-terminal', `its thread was killed twice: ${why}`, { cause: error })
        }
      }
    },
    close: async () => {
      await Promise.all([...pools.values()].map(pool => pool.destroy()))
    }
  }
}

/** What a thread reports: a value, or the error that the module threw. */
export type Ran = { readonly value: unknown } | { readonly error: string }
