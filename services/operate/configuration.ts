import type { AliasOptions } from '../../engine/inference/inference.ts'
import type { Environment } from '../cluster/topic-settings.ts'

/** Names by which stages ask for a model. */
export const aliases = ['teacher', 'judge', 'embedder'] as const
export type Alias = (typeof aliases)[number]

/** Where the calls of each alias go. */
export type ModelTargets = Readonly<Record<Alias, AliasOptions>>

/** What a pipeline runs with, whoever starts it. */
export interface PipelineConfiguration {
  /** First part of the names of its topics and groups. */
  readonly pipeline: string
  readonly log: LogTarget
  /** Of the topics that have several; used when the topics are created. */
  readonly partitions: number
  /** The user asked for this number: existing topics with another number are then an error. */
  readonly partitionsGiven: boolean
  /** Undefined when no endpoint is configured: the rehearsal model answers. */
  readonly aliases: ModelTargets | undefined
  /** The same aliases with a rehearsal model at this URL. */
  readonly rehearsalAliases: (url: string) => ModelTargets
  /** Prompt files by prompt id, in place of the stages' own. */
  readonly prompts: ReadonlyMap<string, string>
  /** Parsed settings by stage name. */
  readonly settings: ReadonlyMap<string, unknown>
}

/** Where the log of a pipeline is. */
export type LogTarget = EmbeddedTarget | KafkaTarget

export interface EmbeddedTarget {
  readonly kind: 'embedded'
  /** Each pipeline has a folder of its own in it. */
  readonly dataDir: string
}

export const saslMechanisms = ['plain', 'scram-sha-256', 'scram-sha-512'] as const
export type SaslMechanism = (typeof saslMechanisms)[number]

export interface KafkaTarget {
  readonly kind: 'kafka'
  /** Folder for indexes that can be rebuilt from the topics. */
  readonly dataDir: string
  /** `host:port`. */
  readonly brokers: readonly string[]
  readonly sasl?: { readonly mechanism: SaslMechanism; readonly username: string; readonly password: string }
  /** PEM. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string }
  readonly registry: { readonly url: string; readonly auth?: { readonly username: string; readonly password: string } }
  readonly environment: Environment
  /** A process that sends no heartbeat for so long loses its partitions, in milliseconds. */
  readonly sessionTimeoutMs: number
}

/** Where lines for a person go. */
export interface Notices {
  /** Something that a person should read, once. */
  notice(text: string): void
  /** As `notice`, and shown even where only errors are wanted: something could not be done. */
  warning(text: string): void
}
