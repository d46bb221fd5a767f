import { unavailable } from './kafka-errors.ts'

const tries = 5
/** kafkajs tries for some seconds by itself: whoever waits for an answer shall hear soon that there is none. */
const patienceMs = 3_000

/**
 * A question to a broker, put again a few times.
 * @param recover what to do before it is put again.
 * @throws LogError `unavailable`, or what lasts.
 */
export async function ask<T>(what: string, question: () => Promise<T>, recover?: () => Promise<void>): Promise<T> {
  const until = performance.now() + patienceMs
  for (let tried = 1; ; tried++) {
    try {
      return await question()
    } catch (error) {
      const failure = unavailable(what, error)
      if (failure.code !== 'unavailable' || tried === tries || performance.now() > until) throw failure
      await recover?.().catch(() => {})
      await new Promise(resolve => setTimeout(resolve, 100 * tried))
    }
  }
}
