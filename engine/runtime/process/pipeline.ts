import {
  type AnyAsk,
  type AnyStage,
  type AnyTopic,
  decidesInOrder,
  headerNamesOf,
  type Topology,
  topicName
} from '../../declare/index.ts'
import type { Inference } from '../../inference/port.ts'
import { type Codec, createCodec } from '../../log/codec.ts'
import type { HeldBack, LogDriver } from '../../log/port.ts'
import { noTelemetry, type Telemetry } from '../../telemetry/port.ts'
import type { StageMeasures } from '../../telemetry/snapshot.ts'
import { type FirstOffsets, openFirstOffsets } from '../../views/first-offsets.ts'
import { followView } from '../../views/follower.ts'
import { lagOf } from '../commit/lag.ts'
import { type Clock, systemClock } from '../ground/clock.ts'
import { CommitPace } from '../ground/commit-pace.ts'
import { StageCounters } from '../ground/counters.ts'
import type { Halt } from '../ground/halt.ts'
import { IntakeGate } from '../ground/intake-gate.ts'
import { defaultLimits, type RuntimeLimits } from '../ground/limits.ts'
import { LogOutage } from '../ground/outage.ts'
import { groupOf, type StageContext } from '../ground/stage-context.ts'
import { checkDecisionSchema } from '../ground/unsound-stage.ts'
import { judgeConfigurations, type StageConfigurations } from './configuration-change.ts'
import { drainedFrom } from './drained.ts'
import { StageRun } from './stage-run.ts'
import { type PipelineTopic, prepareTopics, topicsOf } from './topics.ts'

export interface PipelineOptions {
  /** Prefix of all topics and groups. */
  readonly pipeline: string
  readonly topology: Topology
  /** Of the headers on every record: see `headerNamesOf`. Default `dataflow-`. */
  readonly headerPrefix?: string
  /** The stages that this process runs, all of the topology by default. */
  readonly stages?: readonly AnyStage[]
  readonly driver: LogDriver
  /** By default one is made for the driver's registry. */
  readonly codec?: Codec
  /** Topics that were prepared before, with this codec. By default those of the topology are prepared here. */
  readonly topics?: readonly PipelineTopic[]
  /** Configurations that were judged before. By default they are computed and judged here. */
  readonly configurations?: StageConfigurations
  readonly inference: Inference
  /** Parsed settings by stage name. */
  readonly settings: ReadonlyMap<string, unknown>
  /** Derived indexes live here; they are rebuilt when they are gone. */
  readonly localDir: string
  /** Partitions of each topic that has several, where the topics are prepared here. Fixed once they exist. Default 4. */
  readonly partitions?: number
  /** Go on with another configuration than the one last committed under. */
  readonly acceptChange?: boolean
  readonly limits?: Partial<RuntimeLimits>
  /** Stages that admit nothing from the start, see `Pipeline.withhold`. */
  readonly withheld?: readonly string[]
  /** Something a person should read, in one line. */
  readonly notice: (text: string) => void
  readonly clock?: Clock
  /** Shared with whoever else waits for the log, so that it is said once. */
  readonly outage?: LogOutage
  /** Ends a start that waits for the log. */
  readonly signal?: AbortSignal
  /** Told of each record and commit. By default nobody is. */
  readonly telemetry?: Telemetry
  /** In place of an index on disk. */
  readonly repeats?: FirstOffsets
}

/** One stage at this moment. Counts are of this process since its start, and of what has been committed. */
export interface StageProgress {
  readonly stage: string
  readonly emitted: number
  readonly rejected: number
  readonly deadLettered: number
  /** Records written to the stage's outlets. */
  readonly outputs: number
  readonly deferred: number
  readonly inFlight: number
  /** Input records not settled yet, those in flight included; undefined while the log is away. */
  readonly lag: number | undefined
  /** Partitions of its input of which more cannot be read yet, since somebody's transaction is open there. */
  readonly heldBack: readonly HeldBack[]
  readonly paused: boolean
  readonly reasons: Readonly<Record<string, number>>
}

export interface Pipeline {
  progress(): Promise<readonly StageProgress[]>
  /** What is measured of a stage beside its progress. @throws TypeError for a stage that is none of this pipeline's. */
  measures(stage: string): StageMeasures
  /** Everything that was in the source topic when this was called has settled in all stages. */
  drained(): Promise<boolean>
  /** These stages admit nothing more; what they have begun they settle. */
  withhold(stages: readonly string[]): void
  /** The withheld stages have settled all they had begun, and the stages behind them have drained. */
  quiet(): Promise<boolean>
  /** Why nothing moves: the log is away. Undefined while it is there. */
  waits(): string | undefined
  /** Resolves when the pipeline can not go on. It still has to be stopped. */
  readonly halted: Promise<Halt>
  /** Takes in no more, settles what is in flight within the grace, leaves. */
  stop(): Promise<void>
}

const defaultPartitions = 4

/** @throws TypeError for what was prepared in part: it would fail at the first record. */
function refuseHalfPrepared({ topics, codec, configurations }: PipelineOptions, stages: readonly AnyStage[]): void {
  if (topics && !codec) throw new TypeError('topics were given without the codec that they were prepared with')
  const without = configurations && stages.find(stage => !configurations.has(stage))
  if (without) throw new TypeError(`configurations were given, but none of ${without.name}`)
}

/**
 * Starts stages of a topology on a log. One that cannot be reached is waited for.
 * @throws UnsoundStage when a stage's schema of decisions lacks the engine's part; TypeError when what was prepared before
 *   does not fit together; ConfigurationChanged when a stage last ran with another configuration and the change is not
 *   accepted.
 */
export async function startPipeline(options: PipelineOptions): Promise<Pipeline> {
  const { driver, inference, topology, pipeline, stages: running = topology.stages } = options
  for (const stage of running) if (decidesInOrder(stage)) checkDecisionSchema(stage)
  refuseHalfPrepared(options, running)
  const outage = options.outage ?? new LogOutage(options.notice)
  const outlast = <T>(question: () => Promise<T>) => outage.outlast(question, options.signal, options.clock)
  const codec = options.codec ?? createCodec(driver.registry)
  const topics = options.topics ?? topicsOf(topology, pipeline, options.partitions ?? defaultPartitions)
  if (!options.topics) await outlast(() => prepareTopics({ driver, codec }, topics))
  const { settings, acceptChange: accept = false } = options
  const compared = () => judgeConfigurations({ driver, codec, pipeline, stages: running, settings, inference, accept })
  const configurations = options.configurations ?? (await outlast(compared))

  const limits = { ...defaultLimits, ...options.limits }
  const pace = new CommitPace(limits, driver.limits)
  const repeats = options.repeats ?? (await openFirstOffsets(options.localDir))
  const withheld = new Set(options.withheld)
  const { promise: halted, resolve: halt } = Promise.withResolvers<Halt>()
  const places = new Map(topics.map(({ handle, topic, partitions }) => [handle.records, { topic, partitions }]))
  const runs = new Map<AnyStage, StageRun>()
  const stop = async (graceMs: number) => {
    await Promise.all([...runs.values()].map(run => run.stop(graceMs)))
    await repeats.close()
  }
  try {
    for (const stage of running) {
      const { view } = stage as { view?: Parameters<typeof followView>[0] }
      const follower = view
        ? followView(view, options.settings.get(stage.name), { driver, codec, pipeline, notice: options.notice })
        : undefined
      if (follower) await outlast(follower.catchUp)
      const context = contextOf(stage, {
        options,
        codec,
        repeats,
        places,
        withheld,
        configurations,
        limits,
        pace,
        outage,
        view: follower?.state
      })
      runs.set(stage, new StageRun({ context, topology, pipeline, follower, halt }))
    }
    // Side by side: a broker lets each group wait a while for further members.
    await Promise.all([...runs.values()].map(run => outlast(() => run.start())))
  } catch (error) {
    await stop(0)
    throw error
  }

  return {
    halted,
    waits: () => outage.reason,
    progress: () => Promise.all([...runs].map(([stage, run]) => progressOf(driver, outage, stage, run))),
    measures: name => {
      const run = [...runs.values()].find(({ context }) => context.stage.name === name)
      if (!run) throw new TypeError(`there is no stage ${name}`)
      const { commits, commitSeconds, answerSeconds, takeOverSeconds, moves } = run.context.counters
      const { held, oldest } = run
      const oldestSeconds = oldest === undefined ? undefined : Math.max(0, Date.now() - oldest) / 1_000
      return { held, oldestSeconds, commits, commitSeconds, answerSeconds, takeOverSeconds, moves }
    },
    drained: () => orFalse(outage, () => drainedFrom(driver, topology, pipeline, topology.source)),
    withhold: stages => {
      for (const stage of stages) withheld.add(stage)
    },
    quiet: () =>
      orFalse(outage, async () => {
        for (const [stage, run] of runs) {
          const { group, input } = run.context
          if (withheld.has(stage.name) ? !run.quiet : !(await lagOf(driver, group, input)).drained) return false
        }
        return true
      }),
    stop: () => stop(limits.drainMs)
  }
}

function contextOf(
  stage: AnyStage,
  shared: {
    readonly options: PipelineOptions
    readonly codec: Codec
    readonly repeats: FirstOffsets
    readonly places: ReadonlyMap<string, { readonly topic: string; readonly partitions: number }>
    readonly withheld: ReadonlySet<string>
    readonly configurations: StageConfigurations
    readonly limits: RuntimeLimits
    readonly pace: CommitPace
    readonly outage: LogOutage
    readonly view: unknown
  }
): StageContext {
  const { options, places } = shared
  const { pipeline, topology } = options
  return {
    stage,
    group: groupOf(pipeline, stage),
    input: topicName(pipeline, stage.reads),
    settings: options.settings.get(stage.name),
    headers: headerNamesOf(options.headerPrefix),
    configuration: shared.configurations.get(stage)!,
    acceptChange: options.acceptChange ?? false,
    depth: topology.depths.get(stage.name)!,
    driver: options.driver,
    codec: shared.codec,
    inference: options.inference,
    clock: options.clock ?? systemClock,
    limits: shared.limits,
    counters: new StageCounters(),
    pace: shared.pace,
    outage: shared.outage,
    telemetry: options.telemetry ?? noTelemetry,
    repeats: shared.repeats,
    view: shared.view,
    place: (topic: AnyTopic) => places.get(topic.records)!,
    intake: new IntakeGate(() => shared.withheld.has(stage.name)),
    notice: options.notice
  }
}

/** What cannot be told while the log is away is not so. */
async function orFalse(outage: LogOutage, question: () => Promise<boolean>): Promise<boolean> {
  try {
    return await question()
  } catch (error) {
    if (outage.explains(error)) return false
    throw error
  }
}

async function progressOf(
  driver: LogDriver,
  outage: LogOutage,
  stage: AnyStage,
  run: StageRun
): Promise<StageProgress> {
  const { group, input, counters } = run.context
  const found = await lagOf(driver, group, input).then(
    lag => {
      outage.over()
      return lag
    },
    error => {
      if (outage.explains(error)) return undefined
      throw error
    }
  )
  const { emitted, rejected, deadLettered, outputs, deferred, asking: inFlight, reasons } = counters
  return {
    stage: stage.name,
    emitted,
    rejected,
    deadLettered,
    outputs,
    deferred,
    inFlight,
    lag: found?.records,
    heldBack: found?.heldBack ?? [],
    paused: run.paused,
    reasons
  }
}

/** Every ask of a topology, for the preflight of its models. */
export const asksOf = (topology: Topology): readonly AnyAsk[] =>
  topology.stages.flatMap(stage => Object.values(stage.asks as Record<string, AnyAsk>))
