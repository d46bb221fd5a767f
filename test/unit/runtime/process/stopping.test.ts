import { describe, expect, it } from 'vitest'
import type { LogDriver } from '../../../../engine/log/port.ts'
import { SimulatedStore } from '../../../support/simulated/simulated-log.ts'
import { SimulatedWorld } from '../../../support/simulated/simulated-world.ts'
import {
  contentAnswer,
  gate,
  haltOf,
  pipeline,
  produceSources,
  progressOf,
  type SmallRun,
  startSmall,
  stopped,
  storeWith,
  texts
} from '../../../support/simulated/small-run.ts'
import { smallTopology } from '../../../support/simulated/small-topology.ts'

const topic = `${pipeline}.sources.v1`
/** A frame whose schema must be asked for. */
const foreign = (partition: number) => ({
  topic,
  partition,
  key: Buffer.from('k'),
  value: Buffer.from([0, 0, 0, 0, 99, 1]),
  headers: {}
})
const partitions = 7
const everyPartitionTaken = (run: SmallRun) => run.until(() => run.store.commits.size === partitions)
const everyCommitAborted = { aborted: 1, unknownAborted: 0, unknownCommitted: 0 }
const noFaults = { aborted: 0, unknownAborted: 0, unknownCommitted: 0 }

const screeningWaitsFor = (passed: Promise<void>) => async (context: Parameters<typeof contentAnswer>[0]) => {
  if (context.stage === 'screen-source') await passed
  return contentAnswer(context)
}
const unreachable = async (): Promise<never> => {
  throw new Error('connect ECONNREFUSED')
}
const waitsForRegistry = (run: SmallRun) =>
  run.until(() => run.notices.some(notice => notice.includes('waits for the schema registry')))

describe('a stop', () => {
  it('settles the last answer that comes in, though nothing else waits for its commit', async () => {
    const { passed, open } = gate()
    const run = await startSmall({ answer: screeningWaitsFor(passed) })
    await produceSources(run.store, texts(1))
    await run.until(async () => (await progressOf(run, 'screen-source')).inFlight === 1)
    const stop = stopped(run)
    open()
    await stop
    expect((await run.values('middles', 'vetted-draft')).length).toBe(1)
  })

  it('ends after its grace though a call does not heed its withdrawal', async () => {
    const run = await startSmall({ answer: () => new Promise(() => {}) })
    await produceSources(run.store, texts(2))
    await run.until(async () => (await progressOf(run, 'screen-source')).inFlight === 2)
    await stopped(run)
    expect(await run.values('middles', 'vetted-draft')).toEqual([])
  })

  it('ends after its grace though the log takes no commit', async () => {
    const run = await startSmall({ answer: contentAnswer })
    await everyPartitionTaken(run)
    run.store.faults = everyCommitAborted
    await produceSources(run.store, texts(2))
    await run.until(() => run.notices.length > 3)
    await stopped(run)
    expect(await run.values('middles', 'vetted-draft')).toEqual([])
  })

  it('ends though the log takes no commit while a partition is taken over', async () => {
    const store = new SimulatedStore(new SimulatedWorld('small'), everyCommitAborted)
    const run = await startSmall({ store, answer: contentAnswer })
    await run.until(() => run.notices.length > 3)
    await stopped(run)
    expect(store.commits.size).toBe(0)
  })

  it('needs no halt while the registry does not answer', async () => {
    const store = storeWith(driver => ({ registry: { ...driver.registry, schemaOf: unreachable } }))
    const { passed, open } = gate()
    const run = await startSmall({ store, answer: screeningWaitsFor(passed) })
    const halt = haltOf(run)
    await produceSources(store, ['a'])
    await run.until(async () => (await progressOf(run, 'screen-source')).inFlight === 1)
    store.append([foreign(store.end(topic, 0) === 1 ? 0 : 1)])
    await waitsForRegistry(run)
    await stopped(run)
    open()
    expect(halt.text).toBe('')
  })

  it('needs no halt while the registry does not answer and the index of repeats is rebuilt', async () => {
    let down = false
    const schemaOf = (driver: LogDriver) => (id: number) => (down ? unreachable() : driver.registry.schemaOf(id))
    const store = storeWith(driver => ({ registry: { ...driver.registry, schemaOf: schemaOf(driver) } }))
    const run = await startSmall({ store, answer: contentAnswer })
    store.append([foreign(0)])
    await run.until(() => run.pipeline.drained())
    await stopped(run)
    down = true
    const next = await startSmall({ store, answer: contentAnswer })
    const halt = haltOf(next)
    await waitsForRegistry(next)
    await stopped(next)
    expect(halt.text).toBe('')
  })
})

describe('a partition', () => {
  it('is released at a stop, and when its take-over fails', async () => {
    const held = { taken: 0, released: 0 }
    const store = storeWith(driver => ({
      join: async (...args) => {
        const membership = await driver.join(...args)
        const take = async (partition: number) => {
          const owner = await membership.take(partition)
          held.taken++
          const release = () => {
            held.released++
            return owner.release()
          }
          return { ...owner, release }
        }
        return { ...membership, take }
      }
    }))
    const first = await startSmall({ endlessMs: 20_000, store, answer: contentAnswer })
    await everyPartitionTaken(first)
    await stopped(first)
    expect(held).toEqual({ taken: partitions, released: partitions })
    for (const place of store.commits.keys()) if (place.includes('screen-source')) store.commits.delete(place)
    const next = await startSmall({ endlessMs: 20_000, store, answer: contentAnswer })
    const halt = haltOf(next)
    await next.until(() => halt.text !== '')
    await stopped(next)
    expect(held.taken).toBeGreaterThan(partitions)
    expect(held.released).toBe(held.taken)
  })

  it('that was lost with outcomes never committed leaves its process quiet', async () => {
    const first = await startSmall({ answer: contentAnswer, limits: { commitRecords: 1 } })
    await everyPartitionTaken(first)
    first.store.faults = everyCommitAborted
    await produceSources(first.store, texts(8))
    await first.until(() => first.notices.length > 40)
    const second = await startSmall({ endlessMs: 20_000, store: first.store, answer: contentAnswer })
    first.store.faults = noFaults
    await second.until(() => second.pipeline.drained())
    first.pipeline.withhold(smallTopology.stages.map(stage => stage.name))
    await first.until(() => first.pipeline.quiet())
    expect(await progressOf(first, 'screen-source')).toMatchObject({ inFlight: 0, deferred: 0 })
  })
})
