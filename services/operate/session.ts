import { join } from 'node:path'
import { type AnyStage, hashOf } from '../../engine/declare/index.ts'
import type { InferenceService } from '../../engine/inference/inference.ts'
import { LogOutage } from '../../engine/runtime/ground/outage.ts'
import { judgeConfigurations, type StageConfigurations } from '../../engine/runtime/process/configuration-change.ts'
import { asksOf } from '../../engine/runtime/process/pipeline.ts'
import type { Telemetry } from '../../engine/telemetry/port.ts'
import { startTelemetry } from '../../engine/telemetry/start.ts'
import { telemetryNames } from '../topics.ts'
import { topology } from '../topology.ts'
import { Closings } from './closings.ts'
import type { Notices, PipelineConfiguration } from './configuration.ts'
import { findModels } from './models.ts'
import { type OpenPipeline, openToWrite } from './open.ts'

/** A pipeline that is ready to run its stages: log open, topics prepared, models known, configuration judged. */
export interface Session {
  readonly open: OpenPipeline
  /** The log cannot be reached: told once, whoever notices it. */
  readonly outage: LogOutage
  readonly inference: InferenceService
  readonly telemetry: Telemetry
  /** The stages that this process runs. */
  readonly stages: readonly AnyStage[]
  /** Parsed settings by stage name. */
  readonly settings: ReadonlyMap<string, unknown>
  readonly configurations: StageConfigurations
  /** The configuration may be another than the one last committed under. */
  readonly acceptChange: boolean
}

export interface SessionOptions {
  readonly configuration: PipelineConfiguration
  /** `run` creates what is missing of topics and schemas; for `serve` it has to exist on a cluster. */
  readonly role: 'run' | 'serve'
  /** The stages that this process runs, all by default. */
  readonly stages?: readonly AnyStage[]
  readonly acceptChange: boolean
  /** Name of this process in telemetry, where OTEL_SERVICE_NAME does not give one. */
  readonly service: string
  readonly notices: Notices
  /** Ends the wait for a model or for the log. */
  readonly signal: AbortSignal
  /** Told the name of the pipeline before its log is opened. What it throws ends the session. */
  readonly beforeOpening?: (pipeline: string) => Promise<void>
}

/**
 * Finds the models, opens the log, judges the configuration; closes all of it after `use`, in reverse order.
 * @throws InferenceError, LogError, OperateError; ConfigurationChanged before anything but topics is written.
 */
export async function inSession<T>(options: SessionOptions, use: (session: Session) => Promise<T>): Promise<T> {
  const { configuration, notices, signal, role, stages = topology.stages, acceptChange } = options
  const { notice } = notices
  const { settings } = configuration
  const closings = new Closings()
  return closings.after(async () => {
    const telemetry = await startTelemetry({
      ...telemetryNames,
      service: options.service,
      system: configuration.log.kind,
      notice
    })
    closings.add(telemetry.shutdown)
    const models = await findModels(configuration, notices, signal)
    closings.add(models.close)
    const { inference, pipeline } = models
    await options.beforeOpening?.(pipeline)
    const outage = new LogOutage(notice)
    const outlast = <R>(question: () => Promise<R>) => outage.outlast(question, signal)
    const open = await outlast(() => openToWrite({ ...configuration, pipeline }, role, notice))
    closings.add(open.driver.close)
    const secret = await outlast(() => open.secret(open.codec))
    inference.prepare(asksOf(topology), secret)
    const judge = () => judgeConfigurations({ ...open, stages, settings, inference, accept: acceptChange })
    const configurations = await outlast(judge)
    // What is kept beside the log belongs to this log alone: topics that were deleted and created again have another secret.
    const localDir = join(open.localDir, hashOf('local', secret).slice(0, 16))
    return use({
      open: { ...open, localDir },
      outage,
      inference,
      telemetry,
      stages,
      settings,
      configurations,
      acceptChange
    })
  })
}
