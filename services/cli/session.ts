import { join } from 'node:path'
import { hashOf } from '../../engine/declare/index.ts'
import { InferenceError } from '../../engine/inference/errors.ts'
import type { InferenceService } from '../../engine/inference/inference.ts'
import { isLogError } from '../../engine/log/errors.ts'
import { LogOutage } from '../../engine/runtime/ground/outage.ts'
import type { Telemetry } from '../../engine/telemetry/port.ts'
import { startTelemetry } from '../../engine/telemetry/start.ts'
import type { Display } from './display/progress.ts'
import { connect, findModels } from './models.ts'
import { type OpenPipeline, openToWrite } from './open-log.ts'
import { listenForStop, type StopSignals } from './program/stop-signals.ts'
import type { Configuration } from './settings/configuration.ts'

/** Everything that a command needs to run stages. */
export interface Session {
  readonly open: OpenPipeline
  /** The log cannot be reached: told once, whoever notices it. */
  readonly outage: LogOutage
  readonly inference: InferenceService
  readonly telemetry: Telemetry
  readonly stop: StopSignals
}

export interface SessionOptions {
  readonly configuration: Configuration
  readonly display: Display
  /** Name of this process among others, where OTEL_SERVICE_NAME does not say. */
  readonly service?: string
}

/**
 * Finds the models, opens the log as the one process that runs stages, connects; closes all of it afterwards, in turn.
 * @param beforeOpening is told the name of the pipeline, before its log is opened.
 * @returns what `use` returns, or the exit code of the signal that came before there was anything to use.
 */
export async function inSession(
  { configuration, display, service = 'fanno' }: SessionOptions,
  role: 'run' | 'serve',
  beforeOpening: (pipeline: string) => Promise<void>,
  use: (session: Session) => Promise<number>
): Promise<number> {
  const { notice } = display
  const stop = listenForStop(notice)
  const closings: (() => Promise<void>)[] = []
  try {
    const telemetry = await startTelemetry({ service, system: configuration.log.kind, notice })
    closings.push(telemetry.shutdown)
    const models = await findModels(configuration, display, stop.signal)
    closings.push(models.close)
    await beforeOpening(models.pipeline)
    const outage = new LogOutage(notice)
    const { pipeline, targets } = models
    const open = await outage.outlast(() => openToWrite({ ...configuration, pipeline, role, notice }), stop.signal)
    closings.push(open.driver.close)
    const secret = await outage.outlast(() => open.secret(open.codec), stop.signal)
    // What is kept beside the log belongs to this log alone: topics made anew have another secret.
    const localDir = join(open.localDir, hashOf('local', secret).slice(0, 16))
    const inference = await connect(configuration, targets, secret, display, stop.signal)
    closings.push(inference.close)
    return await use({ open: { ...open, localDir }, outage, inference, telemetry, stop })
  } catch (error) {
    const code = stop.exitCode()
    if (code !== undefined && isGivenUp(error)) return code
    throw error
  } finally {
    for (const close of closings.toReversed()) await close()
    stop.release()
  }
}

/** What a stop makes of whoever waits for a model or for the log. */
const isGivenUp = (error: unknown): boolean =>
  (error instanceof InferenceError && error.kind === 'shutdown') || isLogError(error, 'unavailable')
