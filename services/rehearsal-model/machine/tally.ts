import type { RehearsalStats } from '../options.ts'

/** Counts of a running server; `RehearsalStats` is this and what the slots and the call log know. */
export type Tally = {
  -readonly [K in Exclude<keyof RehearsalStats, 'running' | 'waiting' | 'mostRunning' | 'forgottenCalls'>]: number
}

export const newTally = (): Tally => ({
  requests: 0,
  answered: 0,
  faults: 0,
  cancelled: 0,
  promptTokens: 0,
  cachedTokens: 0,
  completionTokens: 0,
  promptsWithControlTokens: 0
})
