import { describe, expect, it } from 'vitest'
import type { HeldBack } from '../../../../engine/log/port.ts'
import { completeEnd } from '../../../../engine/runtime/commit/complete-end.ts'
import { createMemoryLog } from '../../../support/simulated/memory-log.ts'

const logOf = async () => {
  const log = createMemoryLog()
  await log.driver.createTopics([{ topic: 'decisions', partitions: 1 }])
  log.append([{ topic: 'decisions', partition: 0, key: null, value: null, headers: {} }])
  return log
}

describe('the end of a topic of which every record must be known', () => {
  it('is its end, markers included', async () => {
    const log = await logOf()
    log.skip('decisions', 0)
    expect(await completeEnd(log.driver, 'decisions')).toBe(2)
  })

  it('is waited for while the transaction of another producer hides some, and it is said since when', async () => {
    const log = await logOf()
    const held: HeldBack = { topic: 'decisions', partition: 0, end: 1, behind: 3, since: Date.UTC(2026, 0, 2) }
    log.driver.heldBack = () => [held]
    await expect(completeEnd(log.driver, 'decisions')).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/decisions\/0 since 2026-01-02T00:00:00/)
    })
  })

  it('is asked for before it is asked what is held back: the answer belongs to that end', async () => {
    const log = await logOf()
    const asked: string[] = []
    const { ends, heldBack } = log.driver
    log.driver.ends = async topic => {
      asked.push('ends')
      return ends(topic)
    }
    log.driver.heldBack = topic => {
      asked.push('heldBack')
      return heldBack(topic)
    }
    await completeEnd(log.driver, 'decisions')
    expect(asked).toEqual(['ends', 'heldBack'])
  })
})
