import type { Codec } from '../../../engine/log/codec.ts'
import type { Damage } from '../../../engine/log/embedded/damage/damage.ts'
import type { LogDriver } from '../../../engine/log/port.ts'

/**
 * What a command wants of a log.
 * - `read`: nothing is made.
 * - `salvage`: as `read`, and of a damaged log what is whole.
 * - `append`: documents are added.
 * - `run`: stages run; whatever is missing of topics and schemas is made where this place allows that.
 * - `serve`: stages run, and what is missing is refused.
 */
export type LogRole = 'read' | 'salvage' | 'append' | 'run' | 'serve'

export interface OpenLog {
  readonly driver: LogDriver
  /** What was found damaged when it was opened, for the role `salvage`. */
  readonly damage?: readonly string[]
  /** Random, the same for all processes of a pipeline: from it come the nonces around document text. */
  secret(codec: Codec): Promise<string>
  /** Bytes on this machine's disk; undefined where they lie elsewhere. */
  size(): Promise<number | undefined>
}

/** What is damaged, up to a number that is worth reading. */
export interface DamageReport {
  readonly listed: readonly Damage[]
  /** Found beyond those listed. */
  readonly more: number
}

/** Where pipelines live: a folder of embedded logs, or a Kafka cluster. */
export interface LogPlace {
  /** For messages: `.fanno`, or `Kafka at host:port`. */
  readonly label: string
  /** Names of those there are, sorted. */
  pipelines(): Promise<readonly string[]>
  /** @throws LogError. */
  open(pipeline: string, role: LogRole, notice: (text: string) => void): Promise<OpenLog>
  /** All that is damaged of a log on this machine, as it lies on the disk; a broker checks its own. */
  damage(pipeline: string): Promise<DamageReport>
  /** Deletes a pipeline with all it made. @throws LogError `log-in-use` while its stages run. */
  remove(pipeline: string): Promise<void>
  /** Folder for what can be rebuilt from the log. */
  localDir(pipeline: string): string
}
