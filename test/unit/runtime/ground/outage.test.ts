import { describe, expect, it } from 'vitest'
import { LogError } from '../../../../engine/log/errors.ts'
import type { LogDriver } from '../../../../engine/log/port.ts'
import { imbalances } from '../../../support/simulated/log-balance.ts'
import {
  contentAnswer,
  haltOf,
  pipeline,
  produceSources,
  startSmall,
  stopped,
  storeWith,
  texts,
  turns
} from '../../../support/simulated/small-run.ts'
import { smallTopology } from '../../../support/simulated/small-topology.ts'

/** A log that can be switched off: every question to it, takes and fetches included, then fails. */
function storeThatGoesAway() {
  const power = { isOn: true }
  const check = () => {
    if (!power.isOn) throw new LogError('unavailable', 'connect ECONNREFUSED')
  }
  const guarded =
    <A extends unknown[], R>(action: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      check()
      return action(...args)
    }
  const store = storeWith(
    (driver): Partial<LogDriver> => ({
      ends: guarded(driver.ends),
      starts: guarded(driver.starts),
      committed: guarded(driver.committed),
      async *read(...range) {
        check()
        yield* driver.read(...range)
      },
      join: async (...args) => {
        const membership = await driver.join(...args)
        const take = guarded(async (partition: number) => {
          const owner = await membership.take(partition)
          return { ...owner, next: guarded(owner.next.bind(owner)) }
        })
        return { ...membership, take }
      }
    })
  )
  return { store, power }
}

describe('a log that is away', () => {
  it('is waited for, and said to be away once', async () => {
    const { store, power } = storeThatGoesAway()
    const run = await startSmall({ store, answer: contentAnswer })
    const halt = haltOf(run)
    await produceSources(store, texts(10))
    await run.until(() => run.pipeline.drained())
    power.isOn = false
    await turns(run, 3_000)
    await produceSources(store, texts(20))
    await turns(run, 3_000)
    expect(halt.text).toBe('')
    power.isOn = true
    await run.until(() => run.pipeline.drained())
    expect(imbalances(store, smallTopology, pipeline)).toEqual([])
    expect(run.notices).toEqual(['the log cannot be reached, waiting: connect ECONNREFUSED', 'the log answers again'])
  })

  it('is waited for while partitions are taken', async () => {
    const { store, power } = storeThatGoesAway()
    const first = await startSmall({ store, answer: contentAnswer })
    await produceSources(store, texts(5))
    await first.until(() => first.pipeline.drained())
    await stopped(first)
    const second = await startSmall({ store, answer: contentAnswer })
    power.isOn = false
    const halt = haltOf(second)
    await turns(second, 2_000)
    expect(halt.text).toBe('')
    power.isOn = true
    await produceSources(store, texts(8))
    await second.until(() => second.pipeline.drained())
    expect(imbalances(store, smallTopology, pipeline)).toEqual([])
  })

  it('does not hold up a stop', async () => {
    const { store, power } = storeThatGoesAway()
    const run = await startSmall({ store, answer: contentAnswer })
    power.isOn = false
    await turns(run, 1_000)
    await stopped(run)
    expect(run.notices[0]).toContain('cannot be reached')
  })
})
