import { existsSync } from 'node:fs'
import { extname } from 'node:path'
import { Piscina } from 'piscina'
import type { OffloadAsk } from '../../declare/index.ts'
import { InferenceError } from '../errors.ts'
import { type CpuLimit, withCpuLimit } from './cpu-limit.ts'

/** Worker threads for risky work, one pool a module: a thread that runs too long or takes too much memory is killed. */
export interface Offload {
  /**
   * @throws InferenceError `record-terminal` when the thread died of this input twice, or the module threw;
   *   `shutdown` when it was withdrawn.
   */
  run(ask: OffloadAsk, input: unknown, signal: AbortSignal): Promise<unknown>
  close(): Promise<void>
}

/** What a thread reports: a value, or the error that the module threw. */
export type Ran = { readonly value: unknown } | { readonly error: string }

// As this file is: of a checkout, or built.
const thread = new URL(`./offload-thread${extname(import.meta.url)}`, import.meta.url).href

/** A stage names its module as its author wrote it, `.ts`; in a built package there is only the `.js` of it. */
const builtOf = ({ href }: URL): string => (existsSync(new URL(href)) ? href : href.replace(/\.ts$/, '.js'))

/** Part of its CPU time that an input gets among the others. */
const firstShare = 0.2

/**
 * @param threads for ordinary work. One more is for second tries: an input that killed its thread, or used up its
 *   first share of CPU time, is tried once more there (it may have died of another's doing), where it holds up nobody but its like.
 */
export function createOffload(threads: number): Offload {
  const common = createLane(threads)
  const apart = createLane(1)
  return {
    async run(ask, input, signal) {
      const attempts = [
        { lane: common, cpuMs: ask.cpuMs * firstShare },
        { lane: apart, cpuMs: ask.cpuMs * (1 - firstShare) }
      ]
      let why = ''
      for (const { lane, cpuMs } of attempts) {
        const limit = withCpuLimit(cpuMs, signal)
        try {
          const ran = await lane.run(ask, input, limit)
          if ('value' in ran) return ran.value
          throw new InferenceError('record-terminal', `failed in its thread: ${ran.error}`)
        } catch (error) {
          if (signal.aborted) throw new InferenceError('shutdown', 'withdrawn', { cause: error })
          if (error instanceof InferenceError) throw error
          why = limit.exceeded() ?? (error as Error).message
        }
      }
      throw new InferenceError('record-terminal', `its thread was killed twice: ${why}`)
    },
    close: async () => {
      await Promise.all([common.close(), apart.close()])
    }
  }
}

interface Lane {
  run(ask: OffloadAsk, input: unknown, limit: CpuLimit): Promise<Ran>
  close(): Promise<void>
}

function createLane(threads: number): Lane {
  const pools = new Map<string, Piscina>()
  const poolOf = (ask: OffloadAsk): Piscina => {
    const known = pools.get(ask.module.href)
    if (known) return known
    const pool = new Piscina({
      filename: thread,
      minThreads: 0,
      maxThreads: threads,
      idleTimeout: 5_000,
      workerData: { module: builtOf(ask.module) },
      resourceLimits: { maxOldGenerationSizeMb: ask.memoryMiB }
    })
    // A thread that dies is reported by its run; the pool's own event would end the process.
    pool.on('error', () => {})
    pools.set(ask.module.href, pool)
    return pool
  }
  // Inputs wait here and not in the pool: it makes no new thread for what it has queued when one is killed.
  let free = threads
  const waiting: (() => void)[] = []
  return {
    async run(ask, input, limit) {
      if (free > 0) free -= 1
      else await new Promise<void>(resolve => waiting.push(resolve))
      try {
        const pool = poolOf(ask)
        return await limit.watch(pool, watch => pool.run({ input, watch }, { signal: limit.signal }))
      } finally {
        const next = waiting.shift()
        if (next) next()
        else free += 1
      }
    },
    close: async () => {
      await Promise.all([...pools.values()].map(pool => pool.destroy()))
    }
  }
}
