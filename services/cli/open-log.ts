import { existsSync, readdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { topicName } from '../../engine/declare/index.ts'
import { type Codec, createCodec } from '../../engine/log/codec.ts'
import { type EmbeddedLog, openEmbeddedLog } from '../../engine/log/embedded/open.ts'
import { topicsOf } from '../../engine/runtime/pipeline.ts'
import { cuts, documents, ingestPositions } from '../topics.ts'
import { topology } from '../topology.ts'
import { CommandError, configurationError, exitCodes } from './exit-codes.ts'

/** A pipeline's log, open. Each pipeline has a folder of its own in the data folder. */
export interface OpenPipeline {
  readonly driver: EmbeddedLog
  readonly codec: Codec
  readonly pipeline: string
  readonly dir: string
  /** Partitions of a topic by its `records` name. */
  readonly partitions: (records: string) => number
}

const folderOf = (dataDir: string, pipeline: string): string => join(dataDir, pipeline)

/** Where a pipeline keeps what can be rebuilt from its log. */
export const localDirOf = ({ dir }: OpenPipeline): string => join(dir, 'local')

export const rehearsalName = (pipeline: string): string => `${pipeline}-rehearsal`
export const isRehearsal = (pipeline: string): boolean => pipeline.endsWith('-rehearsal')

export const pipelinesIn = (dataDir: string): string[] =>
  existsSync(dataDir)
    ? readdirSync(dataDir)
        .filter(name => existsSync(join(folderOf(dataDir, name), 'data.mdb')))
        .sort()
    : []

/**
 * The pipeline that a reading command is about: the one named, or the only one there is.
 * @throws CommandError listing those there are.
 */
export function choosePipeline(dataDir: string, named: string | undefined): string {
  const there = pipelinesIn(dataDir)
  const list = there.length > 0 ? `There are: ${there.join(', ')}.` : 'There is none yet: fanno run makes one.'
  if (named !== undefined) {
    const found = [named, rehearsalName(named)].filter(name => there.includes(name))
    if (found.length > 0) return found[0]!
    throw new CommandError(exitCodes.usage, `There is no pipeline ${named} in ${dataDir}. ${list}`)
  }
  if (there.length === 1) return there[0]!
  const problem = there.length === 0 ? `There is no pipeline in ${dataDir}.` : `${dataDir} holds several pipelines.`
  throw new CommandError(exitCodes.usage, `${problem} ${there.length > 1 ? 'Say which with --pipeline. ' : ''}${list}`)
}

/** Opens a log to be read. Nothing is created. */
export async function openToRead(dataDir: string, named: string | undefined): Promise<OpenPipeline> {
  const pipeline = choosePipeline(dataDir, named)
  const dir = folderOf(dataDir, pipeline)
  const driver = await openEmbeddedLog({ dir, role: 'read' })
  const specs = await driver.topics()
  const partitions = (records: string) =>
    [...specs.values()].find(({ topic }) => topic.startsWith(`${pipeline}.${records}.v`))?.partitions ?? 0
  return { driver, codec: createCodec(driver.registry), pipeline, dir, partitions }
}

/**
 * Opens a log to be written to, with all topics of the pipeline.
 * @throws CommandError when another number of partitions is asked for than the topics have.
 */
export async function openToWrite(options: {
  readonly dataDir: string
  readonly pipeline: string
  readonly role: 'run' | 'append'
  readonly partitions: number
  readonly partitionsGiven: boolean
}): Promise<OpenPipeline> {
  const { pipeline, role } = options
  const dir = folderOf(options.dataDir, pipeline)
  const driver = await openEmbeddedLog({ dir, role })
  try {
    const before = (await driver.topics()).get(topicName(pipeline, documents))?.partitions
    if (before !== undefined && options.partitionsGiven && before !== options.partitions)
      throw configurationError([
        `FANNO_PARTITIONS: the topics of ${pipeline} have ${before} partitions, and keys stay where they are; say ${before}, or begin anew with --fresh or another --pipeline`
      ])
    const many = before ?? options.partitions
    const topics = [
      ...topicsOf(topology, pipeline, many),
      ...[cuts, ingestPositions].map(handle => ({ handle, topic: topicName(pipeline, handle), partitions: 1 }))
    ]
    await driver.createTopics(topics.map(({ topic, partitions }) => ({ topic, partitions })))
    const codec = createCodec(driver.registry)
    for (const { topic, handle } of topics) await codec.prepare(topic, handle.schema)
    const byRecords = new Map(topics.map(({ handle, partitions }) => [handle.records, partitions]))
    return { driver, codec, pipeline, dir, partitions: records => byRecords.get(records)! }
  } catch (error) {
    await driver.close()
    throw error
  }
}

/** Deletes a pipeline with all it made. @throws LogError `log-in-use` while a process runs its stages. */
export async function deletePipeline(dataDir: string, pipeline: string): Promise<void> {
  const dir = folderOf(dataDir, pipeline)
  const held = await openEmbeddedLog({ dir, role: 'run' })
  await held.close()
  await rm(dir, { recursive: true, force: true })
}
