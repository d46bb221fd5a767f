import type { Clock } from '../../../engine/runtime/ground/clock.ts'

/** How long a request takes: prompts are read one after another by the whole server, completions written in parallel. */
export interface Pace {
  /** Waits until that many prompt tokens have been read, or the signal is aborted. */
  prefill(tokens: number, signal: AbortSignal): Promise<void>
  /** Waits while that many completion tokens are written. */
  decode(tokens: number, signal: AbortSignal): Promise<void>
}

/** @throws Error when a rate is not above 0. */
export function createPace(
  rates: { readonly prefillTokensPerSecond: number; readonly decodeTokensPerSecond: number },
  clock: Clock
): Pace {
  for (const [name, rate] of Object.entries(rates)) {
    if (!(rate > 0))
      throw new Error(`The rehearsal model's ${name} must be above 0; it is ${rate}. Leave it out for no delay.`)
  }
  let freeAtMs = 0
  return {
    async prefill(tokens, signal) {
      const costMs = (tokens / rates.prefillTokensPerSecond) * 1_000
      if (costMs === 0) return
      const nowMs = clock.now()
      const endMs = Math.max(freeAtMs, nowMs) + costMs
      freeAtMs = endMs
      await clock.sleep(endMs - nowMs, signal)
      // Whoever left gives the time back that was not used; those already in line keep their turn.
      if (signal.aborted) freeAtMs -= Math.max(0, Math.min(costMs, endMs - clock.now()))
    },
    async decode(tokens, signal) {
      const costMs = (tokens / rates.decodeTokensPerSecond) * 1_000
      if (costMs > 0) await clock.sleep(costMs, signal)
    }
  }
}
