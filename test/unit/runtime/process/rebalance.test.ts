import { describe, expect, it } from 'vitest'
import type { AssignmentListener } from '../../../../engine/log/port.ts'
import { imbalances } from '../../../support/simulated/log-balance.ts'
import {
  contentAnswer,
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
import { smallTopology } from '../../../support/simulated/small-topology.ts'

interface Member {
  readonly group: string
  readonly partitions: number
  readonly listener: AssignmentListener
}

/** A store that lets a test play the group coordinator. */
function storeWithMembers(seed: string) {
  const members: Member[] = []
  const store = storeWith(
    driver => ({
      join: (group, topic, listener) => {
        members.push({ group, partitions: store.topics.get(topic)!.partitions, listener })
        return driver.join(group, topic, listener)
      }
    }),
    seed
  )
  return { store, members }
}

describe('a group that is rebalanced again and again', () => {
  const runs = Number(process.env.SIMULATION_RUNS ?? 12)
  it.each(Array.from({ length: runs }, (_, index) => index))('loses and doubles nothing (%i)', async index => {
    const { store, members } = storeWithMembers(`rebalance-${index}`)
    store.faults = { aborted: index % 3 === 0 ? 0 : 5, unknownCommitted: 6, unknownAborted: 6 }
    store.holes = index % 2 === 0 ? 0 : 3
    const run = await startSmall({ store, limits: { windowRecords: 8, commitRecords: 6, defectsInARow: 1_000 } })
    const halt = haltOf(run)
    await produceSources(store, texts(30))
    for (let round = 0; round < 30; round++) {
      await turns(run, Math.floor(run.world.random() * 200))
      const { listener, partitions } = members[Math.floor(run.world.random() * members.length)]!
      const partition = Math.floor(run.world.random() * partitions)
      listener.revoked([partition])
      if (!run.world.oneIn(2)) await turns(run, 20)
      listener.assigned([partition])
    }
    await run.until(async () => halt.text !== '' || run.pipeline.drained())
    expect(halt.text).toBe('')
    expect(imbalances(store, smallTopology, pipeline)).toEqual([])
    await stopped(run)
    for (const stage of await run.pipeline.progress()) expect(stage).toMatchObject({ deferred: 0, inFlight: 0 })
  })

  it('commits nothing of a partition once it is revoked (R8)', async () => {
    const { store, members } = storeWithMembers('revoked')
    const run = await startSmall({ store, answer: contentAnswer })
    await run.until(() => store.commits.size === 7)
    const screening = members.find(({ group }) => group.endsWith('screen-source'))!
    screening.listener.revoked([0, 1])
    await produceSources(store, texts(20))
    await turns(run, 1_000)
    expect(await progressOf(run, 'screen-source')).toMatchObject({ emitted: 0, inFlight: 0, lag: 20 })
    screening.listener.assigned([0, 1])
    await run.until(() => run.pipeline.drained())
    expect((await progressOf(run, 'screen-source')).emitted).toBe(20)
  })
})
