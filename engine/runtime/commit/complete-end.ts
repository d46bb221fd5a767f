import { LogError } from '../../log/errors.ts'
import type { LogDriver } from '../../log/port.ts'

/**
 * The end of a topic of one partition, of which every record must be known: decisions, configurations.
 * @throws LogError `unavailable` while an open transaction of another producer hides some: it is waited for.
 */
export async function completeEnd(driver: LogDriver, topic: string): Promise<number> {
  const [end] = await driver.ends(topic)
  const [held] = driver.heldBack(topic)
  if (!held) return end!
  throw new LogError(
    'unavailable',
    `another producer has a transaction open on ${topic}/0 since ${new Date(held.since).toISOString()}: what lies behind it cannot be read yet`
  )
}
