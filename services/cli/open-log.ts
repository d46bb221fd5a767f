import { topicName } from '../../engine/declare/index.ts'
import { type Codec, createCodec } from '../../engine/log/codec.ts'
import { isLogError } from '../../engine/log/errors.ts'
import { topicsOf } from '../../engine/runtime/process/pipeline.ts'
import { documents, namespace, sideTopics } from '../topics.ts'
import { topology } from '../topology.ts'
import type { LogPlace, LogRole, OpenLog } from './logs/place.ts'
import { CommandError, configurationError, exitCodes } from './program/exit-codes.ts'
import type { LogTarget } from './settings/log-target.ts'

/** A pipeline's log, open. */
export interface OpenPipeline extends OpenLog {
  readonly codec: Codec
  readonly pipeline: string
  readonly localDir: string
  /** Partitions of a topic by its `records` name. */
  readonly partitions: (records: string) => number
}

export const rehearsalName = (pipeline: string): string => `${pipeline}-rehearsal`
export const isRehearsal = (pipeline: string): boolean => pipeline.endsWith('-rehearsal')

/** Where the pipelines of a command live. A client is loaded only for a log that is used. */
export async function placeOfLog(target: LogTarget): Promise<LogPlace> {
  if (target.kind === 'embedded') return (await import('./logs/embedded-place.ts')).embeddedPlace(target)
  return (await import('./logs/kafka-place.ts')).kafkaPlace(target)
}

/**
 * The pipeline that a reading command is about: the one named, or the only one there is.
 * @throws CommandError listing those there are.
 */
export async function choosePipeline(place: LogPlace, named: string | undefined): Promise<string> {
  const there = await place.pipelines()
  const list = there.length > 0 ? `There are: ${there.join(', ')}.` : 'There is none yet: fanno run makes one.'
  if (named !== undefined) {
    const found = [named, rehearsalName(named)].filter(name => there.includes(name))
    if (found.length > 0) return found[0]!
    throw new CommandError(exitCodes.usage, `There is no pipeline ${named} in ${place.label}. ${list}`)
  }
  if (there.length === 1) return there[0]!
  const problem =
    there.length === 0 ? `There is no pipeline in ${place.label}.` : `${place.label} holds several pipelines.`
  throw new CommandError(exitCodes.usage, `${problem} ${there.length > 1 ? 'Say which with --pipeline. ' : ''}${list}`)
}

/** Opens a log to be read, or what is whole of it. Nothing is created. */
export async function openToRead(
  target: LogTarget,
  named: string | undefined,
  role: 'read' | 'salvage' = 'read'
): Promise<OpenPipeline> {
  const place = await placeOfLog(target)
  const pipeline = await choosePipeline(place, named)
  const log = await place.open(pipeline, role, () => {})
  const specs = await log.driver.topics()
  const partitions = (records: string) =>
    [...specs.values()].find(({ topic }) => topic.startsWith(`${pipeline}.${records}.v`))?.partitions ?? 0
  const codec = createCodec(log.driver.registry, namespace)
  if (log.damage && log.damage.length > 0) await bringSchemas(codec, pipeline)
  return { ...log, codec, pipeline, localDir: place.localDir(pipeline), partitions }
}

/** A damaged log may have lost the text of a schema that this version has too. */
async function bringSchemas(codec: Codec, pipeline: string): Promise<void> {
  for (const handle of [...topicsOf(topology, pipeline, 1).map(({ handle }) => handle), ...sideTopics])
    await codec.prepare(topicName(pipeline, handle), handle.schema).catch(error => {
      if (!isLogError(error, 'unknown-schema')) throw error
    })
}

/**
 * Opens a log to be written to, with all topics of the pipeline.
 * @throws CommandError when another number of partitions is asked for than the topics have.
 */
export async function openToWrite(options: {
  readonly log: LogTarget
  readonly pipeline: string
  readonly role: Exclude<LogRole, 'read' | 'salvage'>
  readonly partitions: number
  readonly partitionsGiven: boolean
  readonly notice: (text: string) => void
}): Promise<OpenPipeline> {
  const { pipeline, role } = options
  const place = await placeOfLog(options.log)
  const log = await place.open(pipeline, role, options.notice)
  const { driver } = log
  try {
    const before = (await driver.topics()).get(topicName(pipeline, documents))?.partitions
    if (before !== undefined && options.partitionsGiven && before !== options.partitions)
      throw configurationError([
        `FANNO_PARTITIONS: the topics of ${pipeline} have ${before} partitions, and keys stay where they are; say ${before}, or begin anew with --fresh or another --pipeline`
      ])
    const many = before ?? options.partitions
    const topics = [
      ...topicsOf(topology, pipeline, many),
      ...sideTopics.map(handle => ({ handle, topic: topicName(pipeline, handle), partitions: 1 }))
    ]
    await driver.createTopics(topics.map(({ topic, partitions }) => ({ topic, partitions })))
    const codec = createCodec(driver.registry, namespace)
    for (const { topic, handle } of topics) await codec.prepare(topic, handle.schema)
    const byRecords = new Map(topics.map(({ handle, partitions }) => [handle.records, partitions]))
    const localDir = place.localDir(pipeline)
    return { ...log, codec, pipeline, localDir, partitions: records => byRecords.get(records)! }
  } catch (error) {
    await driver.close()
    throw error
  }
}
