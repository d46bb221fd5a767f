import { type AnyPlainStage, type AnyTopic, type Topology, topicName } from '../../declare/index.ts'
import { isLogError } from '../../log/errors.ts'
import { handoverMs, type Membership } from '../../log/port.ts'
import type { Follower } from '../../views/follower.ts'
import { lagOf } from '../commit/lag.ts'
import { Halt, haltOn } from '../ground/halt.ts'
import { groupOf, type StageContext } from '../ground/stage-context.ts'
import { DefectStreak } from '../partition/defects.ts'
import { PartitionFlow } from '../partition/partition-flow.ts'
import { type TakenPartition, takeOver } from '../partition/take-over.ts'
import { drainedFrom } from './drained.ts'

interface Running {
  readonly lost: AbortController
  /** Revoked, and settling what it has asked. */
  moving: boolean
  flow: PartitionFlow | undefined
  ended: Promise<void>
}

export interface StageRunOptions {
  readonly context: StageContext
  readonly topology: Topology
  readonly pipeline: string
  readonly follower: Follower | undefined
  /** Called once at most. */
  readonly halt: (halt: Halt) => void
}

/** Commits of what was withdrawn at the end of the grace. */
const afterGraceMs = 3_000

/** One stage in this process: the partitions that its group assigns to it. */
export class StageRun {
  readonly #options: StageRunOptions
  readonly #context: StageContext
  readonly #defects: DefectStreak
  readonly #partitions = new Map<number, Running>()
  readonly #stopping = new AbortController()
  #membership: Promise<Membership> | undefined
  #polling: Promise<void> = Promise.resolve()

  constructor(options: StageRunOptions) {
    this.#options = options
    this.#context = options.context
    this.#defects = new DefectStreak(options.context.stage.name, options.context.limits.defectsInARow)
  }

  get context(): StageContext {
    return this.#context
  }

  /** The stage behind lags by more than it should. */
  get paused(): boolean {
    return this.#context.intake.backlogged
  }

  /** No record is asked about or waits for its commit. */
  get quiet(): boolean {
    return [...this.#partitions.values()].every(({ flow }) => flow?.quiet ?? true)
  }

  /** Records of all its partitions that were read and are not settled. */
  get held(): number {
    return [...this.#partitions.values()].reduce((sum, { flow }) => sum + (flow?.held ?? 0), 0)
  }

  /** When the oldest record that is read and not settled was appended, in milliseconds since the Unix epoch. */
  get oldest(): number | undefined {
    const times = [...this.#partitions.values()].flatMap(({ flow }) => flow?.oldest ?? [])
    return times.length > 0 ? Math.min(...times) : undefined
  }

  async start(): Promise<void> {
    const { driver, group, input } = this.#context
    this.#membership = driver.join(group, input, {
      assigned: partitions => {
        this.#context.counters.moved('assigned', partitions.length)
        for (const partition of partitions) this.#assigned(partition)
      },
      revoked: partitions => {
        this.#context.counters.moved('revoked', partitions.length)
        for (const partition of partitions) this.#handOver(partition)
      },
      crashed: cause => {
        const { name } = this.#context.stage
        const refused = isLogError(cause, 'not-authorised')
        this.#halt(refused ? haltOn(name, cause) : new Halt('membership-lost', name, cause.message, cause))
      }
    })
    await this.#membership
    this.#polling = this.#poll()
  }

  async stop(graceMs: number): Promise<void> {
    this.#stopping.abort()
    for (const { flow } of this.#partitions.values()) flow?.stop(graceMs)
    const ended = Promise.all([...[...this.#partitions.values()].map(({ ended }) => ended), this.#polling])
    const { clock } = this.#context
    const over = new AbortController()
    // Whoever waits for a log that is away ends by leaving.
    await Promise.race([ended, clock.sleep(graceMs + afterGraceMs, over.signal)])
    over.abort()
    // Nothing to leave where it could not be joined.
    const membership = await this.#membership?.catch(() => undefined)
    await membership?.leave()
  }

  #assigned(partition: number): void {
    const before = this.#partitions.get(partition)
    // One that is being handed over, and comes back, ends as it would have: its calls go on.
    if (!before?.moving) before?.lost.abort()
    const running: Running = { lost: new AbortController(), moving: false, flow: undefined, ended: Promise.resolve() }
    this.#partitions.set(partition, running)
    running.ended = (before?.ended ?? Promise.resolve())
      .then(() => this.#run(partition, running))
      .catch(error => this.#halt(haltOn(this.#context.stage.name, error)))
  }

  #handOver(partition: number): void {
    const running = this.#partitions.get(partition)
    if (!running) return
    running.moving = true
    if (running.flow) running.flow.stop(handoverMs)
    else running.lost.abort()
  }

  async #run(partition: number, running: Running): Promise<void> {
    const membership = await this.#membership!
    const { signal } = running.lost
    if (signal.aborted || this.#stopping.signal.aborted) return
    const began = this.#context.clock.now()
    const taken = await this.#take(membership, partition, signal)
    if (!taken) return
    this.#context.counters.takeOverSeconds.record((this.#context.clock.now() - began) / 1_000)
    const flow = new PartitionFlow(this.#context, taken, this.#defects, running.lost)
    running.flow = flow
    const disown = this.#context.pace.own()
    signal.addEventListener('abort', () => flow.lose())
    if (signal.aborted) flow.lose()
    if (this.#stopping.signal.aborted) flow.stop(0)
    try {
      await flow.run()
    } finally {
      disown()
      // What it still held is nobody's any more.
      running.flow = undefined
    }
  }

  /** Undefined when the partition was lost, or the stage stops. A log that is away is waited for. */
  async #take(membership: Membership, partition: number, lost: AbortSignal): Promise<TakenPartition | undefined> {
    const { clock, limits, outage } = this.#context
    const stopping = this.#stopping.signal
    for (;;) {
      try {
        const taken = await takeOver(this.#context, membership, partition, lost, stopping)
        return taken === 'lost' ? undefined : taken
      } catch (error) {
        if (isLogError(error, 'partition-lost') || lost.aborted || stopping.aborted) return undefined
        if (!outage.explains(error)) throw error
        await clock.sleep(limits.pollMs, stopping)
      }
    }
  }

  #halt(halt: Halt): void {
    this.#options.halt(halt)
  }

  /** Pauses while the stages behind lag; wakes what was deferred. */
  async #poll(): Promise<void> {
    const { clock, limits } = this.#context
    const { signal } = this.#stopping
    for (; !signal.aborted; await clock.sleep(limits.pollMs, signal)) {
      try {
        const { intake } = this.#context
        const paused = await this.#isBehindFull()
        const lifted = intake.backlogged && !paused
        intake.backlogged = paused
        if (lifted) for (const { flow } of this.#partitions.values()) flow?.nudge()
        await this.#wake()
      } catch (error) {
        if (signal.aborted) return
        if (this.#context.outage.explains(error)) continue
        this.#halt(haltOn(this.#context.stage.name, error))
        return
      }
    }
  }

  async #isBehindFull(): Promise<boolean> {
    const { stage, limits, driver, outage } = this.#context
    const { topology, pipeline } = this.#options
    for (const outlet of Object.values(stage.writes as Record<string, AnyTopic>)) {
      const reader = topology.stages.find(({ reads }) => reads.records === outlet.records)
      if (!reader) continue
      const lag = await lagOf(driver, groupOf(pipeline, reader), topicName(pipeline, outlet))
      outage.over()
      if (lag.records > limits.backlogRecords) return true
    }
    return false
  }

  async #wake(): Promise<void> {
    const { stage, counters, driver } = this.#context
    const { follower, topology, pipeline } = this.#options
    const flows = [...this.#partitions.values()].flatMap(({ flow }) => flow ?? [])
    const marks = flows.map(flow => flow.deferralMark)
    const { defersUntilDrained } = stage as AnyPlainStage
    const mayRelease = counters.deferred > 0 && defersUntilDrained
    const released = mayRelease ? await drainedFrom(driver, topology, pipeline, defersUntilDrained) : false
    // After the walk, so that a released record sees all that had drained.
    const changed = (await follower?.catchUp()) ?? false
    if (counters.deferred > 0 && (released || changed))
      flows.forEach((flow, index) => void flow.wake(released ? marks[index]! : 0))
  }
}
