import { LogError } from '../errors.ts'
import { ask } from './ask.ts'
import type { RawCluster } from './raw-cluster.ts'
import type { Topics } from './topics.ts'

export interface Offsets {
  starts(topic: string): Promise<readonly number[]>
  ends(topic: string): Promise<readonly number[]>
}

/** How long an open transaction may hold back an end. Ours are open for milliseconds. */
const patienceMs = 5_000
const againMs = 5

/**
 * Where partitions begin and end for readers of committed records.
 *
 * A commit is answered when the coordinator has noted it; the marks that make it visible reach each partition a little
 * later, and not at the same time. So a group's position can be visible before the outputs that were committed with it, and
 * the last stable offset alone would say that nothing had come. Therefore: first the high watermark, which covers
 * whatever was committed before the question; then the last stable offset, until it has reached that.
 */
export function offsetsOf(cluster: RawCluster, topics: Topics): Offsets {
  const told = async (topic: string, which: 'start' | 'end' | 'high') => {
    await topics.partitions(topic)
    return ask(`the offsets of ${topic} cannot be told`, () => cluster.offsets(topic, which), cluster.recover)
  }
  return {
    starts: topic => told(topic, 'start'),
    async ends(topic) {
      const highs = await told(topic, 'high')
      const until = performance.now() + patienceMs
      for (;;) {
        const ends = await told(topic, 'end')
        const open = ends.findIndex((end, partition) => end < highs[partition]!)
        if (open < 0) return ends
        if (performance.now() > until)
          throw new LogError(
            'unavailable',
            `a transaction on ${topic}/${open} has been open for ${patienceMs / 1_000} s: whoever began it is gone, and the broker will end it`
          )
        await new Promise(resolve => setTimeout(resolve, againMs))
      }
    }
  }
}
