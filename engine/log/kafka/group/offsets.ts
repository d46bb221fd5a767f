import type { HeldBack } from '../../port.ts'
import { ask } from '../client/ask.ts'
import type { RawCluster } from '../client/raw-cluster.ts'
import type { Topics } from '../topics.ts'

export interface Offsets {
  starts(topic: string): Promise<readonly number[]>
  ends(topic: string): Promise<readonly number[]>
  heldBack(topic: string): readonly HeldBack[]
}

/** How long our own transactions may hold back an end: they are open for milliseconds. */
const patienceMs = 2_000
const againMs = 5

/**
 * Where partitions begin and end for readers of committed records.
 *
 * A commit is answered when the coordinator has noted it; the marks that make it visible reach each partition a little
 * later, and not at the same time. So a group's position can be visible before the outputs that were committed with it, and
 * the last stable offset alone would say that nothing had come. Therefore: first the high watermark, which covers
 * whatever was committed before the question; then the last stable offset, until it has reached that.
 *
 * A foreign producer may keep a transaction open for minutes (Flink and Connect do). Such an end is waited for once; from
 * then on it is known to be held back, and given as it is until it moves.
 */
export function offsetsOf(cluster: RawCluster, topics: Topics): Offsets {
  const held = new Map<string, Map<number, HeldBack>>()
  const told = async (topic: string, which: 'start' | 'end' | 'high') => {
    await topics.partitions(topic)
    return ask(`the offsets of ${topic} cannot be told`, () => cluster.offsets(topic, which), cluster.recover)
  }
  return {
    starts: topic => told(topic, 'start'),
    heldBack: topic => [...(held.get(topic)?.values() ?? [])],
    async ends(topic) {
      const highs = await told(topic, 'high')
      const asked = Date.now()
      const until = performance.now() + patienceMs
      const known = held.get(topic) ?? new Map<number, HeldBack>()
      held.set(topic, known)
      for (;;) {
        const ends = await told(topic, 'end')
        const behind = [...ends.keys()].filter(partition => ends[partition]! < highs[partition]!)
        for (const [partition, { end }] of known) if (ends[partition] !== end) known.delete(partition)
        const isPatient = performance.now() <= until
        if (isPatient && behind.some(partition => !known.has(partition))) {
          await new Promise(resolve => setTimeout(resolve, againMs))
          continue
        }
        for (const partition of behind) {
          const [end, high] = [ends[partition]!, highs[partition]!]
          const { since = asked } = known.get(partition) ?? {}
          known.set(partition, { topic, partition, end, behind: high - end, since })
        }
        return ends
      }
    }
  }
}
