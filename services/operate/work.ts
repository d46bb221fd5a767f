import { setTimeout as sleep } from 'node:timers/promises'
import type { Usage } from '../../engine/inference/port.ts'
import { isLogError } from '../../engine/log/errors.ts'
import type { Halt } from '../../engine/runtime/ground/halt.ts'
import { drainedFrom } from '../../engine/runtime/process/drained.ts'
import { type Pipeline, type StageProgress, startPipeline } from '../../engine/runtime/process/pipeline.ts'
import { headerPrefix, pairs } from '../topics.ts'
import { topology } from '../topology.ts'
import type { OpenPipeline } from './open.ts'
import { recordCounter } from './read.ts'
import { beginIntake, type RunningIntake } from './running-intake.ts'
import type { Session } from './session.ts'
import { snapshotOf } from './snapshot.ts'

/** Why a pipeline stopped working. */
export type Ending = 'drained' | 'enough' | 'stopped' | Halt

/** What is shown at one moment. */
export interface Moment {
  readonly elapsedMs: number
  readonly stages: readonly StageProgress[]
  readonly usage: (stage: string) => Usage
  readonly pairs: number
  /** Why nothing moves, where nothing does. */
  readonly paused: string | undefined
}

export interface WorkOptions {
  /** Aborted when the stages have to stop. */
  readonly signal: AbortSignal
  /** What brings documents in, while the stages work. Its signal is aborted when no more are wanted. */
  readonly intake?: (signal: AbortSignal) => Promise<unknown>
  /** End when everything has settled, once the intake has ended. */
  readonly untilDrained: boolean
  /** Told once the stages run. */
  readonly started?: (pipeline: Pipeline) => void
  /** End when that many pairs have been accepted over the whole pipeline, and what was begun then has settled. */
  readonly wantedPairs?: number
  /** Told a few times a second. */
  readonly show: (moment: Moment) => void
  readonly notice: (text: string) => void
}

export interface Worked {
  readonly ending: Ending
  readonly elapsedMs: number
  readonly firstPairMs: number | undefined
}

const lookEveryMs = 200

/**
 * Runs the stages of a session until there is a reason to end, and drains. Where nothing waits and nothing comes, no
 * stage is started and no model is called.
 * @throws what the intake threw, after an orderly end.
 */
export async function work(session: Session, options: WorkOptions): Promise<Worked> {
  const began = performance.now()
  const elapsedMs = () => performance.now() - began
  const intake = beginIntake(options.intake, options.signal)
  let worked: Worked
  try {
    worked = await workOn(session, options, intake, elapsedMs)
  } finally {
    intake.end()
    await intake.done
  }
  if (intake.failed) throw intake.failed.error
  return worked
}

async function workOn(
  session: Session,
  options: WorkOptions,
  intake: RunningIntake,
  elapsedMs: () => number
): Promise<Worked> {
  const { open, outage, inference, acceptChange } = session
  const { signal, untilDrained } = options
  // An accepted change is committed by the stages themselves, even where nothing else is to be done.
  const isWaiting = () => outage.outlast(() => isWorkWaiting(open, intake), signal)
  if (untilDrained && !acceptChange && !(await isWaiting()))
    return { ending: signal.aborted ? 'stopped' : 'drained', elapsedMs: elapsedMs(), firstPairMs: undefined }
  // What the models can do takes calls to learn, and there may have been nothing to do.
  await inference.identify(signal)
  return runStages(session, options, intake, elapsedMs)
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

async function runStages(
  session: Session,
  options: WorkOptions,
  intake: RunningIntake,
  elapsedMs: () => number
): Promise<Worked> {
  const { open, outage, inference, telemetry } = session
  const { wantedPairs } = options
  // What serves may not be allowed to read the pairs, if they are not what its stages read or write.
  const accepted = options.untilDrained ? recordCounter(open, pairs) : async () => 0
  const before = await outage.outlast(accepted, options.signal)
  const pipeline = await startPipeline({
    ...session,
    pipeline: open.pipeline,
    driver: open.driver,
    codec: open.codec,
    topics: open.topics,
    localDir: open.localDir,
    topology,
    headerPrefix,
    withheld: wantedPairs !== undefined && before >= wantedPairs ? allButTheLast : [],
    notice: options.notice,
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
    options.show({ elapsedMs: elapsedMs(), stages, usage: inference.usage, pairs: shown, paused: inference.paused() })
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
