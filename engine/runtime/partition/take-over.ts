import { type AnyDecisionStage, type DecisionEnvelope, decidesInOrder } from '../../declare/index.ts'
import type { Commit, Membership, OutputRecord, PartitionOwner } from '../../log/port.ts'
import type { Configuration } from '../../schemas/types.ts'
import { parseMetadata } from '../commit/commit-metadata.ts'
import { Committer } from '../commit/committer.ts'
import { completeEnd } from '../commit/complete-end.ts'
import { SettledWindow } from '../commit/window.ts'
import { configurations } from '../ground/engine-topics.ts'
import { ForeignPosition, overwrittenText } from '../ground/foreign-position.ts'
import { Halt } from '../ground/halt.ts'
import type { StageContext } from '../ground/stage-context.ts'
import { catchUpRepeats } from './repeats.ts'
import { type Verdicts, VerdictsAtOnce } from './verdicts.ts'
import { VerdictsInOrder } from './verdicts-in-order.ts'

/** A partition that is ours: fenced, read up to its position, and with nothing more to ask before its first record. */
export interface TakenPartition {
  readonly partition: number
  readonly committer: Committer
  readonly window: SettledWindow
  readonly verdicts: Verdicts
}

/**
 * The take-over of RUNTIME.md, in its order: fence, position, configuration, index and view, configuration record.
 * @throws Halt, or LogError `partition-lost`.
 */
export async function takeOver(
  context: StageContext,
  membership: Membership,
  partition: number,
  signal: AbortSignal,
  stopping: AbortSignal
): Promise<TakenPartition | 'lost'> {
  const take = () => membership.take(partition)
  const committer = new Committer(context, await take(), take, signal)
  let taken: TakenPartition | 'lost' = 'lost'
  try {
    taken = await prepare(context, committer, partition, AbortSignal.any([signal, stopping]))
    return taken
  } finally {
    if (taken === 'lost') await committer.owner.release().catch(() => {})
  }
}

async function prepare(
  context: StageContext,
  committer: Committer,
  partition: number,
  patience: AbortSignal
): Promise<TakenPartition | 'lost'> {
  const { window, isNew } = await windowOf(context, committer.owner)
  if (context.stage.repeats) await catchUpRepeats(context, partition, window.base, patience)
  const { stage } = context
  const verdicts = decidesInOrder(stage)
    ? new VerdictsInOrder(context, stage, await foldDecisions(context, stage, window.base), window.base)
    : new VerdictsAtOnce(context)
  if (isNew) {
    const position = window.positionWith([], context.configuration.hash)
    const ended = await committer.commit([configurationRecord(context, partition)], position, patience)
    if (ended === 'lost') return 'lost'
  }
  return { partition, committer, window, verdicts }
}

async function windowOf(
  context: StageContext,
  owner: PartitionOwner
): Promise<{ window: SettledWindow; isNew: boolean }> {
  const { stage, configuration, driver, input } = context
  const commit = owner.commitAtTake
  if (commit === undefined) {
    if (await hasCommittedBefore(context, owner.partition)) {
      const message = `the position of group ${context.group} in ${input}/${owner.partition} is missing, but it was committed before. Restore the offsets of the group, or use another pipeline name.`
      throw new Halt('offsets-vanished', stage.name, message)
    }
    return { window: new SettledWindow((await driver.starts(input))[owner.partition]!), isNew: true }
  }
  const { configuration: hash, settled } = metadataOf(context, commit)
  if (hash !== configuration.hash && !context.acceptChange) {
    const message = `${stage.name} last ran with configuration ${hash}, now it is ${configuration.hash}`
    throw new Halt('configuration-changed', stage.name, message)
  }
  const end = (await driver.ends(input))[owner.partition]!
  if (commit.offset > end) {
    const message = `group ${context.group} stands at ${commit.offset} in ${input}/${owner.partition}, which ends at ${end}: records that it has settled are gone from the log`
    throw new Halt('input-gone', stage.name, message)
  }
  return { window: new SettledWindow(commit.offset, settled.offsets()), isNew: hash !== configuration.hash }
}

function metadataOf(context: StageContext, commit: Commit) {
  try {
    return parseMetadata(commit.metadata, commit.offset)
  } catch (error) {
    if (!(error instanceof ForeignPosition)) throw error
    const message = overwrittenText(context.group, error)
    throw new Halt('position-overwritten', context.stage.name, message, error)
  }
}

async function hasCommittedBefore(context: StageContext, partition: number): Promise<boolean> {
  const { driver, codec, place, stage } = context
  const { topic } = place(configurations)
  const end = await completeEnd(driver, topic)
  for await (const record of driver.read(topic, 0, 0, end)) {
    const written = (await codec.decode(configurations.schema, record.value)) as Configuration
    if (written.stage === stage.name && written.partition === partition) return true
  }
  return false
}

async function foldDecisions(context: StageContext, stage: AnyDecisionStage, base: number): Promise<unknown> {
  const { driver, codec, place, settings } = context
  const { topic } = place(stage.decisions)
  const view = stage.createView(settings)
  const end = await completeEnd(driver, topic)
  for await (const record of driver.read(topic, 0, 0, end)) {
    const decision = (await codec.decode(stage.decisions.schema, record.value)) as DecisionEnvelope
    if (decision.inputOffset >= base) {
      const message = `${topic}/0/${record.offset} decides on offset ${decision.inputOffset}, but only those before ${base} are committed`
      throw new Halt('internal', stage.name, message)
    }
    stage.fold(view, decision)
  }
  return view
}

function configurationRecord(context: StageContext, partition: number): OutputRecord {
  const { topic } = context.place(configurations)
  const { hash, canonical } = context.configuration
  const value: Configuration = { hash, canonical, stage: context.stage.name, partition }
  return {
    topic,
    partition: 0,
    key: Buffer.from(configurations.key(value)),
    value: context.codec.encode(topic, value),
    headers: { [context.headers.stage]: context.stage.name, [context.headers.configuration]: hash }
  }
}
