import { describe, expect, it } from 'vitest'
import { LogError } from '../../../../engine/log/errors.ts'
import type { DeadLetter } from '../../../../engine/schemas/types.ts'
import {
  contentAnswer,
  gate,
  haltOf,
  pipeline,
  produceSources,
  progressOf,
  startSmall,
  stopped,
  storeWith,
  texts,
  turns
} from '../../../support/simulated/small-run.ts'

const topic = `${pipeline}.sources.v1`
const foreign = (partition: number, value: Buffer) => ({
  topic,
  partition,
  key: Buffer.from('k'),
  value,
  headers: {}
})

describe('intake', () => {
  it('goes on when the last offset of a full window is a hole', async () => {
    const { passed, open } = gate()
    const run = await startSmall({
      answer: async context => {
        if (context.stage === 'screen-source') await passed
        return contentAnswer(context)
      }
    })
    const { store } = run
    const halt = haltOf(run)
    const garbage = Buffer.from('x')
    await produceSources(store, ['a'])
    const partition = store.end(topic, 0) === 1 ? 0 : 1
    while (store.end(topic, partition) < 16_382) store.append([foreign(partition, garbage)])
    store.holes = 1
    store.append([foreign(partition, garbage)])
    store.holes = 0
    expect(store.end(topic, partition)).toBe(16_384)
    store.append([foreign(partition, garbage)])
    await run.until(async () => halt.text !== '' || (await progressOf(run, 'screen-source')).deadLettered === 16_382)
    await turns(run, 200)
    expect(halt.text).toBe('')
    open()
    await run.until(() => run.pipeline.drained())
    expect((await run.values<DeadLetter>('dead-letters', 'dead-letter')).length).toBe(16_383)
  })

  it('waits for a registry that fails with a TypeError, as fetch does when it cannot connect', async () => {
    let down = true
    const store = storeWith(driver => ({
      registry: {
        ...driver.registry,
        schemaOf: async id => {
          if (down) throw new TypeError('fetch failed')
          return driver.registry.schemaOf(id)
        }
      }
    }))
    const run = await startSmall({ store, answer: contentAnswer })
    store.append([foreign(0, Buffer.from([0, 0, 0, 0, 99, 1]))])
    await turns(run, 300)
    expect(await run.values('dead-letters', 'dead-letter')).toEqual([])
    down = false
    await run.until(() => run.pipeline.drained())
    expect((await run.values<DeadLetter>('dead-letters', 'dead-letter')).map(({ code }) => code)).toEqual([
      'unknown-schema'
    ])
  })

  it('halts when a position lies beyond the end of its input, which then is not what it was', async () => {
    const first = await startSmall({ answer: contentAnswer })
    await first.until(() => first.store.commits.size === 7)
    await stopped(first)
    const place = `${pipeline}.screen-source/${topic}/0`
    first.store.commits.set(place, { ...first.store.commits.get(place)!, offset: 99 })
    const next = await startSmall({ store: first.store, answer: contentAnswer })
    const halt = haltOf(next)
    await next.until(() => halt.text !== '')
    expect(halt.text).toMatch(/^input-gone: .*99/)
  })

  it('halts when retention has deleted what was not read', async () => {
    const store = storeWith(driver => ({
      join: async (...args) => {
        const membership = await driver.join(...args)
        const next = async () => {
          throw new LogError('offset-gone', 'offsets 0 to 2 are gone')
        }
        return { ...membership, take: async partition => ({ ...(await membership.take(partition)), next }) }
      }
    }))
    const run = await startSmall({ store, answer: contentAnswer })
    const halt = haltOf(run)
    await run.until(() => halt.text !== '')
    expect(halt.text).toBe('input-gone: offsets 0 to 2 are gone')
  })

  it('pauses while the stage behind lags by more than the limit, and goes on when it has caught up', async () => {
    const { passed, open } = gate()
    const run = await startSmall({
      limits: { backlogRecords: 5, windowRecords: 4, commitRecords: 1 },
      answer: async context => {
        if (context.stage === 'admit-middle') await passed
        return contentAnswer(context)
      }
    })
    await produceSources(run.store, texts(400))
    await run.until(async () => (await progressOf(run, 'screen-source')).paused)
    await turns(run, 2_000)
    const { emitted } = await progressOf(run, 'screen-source')
    await turns(run, 2_000)
    expect((await progressOf(run, 'screen-source')).emitted).toBe(emitted)
    expect(emitted).toBeLessThan(400)
    open()
    await run.until(() => run.pipeline.drained())
    expect((await progressOf(run, 'screen-source')).emitted).toBe(400)
  })
})
