import type { AnyStage } from '../../../engine/declare/index.ts'
import type { InferenceService } from '../../../engine/inference/inference.ts'
import type { Halt } from '../../../engine/runtime/ground/halt.ts'
import type { Pipeline } from '../../../engine/runtime/process/pipeline.ts'
import { prometheusText } from '../../../engine/telemetry/prometheus.ts'
import { inSession, type Session } from '../../operate/session.ts'
import { snapshotOf } from '../../operate/snapshot.ts'
import { work } from '../../operate/work.ts'
import { namespace } from '../../topics.ts'
import { topology } from '../../topology.ts'
import type { Display } from '../display/progress.ts'
import { CommandError, exitCodes } from '../ending/exit-codes.ts'
import { messageOf } from '../ending/report-error.ts'
import { type StopSignals, untilStopped } from '../ending/stop-signals.ts'
import { type HealthState, serveHealth } from '../health.ts'
import type { Configuration } from '../settings/configuration.ts'

export interface StartOptions {
  readonly configuration: Configuration
  /** Names of stages; none means all. */
  readonly stages: readonly string[]
  readonly acceptChange: boolean
  readonly display: Display
}

/** Serves until it is stopped: whatever is ingested meanwhile, by other processes too, goes through all stages. */
export async function start(options: StartOptions): Promise<number> {
  const { display, configuration } = options
  const stages = stagesNamed(options.stages)
  const watched = watch()
  // From the first moment: who only waits for the log or a model is alive.
  const health = configuration.health && (await serveHealth(watched.state, configuration.health))
  if (health) display.notice(`Serving /livez, /readyz and /metrics on port ${health.port}`)
  try {
    return await untilStopped(display.notice, stop =>
      inSession(
        {
          configuration,
          role: 'serve',
          stages,
          acceptChange: options.acceptChange,
          service: stages.length === 1 ? `fanno-${stages[0]!.name}` : 'fanno',
          notices: display,
          signal: stop.signal
        },
        session => serve(display, session, watched, stop)
      )
    )
  } finally {
    await health?.close()
  }
}

async function serve(
  display: Display,
  session: Session,
  watched: ReturnType<typeof watch>,
  stop: StopSignals
): Promise<number> {
  const { signal } = stop
  display.notice(`${session.open.pipeline} is running. Add documents with: fanno ingest <files>. Stop with Ctrl-C.`)
  const started = (pipeline: Pipeline) => watched.started(pipeline, session.inference, signal)
  const { ending } = await work(session, { ...display, signal, started, untilDrained: false })
  display.close()
  if (typeof ending === 'string') return stop.exitCode() ?? exitCodes.ok
  process.stderr.write(`fanno: ${messageOf(ending)}\n`)
  return ending.exitCode
}

/** @throws CommandError listing those there are. */
function stagesNamed(names: readonly string[]): readonly AnyStage[] {
  const unknown = names.filter(name => !topology.stages.some(stage => stage.name === name))
  if (unknown.length === 0) return topology.stages.filter(({ name }) => names.length === 0 || names.includes(name))
  const there = topology.stages.map(({ name }) => name).join(', ')
  throw new CommandError(exitCodes.usage, `There is no stage ${unknown.join(', ')}. There are: ${there}.`)
}

/** Health of a process, from before its stages run to after. */
function watch() {
  let running: { pipeline: Pipeline; inference: InferenceService; stopping: AbortSignal } | undefined
  let halt: Halt | undefined
  const state: HealthState = {
    // Its message may hold content: it is in the log.
    failed: () => halt && `halted: ${halt.code}`,
    waits: () => {
      if (!running) return 'starting'
      if (running.stopping.aborted) return 'stopping'
      return running.pipeline.waits() ?? running.inference.paused()
    },
    metrics: async () => {
      if (!running) return ''
      const { pipeline, inference } = running
      return prometheusText(snapshotOf(pipeline, await pipeline.progress(), inference, halt?.code), namespace)
    }
  }
  return {
    state,
    started: (pipeline: Pipeline, inference: InferenceService, stopping: AbortSignal) => {
      running = { pipeline, inference, stopping }
      void pipeline.halted.then(found => {
        halt = found
      })
    }
  }
}
