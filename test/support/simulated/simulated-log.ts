import { LogError } from '../../../engine/log/errors.ts'
import type {
  AssignmentListener,
  Commit,
  CommitResult,
  Fetched,
  FetchLimits,
  LogDriver,
  LogRecord,
  Membership,
  OutputRecord,
  PartitionOwner,
  TopicSpec,
  Writer
} from '../../../engine/log/port.ts'
import { recordBytes } from '../../../engine/log/port.ts'
import type { SchemaRegistry } from '../../../engine/log/registry.ts'
import type { SimulatedProcess, SimulatedWorld } from './simulated-world.ts'

/** How often a commit goes wrong: once in so many, 0 for never. */
export interface CommitFaults {
  readonly aborted: number
  readonly unknownCommitted: number
  readonly unknownAborted: number
  /** What an abort gives as its cause. */
  readonly cause?: Error
}

export const noFaults: CommitFaults = { aborted: 0, unknownCommitted: 0, unknownAborted: 0 }

/** A position that was committed, by whom and when. `place` is group/topic/partition. */
export interface PastCommit {
  readonly place: string
  readonly commit: Commit
  readonly process: SimulatedProcess
  readonly turn: number
}

/** What outlives the processes of a simulation: the log itself. */
export class SimulatedStore {
  readonly world: SimulatedWorld
  readonly topics = new Map<string, TopicSpec>()
  readonly commits = new Map<string, Commit>()
  /** Every position ever committed, oldest first: settled offsets must never be asked about again. */
  readonly history: PastCommit[] = []
  readonly schemas: string[] = []
  faults: CommitFaults
  /** Leave a hole after one record in so many, as transaction markers do. */
  holes = 0
  #records = new Map<string, LogRecord[]>()
  #ends = new Map<string, number>()
  #epochs = new Map<string, number>()
  /** Which process a group's partitions are assigned to. */
  #members = new Map<string, SimulatedProcess>()

  constructor(world: SimulatedWorld, faults: CommitFaults = noFaults) {
    this.world = world
    this.faults = faults
  }

  records(topic: string, partition: number): readonly LogRecord[] {
    return this.#records.get(`${topic}/${partition}`) ?? []
  }

  end(topic: string, partition: number): number {
    return this.#ends.get(`${topic}/${partition}`) ?? 0
  }

  append(outputs: readonly OutputRecord[]): void {
    for (const output of outputs) {
      const place = `${output.topic}/${output.partition}`
      const offset = this.end(output.topic, output.partition)
      const records = this.#records.get(place) ?? []
      this.#records.set(place, records)
      records.push({ ...output, offset, timestamp: this.world.turns })
      this.#ends.set(place, offset + 1 + (this.holes > 0 && this.world.oneIn(this.holes) ? 1 : 0))
    }
  }

  /** The log as one process sees it. */
  driver(process: SimulatedProcess): LogDriver {
    const partitionsOf = (topic: string) => {
      const spec = this.topics.get(topic)
      if (!spec) throw new LogError('unknown-topic', `no topic ${topic}`)
      return Array.from({ length: spec.partitions }, (_, partition) => partition)
    }
    return {
      kind: 'simulated',
      limits: { maxRecordBytes: 100_000 },
      registry: this.#registry(),
      topics: async () => this.topics,
      createTopics: async topics => {
        for (const topic of topics) this.topics.set(topic.topic, topic)
      },
      join: async (group, topic, listener) => this.#join(process, group, topic, partitionsOf(topic), listener),
      writer: async () => this.#writer(process),
      committed: async (group, topic) => partitionsOf(topic).map(p => this.commits.get(`${group}/${topic}/${p}`)),
      ends: async topic => partitionsOf(topic).map(partition => this.end(topic, partition)),
      starts: async topic => partitionsOf(topic).map(() => 0),
      heldBack: () => [],
      read: (topic, partition, from, to) => this.#read(process, topic, partition, from, to),

      close: async () => {}
    }
  }

  #registry(): SchemaRegistry {
    return {
      idOf: async (_subject, schema) => {
        if (!this.schemas.includes(schema)) this.schemas.push(schema)
        return this.schemas.indexOf(schema) + 1
      },
      schemaOf: async id => {
        const schema = this.schemas[id - 1]
        if (schema === undefined) throw new LogError('unknown-schema', `no schema ${id}`)
        return schema
      }
    }
  }

  async *#read(process: SimulatedProcess, topic: string, partition: number, from: number, to: number) {
    await process.turn()
    for (const record of [...this.records(topic, partition)])
      if (record.offset >= from && record.offset < to) yield record
  }

  #writer(process: SimulatedProcess): Writer {
    return {
      commit: async outputs => {
        await process.turn()
        this.append(outputs)
        return { status: 'committed' }
      },
      close: async () => {}
    }
  }

  #join(
    process: SimulatedProcess,
    group: string,
    topic: string,
    partitions: readonly number[],
    listener: AssignmentListener
  ): Membership {
    this.#members.set(group, process)
    queueMicrotask(() => listener.assigned(partitions))
    return {
      take: partition => this.#take(process, group, topic, partition),
      leave: async () => {}
    }
  }

  async #take(process: SimulatedProcess, group: string, topic: string, partition: number): Promise<PartitionOwner> {
    await process.turn()
    if (this.#members.get(group) !== process) throw new LogError('partition-lost', `${group} assigns it to another`)
    const place = `${group}/${topic}/${partition}`
    const epoch = (this.#epochs.get(place) ?? 0) + 1
    this.#epochs.set(place, epoch)
    const isFenced = () => this.#epochs.get(place) !== epoch
    let released = false
    return {
      topic,
      partition,
      commitAtTake: this.commits.get(place),
      next: async (from, limits, signal) => {
        await process.turn()
        if (released || isFenced()) throw new LogError('partition-lost', `${place} has another owner`)
        return signal.aborted ? { records: [], nextOffset: from } : this.#fetch(topic, partition, from, limits)
      },
      commit: async (outputs, position) => {
        await process.turn()
        if (isFenced()) return { status: 'fenced' }
        return this.#commit(process, place, outputs, position)
      },
      release: async () => {
        released = true
      }
    }
  }

  #fetch(topic: string, partition: number, from: number, limits: FetchLimits): Fetched {
    const records: LogRecord[] = []
    let bytes = 0
    for (const record of this.records(topic, partition)) {
      if (record.offset < from) continue
      bytes += recordBytes(record)
      if (records.length > 0 && (records.length >= limits.maxRecords || bytes > limits.maxBytes)) {
        return { records, nextOffset: records.at(-1)!.offset + 1 }
      }
      records.push(record)
    }
    return { records, nextOffset: Math.max(from, this.end(topic, partition)) }
  }

  async #commit(
    process: SimulatedProcess,
    place: string,
    outputs: readonly OutputRecord[],
    position: Commit
  ): Promise<CommitResult> {
    const { aborted, unknownCommitted, unknownAborted, cause } = this.faults
    const happens = (oneIn: number) => oneIn > 0 && this.world.oneIn(oneIn)
    if (happens(aborted)) return { status: 'aborted', cause: cause ?? new Error('simulated abort') }
    if (happens(unknownAborted)) return { status: 'unknown', cause: new Error('simulated time-out, not written') }
    this.append(outputs)
    this.commits.set(place, position)
    this.history.push({ place, commit: position, process, turn: this.world.turns })
    if (happens(unknownCommitted)) return { status: 'unknown', cause: new Error('simulated time-out, written') }
    await process.turn()
    return { status: 'committed' }
  }
}
