import type { Clock } from '../../engine/runtime/ground/clock.ts'

/** Time that passes only when told to. */
export interface ManualClock extends Clock {
  /** Lets that many milliseconds pass: wakes sleepers in the order of their ends. */
  advance(ms: number): Promise<void>
  readonly sleepers: number
}

export function manualClock(): ManualClock {
  let now = 0
  const sleeping = new Set<{ readonly endMs: number; wake(): void }>()
  const settle = () => new Promise<void>(resolve => setImmediate(resolve))
  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise(resolve => {
        if (signal?.aborted) return resolve()
        const sleeper = {
          endMs: now + ms,
          wake() {
            sleeping.delete(sleeper)
            resolve()
          }
        }
        sleeping.add(sleeper)
        signal?.addEventListener('abort', sleeper.wake, { once: true })
      }),
    async advance(ms) {
      const endMs = now + ms
      for (;;) {
        const next = [...sleeping].filter(sleeper => sleeper.endMs <= endMs).sort((a, b) => a.endMs - b.endMs)[0]
        if (!next) break
        now = next.endMs
        next.wake()
        await settle()
      }
      now = endMs
    },
    get sleepers() {
      return sleeping.size
    }
  }
}
