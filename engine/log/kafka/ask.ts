import { unavailable } from './kafka-errors.ts'

const tries = 5

/**
 * A question to a broker, put again a few times.
 * @param recover what to do before it is put again.
 * @throws LogError `unavailable`, or what lasts.
 */
export async function ask<T>(what: string, question: () => Promise<T>, recover?: () => Promise<void>): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await question()
    } catch (error) {
      const failure = unavailable(what, error)
      if (failure.code !== 'unavailable' || tried === tries) throw failure
      await recover?.().catch(() => {})
      await new Promise(resolve => setTimeout(resolve, 100 * tried))
    }
  }
}
