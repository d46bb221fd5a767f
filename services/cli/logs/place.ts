import type { Codec } from '../../../engine/log/codec.ts'
import type { LogDriver } from '../../../engine/log/port.ts'

/**
 * What a command wants of a log.
 * - `read`: nothing is made.
 * - `append`: documents are added.
 * - `run`: stages run; whatever is missing of topics and schemas is made where this place allows that.
 * - `serve`: stages run, and what is missing is refused.
 */
export type LogRole = 'read' | 'append' | 'run' | 'serve'

export interface OpenLog {
  readonly driver: LogDriver
  /** Random, the same for all processes of a pipeline: from it come the nonces around document text. */
  secret(codec: Codec): Promise<string>
  /** Bytes on this machine's disk; undefined where they lie elsewhere. */
  size(): Promise<number | undefined>
}

/** Where pipelines live: a folder of embedded logs, or a Kafka cluster. */
export interface LogPlace {
  /** For messages: `.fanno`, or `Kafka at host:port`. */
  readonly label: string
  /** Names of those there are, sorted. */
  pipelines(): Promise<readonly string[]>
  /** @throws LogError. */
  open(pipeline: string, role: LogRole, notice: (text: string) => void): Promise<OpenLog>
  /** Deletes a pipeline with all it made. @throws LogError `log-in-use` while its stages run. */
  remove(pipeline: string): Promise<void>
  /** Folder for what can be rebuilt from the log. */
  localDir(pipeline: string): string
}
