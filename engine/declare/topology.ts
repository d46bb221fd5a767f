import { type AnyStage, decidesInOrder } from './stage.ts'
import type { AnyTopic } from './topic.ts'

/** The whole declared graph, as a value: it can be checked and printed without starting anything. */
export interface Topology {
  /** In dataflow order: each reads the source, or what one before it writes. */
  readonly stages: readonly AnyStage[]
  /** The first topic: input comes in here. */
  readonly source: AnyTopic
  /** The last topic: the product. No stage reads it. */
  readonly sink: AnyTopic
  /**
   * Distance of each stage to the sink, by name; 0 where it writes the sink alone. Smaller is admitted first, so that what was
   * begun is finished before more is begun.
   */
  readonly depths: ReadonlyMap<string, number>
}

/** Stages that do not fit together. */
export class TopologyError extends Error {
  /** One sentence each. */
  readonly problems: readonly string[]
  constructor(problems: readonly string[]) {
    super(`The topology is invalid:\n${problems.map(p => `  - ${p}`).join('\n')}`)
    this.name = 'TopologyError'
    this.problems = problems
  }
}

/**
 * Checks the stages against each other and freezes them into a topology: names, one reader a topic, nothing unread but the
 * sink, single partitions where a decision stage needs them.
 * @param source where input is written, by whoever feeds the pipeline
 * @param sink what the pipeline is for: its distance orders admission
 * @param stages in dataflow order
 * @throws TopologyError naming every problem at once.
 */
export function defineTopology(source: AnyTopic, sink: AnyTopic, stages: readonly AnyStage[]): Topology {
  const problems: string[] = []
  const names = new Set<string>()
  const readers = new Map<string, string>()
  const written = new Set<string>([source.records])
  for (const stage of stages) {
    if (names.has(stage.name)) problems.push(`two stages are called ${stage.name}`)
    names.add(stage.name)
    if (!/^[a-z]+-[a-z-]+$/.test(stage.name)) problems.push(`${stage.name} is not named verb-noun`)
    const other = readers.get(stage.reads.records)
    if (other) problems.push(`${stage.reads.records} is read by ${other} and by ${stage.name}: one reader a topic`)
    readers.set(stage.reads.records, stage.name)
    if (!written.has(stage.reads.records))
      problems.push(`${stage.name} reads ${stage.reads.records}, which no stage before it writes`)
    if (decidesInOrder(stage) && stage.reads.partitions !== 'single')
      problems.push(`${stage.name} decides in offset order, but ${stage.reads.records} has many partitions`)
    if (decidesInOrder(stage) && stage.decisions.partitions !== 'single')
      problems.push(`${stage.decisions.records} must have a single partition`)
    if (Object.keys(stage.writes).length === 0) problems.push(`${stage.name} writes nothing`)
    for (const topic of Object.values(stage.writes as Record<string, AnyTopic>)) written.add(topic.records)
  }
  for (const records of written)
    if (records !== sink.records && !readers.has(records)) problems.push(`no stage reads ${records}`)
  if (readers.has(sink.records)) problems.push(`${sink.records} is the end of the topology, but is read`)
  if (!written.has(sink.records)) problems.push(`no stage writes ${sink.records}`)
  if (problems.length > 0) throw new TopologyError(problems)
  return Object.freeze({ stages, source, sink, depths: depthsOf(stages, sink) })
}

/** Backwards from the sink; of a stage with several outlets, the longest way counts. */
function depthsOf(stages: readonly AnyStage[], sink: AnyTopic): ReadonlyMap<string, number> {
  const depthOfTopic = new Map<string, number>([[sink.records, 0]])
  const depths = new Map<string, number>()
  for (const stage of stages.toReversed()) {
    const outlets = Object.values(stage.writes as Record<string, AnyTopic>)
    const depth = Math.max(...outlets.map(topic => depthOfTopic.get(topic.records) ?? 0))
    depths.set(stage.name, depth)
    depthOfTopic.set(stage.reads.records, depth + 1)
  }
  return depths
}

/**
 * The stages that a record entering `topic` may pass through, in dataflow order: who reads it, who reads what that one
 * writes, and so on. None for the sink.
 */
export function downstreamOf(topology: Topology, topic: AnyTopic): readonly AnyStage[] {
  const reached = new Set([topic.records])
  return topology.stages.filter(stage => {
    if (!reached.has(stage.reads.records)) return false
    for (const outlet of Object.values(stage.writes as Record<string, AnyTopic>)) reached.add(outlet.records)
    return true
  })
}
