import { describe, expect, it } from 'vitest'
import { topicName } from '../../../../engine/declare/index.ts'
import { groupOf } from '../../../../engine/runtime/ground/stage-context.ts'
import { drainedFrom } from '../../../../engine/runtime/process/drained.ts'
import { createMemoryLog } from '../../../support/simulated/memory-log.ts'
import { directs, laters, middles, smallTopology, sources } from '../../../support/simulated/small-topology.ts'

/** One record in each input of the small topology, and the stages that have settled theirs. */
async function logWith(settled: readonly string[]) {
  const log = createMemoryLog()
  for (const stage of smallTopology.stages) {
    const topic = topicName('p', stage.reads)
    await log.driver.createTopics([{ topic, partitions: 1 }])
    log.append([{ topic, partition: 0, key: null, value: null, headers: {} }])
    const offset = settled.includes(stage.name) ? 1 : 0
    log.setCommit(groupOf('p', stage), topic, 0, { offset, metadata: '1 c ' })
  }
  const asked: string[] = []
  const { ends } = log.driver
  log.driver.ends = async topic => {
    asked.push(topic)
    return ends(topic)
  }
  return { asked, drained: (from = sources as never) => drainedFrom(log.driver, smallTopology, 'p', from) }
}
const all = smallTopology.stages.map(({ name }) => name)

describe('what has entered a topic has drained', () => {
  it('when every stage behind it has settled its input, asked in the order of the flow', async () => {
    const { drained, asked } = await logWith(all)
    expect(await drained()).toBe(true)
    expect(asked).toEqual([sources, middles, directs, laters].map(topic => topicName('p', topic)))
  })

  it.each(all)('not while %s has something before it, and looks no further', async open => {
    const { drained, asked } = await logWith(all.filter(name => name !== open))
    expect(await drained()).toBe(false)
    expect(asked).toHaveLength(all.indexOf(open) + 1)
  })

  it('whatever stands before the topic, or in a branch beside it', async () => {
    const { drained } = await logWith(['answer-direct'])
    expect(await drained(directs as never)).toBe(true)
    expect(await drained(laters as never)).toBe(false)
    expect(await drained(middles as never)).toBe(false)
  })
})
