import { type AnyStage, topicName } from '../../declare/index.ts'
import type { Codec } from '../../log/codec.ts'
import type { Commit, LogDriver } from '../../log/port.ts'
import type { Configuration } from '../../schemas/types.ts'
import { parseMetadata } from '../commit/commit-metadata.ts'
import { type Difference, differences, isAcceptable, type StageConfiguration } from '../ground/configuration.ts'
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
    super(`The configuration is not the one this pipeline last ran with:\n${lines.join('\n')}`)
    this.name = 'ConfigurationChanged'
    this.changes = changes
  }

  /** The pipeline may go on with the new configuration, if its user says so. */
  get isAcceptable(): boolean {
    return this.changes.every(change => change.acceptable)
  }
}

/** @throws ConfigurationChanged naming every difference of every stage, unless all are accepted and acceptable. */
export async function refuseChanges(options: {
  readonly driver: LogDriver
  readonly codec: Codec
  readonly pipeline: string
  readonly configurations: ReadonlyMap<AnyStage, StageConfiguration>
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
  const topic = topicName(pipeline, configurationsTopic)
  const [end] = await driver.ends(topic)
  const known = new Map<string, string>()
  for await (const record of driver.read(topic, 0, 0, end!)) {
    const { hash, canonical } = (await codec.decode(configurationsTopic.schema, record.value)) as Configuration
    known.set(hash, canonical)
  }
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
