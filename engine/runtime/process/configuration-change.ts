import { type AnyStage, topicName } from '../../declare/index.ts'
import type { Inference } from '../../inference/port.ts'
import type { Codec } from '../../log/codec.ts'
import type { Commit, LogDriver } from '../../log/port.ts'
import { readValues } from '../../log/read.ts'
import { parseMetadata } from '../commit/commit-metadata.ts'
import {
  configurationOf,
  type Difference,
  differences,
  isAcceptable,
  type StageConfiguration
} from '../ground/configuration.ts'
import { configurations as configurationsTopic } from '../ground/engine-topics.ts'
import { ForeignPosition, overwrittenText } from '../ground/foreign-position.ts'
import { Halt } from '../ground/halt.ts'
import { groupOf } from '../ground/stage-context.ts'

/** What differs for one stage from what it last committed under. */
export interface StageChange {
  readonly stage: string
  readonly differences: readonly Difference[]
  readonly acceptable: boolean
}

/** A pipeline was started with another configuration than its records were made with. Exit code 78. */
export class ConfigurationChanged extends Error {
  readonly changes: readonly StageChange[]
  constructor(changes: readonly StageChange[]) {
    const lines = changes.flatMap(change =>
      change.differences.map(({ path, was, is }) => `  ${change.stage}: ${path} was ${was}, is ${is}`)
    )
    super(`The configuration differs from the last run of this pipeline:\n${lines.join('\n')}`)
    this.name = 'ConfigurationChanged'
    this.changes = changes
  }

  /** The pipeline may go on with the new configuration, if its user says so. */
  get isAcceptable(): boolean {
    return this.changes.every(change => change.acceptable)
  }
}

/** What each stage of this process runs with. */
export type StageConfigurations = ReadonlyMap<AnyStage, StageConfiguration>

/**
 * Computes the configuration of each stage, and compares it with the one that the stage last committed under.
 * @throws ConfigurationChanged, Halt: see `refuseChanges`.
 */
export async function judgeConfigurations(options: {
  readonly driver: LogDriver
  readonly codec: Codec
  readonly pipeline: string
  readonly stages: readonly AnyStage[]
  /** Parsed settings by stage name. */
  readonly settings: ReadonlyMap<string, unknown>
  /** Its models are known and its prompts prepared. */
  readonly inference: Inference
  readonly accept: boolean
}): Promise<StageConfigurations> {
  const { stages, settings, inference, ...rest } = options
  const configurations = new Map(
    stages.map(stage => [stage, configurationOf(stage, settings.get(stage.name), inference)])
  )
  await refuseChanges({ ...rest, configurations })
  return configurations
}

/**
 * @throws ConfigurationChanged naming every difference of every stage, unless all are accepted and acceptable; Halt
 *   `position-overwritten` when another program has written a group's position.
 */
export async function refuseChanges(options: {
  readonly driver: LogDriver
  readonly codec: Codec
  readonly pipeline: string
  readonly configurations: StageConfigurations
  readonly accept: boolean
}): Promise<void> {
  const { driver, pipeline, configurations, accept } = options
  const changes: StageChange[] = []
  let known: ReadonlyMap<string, string> | undefined
  for (const [stage, { hash, canonical }] of configurations) {
    const commits = await driver.committed(groupOf(pipeline, stage), topicName(pipeline, stage.reads))
    const others = commits.flatMap(commit => {
      const other = commit && configurationIn(commit, pipeline, stage)
      return other === undefined || other === hash ? [] : [other]
    })
    for (const other of new Set(others)) {
      known ??= await knownConfigurations(options)
      const found = known.get(other)
      const changed = found === undefined ? [{ path: 'hash', was: other, is: hash }] : differences(found, canonical)
      changes.push({ stage: stage.name, differences: changed, acceptable: isAcceptable(stage, changed) })
    }
  }
  const refused = accept ? changes.filter(change => !change.acceptable) : changes
  if (refused.length > 0) throw new ConfigurationChanged(refused)
}

async function knownConfigurations({
  driver,
  codec,
  pipeline
}: {
  readonly driver: LogDriver
  readonly codec: Codec
  readonly pipeline: string
}): Promise<ReadonlyMap<string, string>> {
  const known = new Map<string, string>()
  for await (const { hash, canonical } of readValues({ driver, codec, pipeline }, configurationsTopic))
    known.set(hash, canonical)
  return known
}

/** @throws Halt when another program has overwritten the position. */
function configurationIn({ metadata, offset }: Commit, pipeline: string, stage: AnyStage): string {
  try {
    return parseMetadata(metadata, offset).configuration
  } catch (error) {
    if (!(error instanceof ForeignPosition)) throw error
    throw new Halt('position-overwritten', stage.name, overwrittenText(groupOf(pipeline, stage), error), error)
  }
}
