import type { Codec } from '../../../engine/log/codec.ts'
import type { Damage } from '../../../engine/log/embedded/damage/damage.ts'
import type { LogDriver } from '../../../engine/log/port.ts'

/**
 * What a log is opened for.
 * - `read`: nothing is created.
 * - `salvage`: as `read`; of a damaged log, the part that is intact.
 * - `append`: documents are added.
 * - `run`: stages run; missing topics and schemas are created where the backend allows it.
 * - `serve`: stages run; missing topics and schemas are an error.
 */
export type LogRole = 'read' | 'salvage' | 'append' | 'run' | 'serve'

export interface OpenLog {
  readonly driver: LogDriver
  /** What was found damaged when it was opened, for the role `salvage`. */
  readonly damage?: readonly string[]
  /** Random, the same for all processes of a pipeline: from it come the nonces around document text. */
  secret(codec: Codec): Promise<string>
  /** Bytes on this machine's disk; undefined when the log is elsewhere. */
  size(): Promise<number | undefined>
}

/** What is damaged, up to a number that is worth reading. */
export interface DamageReport {
  readonly listed: readonly Damage[]
  /** Found beyond those listed. */
  readonly more: number
}

/** What holds the logs of pipelines: a folder of embedded logs, or a Kafka cluster. */
export interface LogBackend {
  /** For messages: `.fanno`, or `Kafka at host:port`. */
  readonly label: string
  /** Names of the pipelines in it, sorted. */
  pipelines(): Promise<readonly string[]>
  /** @throws LogError. */
  open(pipeline: string, role: LogRole, notice: (text: string) => void): Promise<OpenLog>
  /** All damage of a log on this machine; a broker checks its own, so that Kafka reports none. */
  damage(pipeline: string): Promise<DamageReport>
  /** Deletes a pipeline with all it made. @throws LogError `log-in-use` while its stages run. */
  remove(pipeline: string): Promise<void>
  /** Folder for what can be rebuilt from the log. */
  localDir(pipeline: string): string
}
