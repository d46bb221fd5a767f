import { setTimeout as sleep } from 'node:timers/promises'
import type { AnyStage } from '../../engine/declare/index.ts'
import type { InferenceService } from '../../engine/inference/inference.ts'
import { isLogError } from '../../engine/log/errors.ts'
import type { Halt } from '../../engine/runtime/ground/halt.ts'
import type { LogOutage } from '../../engine/runtime/ground/outage.ts'
import { drainedFrom } from '../../engine/runtime/process/drained.ts'
import { type Pipeline, startPipeline } from '../../engine/runtime/process/pipeline.ts'
import type { Telemetry } from '../../engine/telemetry/port.ts'
import { headerPrefix, pairs } from '../topics.ts'
import { topology } from '../topology.ts'
import type { Display } from './display/progress.ts'
import type { OpenPipeline } from './open-log.ts'
import { countRecords } from './record-count.ts'
import { refuseOtherConfiguration } from './refuse-changes.ts'
import type { Configuration } from './settings/configuration.ts'
import { snapshotOf } from './snapshot.ts'

/** Why a pipeline stopped working. */
export type Ending = 'drained' | 'enough' | 'stopped' | Halt

export interface WorkOptions {
  readonly open: OpenPipeline
  readonly outage: LogOutage
  readonly configuration: Configuration
  readonly inference: InferenceService
  /** The stages that this process runs, all by default. */
  readonly stages?: readonly AnyStage[]
  readonly telemetry: Telemetry
  readonly acceptChange: boolean
  readonly display: Display
  /** Aborted by Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal
  /** What brings documents in, while the stages work. Its signal is aborted when no more are wanted. */
  readonly intake?: (signal: AbortSignal) => Promise<unknown>
  /** End when everything has settled, once the intake has ended. */
  readonly untilDrained: boolean
  /** Told once the stages run. */
  readonly started?: (pipeline: Pipeline) => void
  /** End when that many pairs have been accepted over the whole pipeline, and what was begun then has settled. */
  readonly wantedPairs?: number
}

export interface Worked {
  readonly ending: Ending
  readonly elapsedMs: number
  readonly firstPairMs: number | undefined
}

const lookEveryMs = 200

/**
 * Runs all stages until there is a reason to end, and drains. Where nothing waits and nothing comes, no stage is
 * started and no model is called.
 * @throws ConfigurationChanged before anything is done; what the intake threw, after an orderly end.
 */
export async function work(options: WorkOptions): Promise<Worked> {
  const { open } = options
  const began = performance.now()
  const elapsedMs = () => performance.now() - began
  await options.outage.outlast(() => refuseOtherConfiguration(open, options), options.signal)
  const intake = beginIntake(options)
  let worked: Worked
  try {
    worked = await workOn(options, intake, elapsedMs)
  } finally {
    intake.end()
    await intake.done
  }
  if (intake.failed) throw intake.failed.error
  return worked
}

async function workOn(options: WorkOptions, intake: RunningIntake, elapsedMs: () => number): Promise<Worked> {
  const { open, outage, inference, signal, untilDrained, acceptChange } = options
  // An accepted change is committed by the stages themselves, even where nothing else is to be done.
  const isWaiting = () => outage.outlast(() => isWorkWaiting(open, intake), signal)
  if (untilDrained && !acceptChange && !(await isWaiting()))
    return { ending: signal.aborted ? 'stopped' : 'drained', elapsedMs: elapsedMs(), firstPairMs: undefined }
  await inference.identify(signal)
  return runStages(options, intake, elapsedMs)
}

/** As soon as there is something to do; false when the intake has ended without that. */
async function isWorkWaiting({ driver, pipeline }: OpenPipeline, intake: RunningIntake): Promise<boolean> {
  for (;;) {
    const { ended } = intake
    if (!(await drainedFrom(driver, topology, pipeline, topology.source))) return true
    if (ended) return false
    await Promise.race([intake.done, sleep(lookEveryMs)])
  }
}

async function runStages(options: WorkOptions, intake: RunningIntake, elapsedMs: () => number): Promise<Worked> {
  const { open, outage, configuration, inference, telemetry, display, wantedPairs } = options
  // What serves may not be allowed to read the pairs, if they are not what its stages read or write.
  const accepted = options.untilDrained ? countRecords(open, pairs) : async () => 0
  const before = await outage.outlast(accepted, options.signal)
  const pipeline = await startPipeline({
    pipeline: open.pipeline,
    topology,
    headerPrefix,
    ...(options.stages && { stages: options.stages }),
    driver: open.driver,
    codec: open.codec,
    inference,
    settings: configuration.settings,
    localDir: open.localDir,
    partitions: open.partitions(topology.source.records),
    acceptChange: options.acceptChange,
    withheld: wantedPairs !== undefined && before >= wantedPairs ? allButTheLast : [],
    notice: display.notice,
    telemetry,
    outage,
    signal: options.signal
  })
  options.started?.(pipeline)
  let firstPairMs: number | undefined
  let halt: Halt | undefined
  void pipeline.halted.then(found => {
    halt = found
  })
  const enough = wantedPairs === undefined ? undefined : until(wantedPairs, pipeline, intake.end)

  let count = before
  const show = async (): Promise<number> => {
    // While the log is away the figures stand still: the stages say that they wait.
    count = await accepted().catch(error => {
      if (isLogError(error, 'unavailable')) return count
      throw error
    })
    if (count > before) firstPairMs ??= elapsedMs()
    const stages = await pipeline.progress()
    const written = stages.find(({ stage }) => stage === lastStage)?.outputs ?? 0
    telemetry.observe(snapshotOf(pipeline, stages, inference))
    const shown = options.untilDrained ? count : written
    display.show({ elapsedMs: elapsedMs(), stages, usage: inference.usage, pairs: shown, paused: inference.paused() })
    return count
  }
  const look = async (): Promise<Ending | undefined> => {
    const count = await show()
    if (halt) return halt
    if (intake.failed || options.signal.aborted) return 'stopped'
    if (await enough?.(count)) return 'enough'
    if (options.untilDrained && intake.ended && (await pipeline.drained())) return 'drained'
    return undefined
  }
  const stopped = new Promise<Ending>(resolve => {
    if (options.signal.aborted) resolve('stopped')
    options.signal.addEventListener('abort', () => resolve('stopped'), { once: true })
  })
  const ifStopped = (looking: Promise<Ending | undefined>) => Promise.race([looking, stopped])
  let ending: Ending | undefined
  try {
    // A look can take long where the log is away: a stop does not wait for it.
    for (ending = await ifStopped(look()); ending === undefined; ending = await ifStopped(look()))
      await sleep(lookEveryMs)
  } finally {
    intake.end()
    await intake.done
    await pipeline.stop()
  }
  // Once more, for the figures as they are on the log.
  if (!pipeline.waits()) await show()
  return { ending, elapsedMs: elapsedMs(), firstPairMs }
}

interface RunningIntake {
  readonly done: Promise<void>
  readonly ended: boolean
  readonly failed: { readonly error: unknown } | undefined
  /** No more documents are wanted. */
  end(): void
}

function beginIntake({ intake, signal }: WorkOptions): RunningIntake {
  const unwanted = new AbortController()
  const state = { ended: false, failed: undefined as { error: unknown } | undefined }
  const done = (intake ?? (async () => {}))(AbortSignal.any([signal, unwanted.signal])).then(
    () => {
      state.ended = true
    },
    error => {
      state.failed = { error }
      state.ended = true
    }
  )
  return {
    done,
    get ended() {
      return state.ended
    },
    get failed() {
      return state.failed
    },
    end: () => unwanted.abort()
  }
}

/** The one that writes the pairs. */
const lastStage = topology.stages.find(({ name }) => topology.depths.get(name) === 0)!.name

/** The stages that begin new work when there are pairs enough; the last one judges what was begun. */
const allButTheLast = topology.stages.filter(({ name }) => topology.depths.get(name)! > 0).map(({ name }) => name)

/** Once enough pairs are there: nothing new is begun, and it is enough when what had been begun is through. */
function until(wanted: number, pipeline: Pipeline, reached: () => void): (count: number) => Promise<boolean> {
  let withheld = false
  return async count => {
    if (count < wanted) return false
    if (!withheld) {
      withheld = true
      pipeline.withhold(allButTheLast)
      reached()
    }
    return pipeline.quiet()
  }
}
