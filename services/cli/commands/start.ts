import type { AnyStage } from '../../../engine/declare/index.ts'
import type { InferenceService } from '../../../engine/inference/inference.ts'
import type { Halt } from '../../../engine/runtime/halt.ts'
import type { Pipeline } from '../../../engine/runtime/pipeline.ts'
import { prometheusText } from '../../../engine/telemetry/prometheus.ts'
import { topology } from '../../topology.ts'
import type { Configuration } from '../configuration.ts'
import { CommandError, exitCodes } from '../exit-codes.ts'
import { type HealthState, serveHealth } from '../health.ts'
import type { Display } from '../progress.ts'
import { messageOf } from '../report-error.ts'
import { inSession } from '../session.ts'
import { snapshotOf } from '../snapshot.ts'
import { work } from '../work.ts'

export interface StartOptions {
  readonly configuration: Configuration
  /** Names of stages; none means all. */
  readonly stages: readonly string[]
  readonly acceptChange: boolean
  readonly display: Display
}

/** Serves until it is stopped: whatever is ingested meanwhile, by other processes too, goes through all stages. */
export async function start(options: StartOptions): Promise<number> {
  const stages = stagesNamed(options.stages)
  return inSession(
    { ...options, service: stages.length === 1 ? `fanno-${stages[0]!.name}` : 'fanno' },
    'serve',
    async () => {},
    async ({ open, outage, inference, telemetry, stop }) => {
      const { display, configuration } = options
      const watched = watch(stop.signal, inference)
      const health = configuration.health && (await serveHealth(watched.state, configuration.health))
      try {
        if (health) display.notice(`/livez, /readyz and /metrics at port ${health.port}`)
        display.notice(`${open.pipeline} is running. Add documents with: fanno ingest <files>. Stop with Ctrl-C.`)
        const { started } = watched
        const { signal } = stop
        const parts = { open, outage, inference, telemetry, signal, started }
        const { ending } = await work({ ...options, ...parts, stages, untilDrained: false })
        display.close()
        if (typeof ending === 'string') return stop.exitCode() ?? exitCodes.ok
        process.stderr.write(`fanno: ${messageOf(ending)}\n`)
        return ending.exitCode
      } finally {
        await health?.close()
      }
    }
  )
}

/** @throws CommandError listing those there are. */
function stagesNamed(names: readonly string[]): readonly AnyStage[] {
  const unknown = names.filter(name => !topology.stages.some(stage => stage.name === name))
  if (unknown.length === 0) return topology.stages.filter(({ name }) => names.length === 0 || names.includes(name))
  const there = topology.stages.map(({ name }) => name).join(', ')
  throw new CommandError(exitCodes.usage, `There is no stage ${unknown.join(', ')}. There are: ${there}.`)
}

/** Health of a process, from before its stages run to after. */
function watch(stopping: AbortSignal, inference: InferenceService) {
  let pipeline: Pipeline | undefined
  let halt: Halt | undefined
  const state: HealthState = {
    // Its message may hold content: it is in the log.
    failed: () => halt && `halted: ${halt.code}`,
    waits: () => {
      if (stopping.aborted) return 'stopping'
      if (!pipeline) return 'starting'
      return pipeline.waits() ?? inference.paused()
    },
    metrics: async () => (pipeline ? prometheusText(snapshotOf(pipeline, await pipeline.progress(), inference)) : '')
  }
  return {
    state,
    started: (running: Pipeline) => {
      pipeline = running
      void running.halted.then(found => {
        halt = found
      })
    }
  }
}
