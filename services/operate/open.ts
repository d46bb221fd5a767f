import { topicName } from '../../engine/declare/index.ts'
import { type Codec, createCodec } from '../../engine/log/codec.ts'
import { isLogError } from '../../engine/log/errors.ts'
import { type PipelineTopic, prepareTopics, topicsOf } from '../../engine/runtime/process/topics.ts'
import { documents, namespace, sideTopics } from '../topics.ts'
import { topology } from '../topology.ts'
import type { LogBackend, LogRole, OpenLog } from './backend/backend.ts'
import type { LogTarget, PipelineConfiguration } from './configuration.ts'
import { OperateError } from './errors.ts'

/** A pipeline's log, open. */
export interface OpenPipeline extends OpenLog {
  readonly codec: Codec
  readonly pipeline: string
  /** Folder for what can be rebuilt from the log. */
  readonly localDir: string
  /** Those of the pipeline's topics that exist, with their partitions. */
  readonly topics: readonly PipelineTopic[]
  /** Partitions of one of them, by its `records` name. */
  readonly partitions: (records: string) => number
}

export const rehearsalName = (pipeline: string): string => `${pipeline}-rehearsal`
export const isRehearsal = (pipeline: string): boolean => pipeline.endsWith('-rehearsal')

/** The backend that a target names. A client is loaded only for a log that is used. */
export async function backendOf(target: LogTarget): Promise<LogBackend> {
  if (target.kind === 'embedded') return (await import('./backend/embedded.ts')).embeddedBackend(target)
  return (await import('./backend/kafka.ts')).kafkaBackend(target)
}

/**
 * The pipeline that is meant: the one named, of a rehearsal or not, or the only one there is.
 * @throws OperateError `no-pipeline`, `unknown-pipeline` or `several-pipelines`, listing those there are.
 */
export async function choosePipeline({ label, pipelines }: LogBackend, named: string | undefined): Promise<string> {
  const there = await pipelines()
  if (there.length === 0) throw new OperateError('no-pipeline', `There is no pipeline in ${label}.`)
  const list = `There are: ${there.join(', ')}.`
  if (named !== undefined) {
    const found = [named, rehearsalName(named)].find(name => there.includes(name))
    if (found !== undefined) return found
    throw new OperateError('unknown-pipeline', `There is no pipeline ${named} in ${label}. ${list}`)
  }
  if (there.length === 1) return there[0]!
  throw new OperateError('several-pipelines', `${label} holds several pipelines. ${list}`)
}

/** Opens a log to be read, or the part of a damaged one that is intact. Nothing is created. */
export async function openToRead(
  target: LogTarget,
  named: string | undefined,
  role: 'read' | 'salvage' = 'read'
): Promise<OpenPipeline> {
  const backend = await backendOf(target)
  const pipeline = await choosePipeline(backend, named)
  const log = await backend.open(pipeline, role, () => {})
  return orClose(log, async () => {
    const specs = await log.driver.topics()
    const topics = topicsOf(topology, pipeline, 1, sideTopics).flatMap(known => {
      const spec = specs.get(known.topic)
      return spec ? [{ ...known, ...spec }] : []
    })
    const codec = createCodec(log.driver.registry, namespace)
    if (log.damage && log.damage.length > 0) await bringSchemas(codec, pipeline)
    return { ...log, codec, pipeline, localDir: backend.localDir(pipeline), topics, partitions: partitionsIn(topics) }
  })
}

/** Gives the log back where it cannot be opened as it was asked for. */
async function orClose<T>({ driver }: OpenLog, opening: () => Promise<T>): Promise<T> {
  try {
    return await opening()
  } catch (error) {
    await driver.close()
    throw error
  }
}

const partitionsIn = (topics: readonly PipelineTopic[]): OpenPipeline['partitions'] => {
  const byRecords = new Map(topics.map(({ handle, partitions }) => [handle.records, partitions]))
  return records => byRecords.get(records) ?? 0
}

/** A damaged log may have lost the text of a schema that this version has too. */
async function bringSchemas(codec: Codec, pipeline: string): Promise<void> {
  for (const { topic, handle } of topicsOf(topology, pipeline, 1, sideTopics))
    await codec.prepare(topic, handle.schema).catch(error => {
      if (!isLogError(error, 'unknown-schema')) throw error
    })
}

/**
 * Opens a log to be written to, with all topics of the pipeline.
 * @throws OperateError `partitions-differ` when another number of partitions was asked for than the topics have; LogError.
 */
export async function openToWrite(
  { log: target, pipeline, partitions, partitionsGiven }: PipelineConfiguration,
  role: Exclude<LogRole, 'read' | 'salvage'>,
  notice: (text: string) => void
): Promise<OpenPipeline> {
  const backend = await backendOf(target)
  const log = await backend.open(pipeline, role, notice)
  const { driver } = log
  return orClose(log, async () => {
    const there = (await driver.topics()).get(topicName(pipeline, documents))?.partitions
    if (there !== undefined && partitionsGiven && there !== partitions)
      throw new OperateError(
        'partitions-differ',
        `The topics of ${pipeline} have ${there} partitions, not ${partitions}. The number cannot be changed, since keys are mapped to partitions by it.`
      )
    const codec = createCodec(driver.registry, namespace)
    const topics = topicsOf(topology, pipeline, there ?? partitions, sideTopics)
    await prepareTopics({ driver, codec }, topics)
    return { ...log, codec, pipeline, localDir: backend.localDir(pipeline), topics, partitions: partitionsIn(topics) }
  })
}
