import { type AnyTopic, topicName } from '../../../engine/declare/index.ts'
import { isLogError } from '../../../engine/log/errors.ts'
import type { LogRecord } from '../../../engine/log/port.ts'
import { topicsOf } from '../../../engine/runtime/process/topics.ts'
import type { LogTarget } from '../../operate/configuration.ts'
import { type OpenPipeline, openToRead } from '../../operate/open.ts'
import { sideTopics } from '../../topics.ts'
import { topology } from '../../topology.ts'
import { DamageTold } from '../display/damage-told.ts'
import { printableLine } from '../display/printable.ts'
import { asJson } from '../display/records-as-json.ts'
import { CommandError, exitCodes } from '../ending/exit-codes.ts'

export interface CatOptions {
  readonly log: LogTarget
  readonly named: string | undefined
  /** `pairs`, `dead-letters`, … */
  readonly records: string
  readonly json: boolean
  readonly partition: number | undefined
  readonly from: number
  readonly limit: number
  readonly write: (text: string) => Promise<void>
  readonly notice: (text: string) => void
}

/** Prints the records of a topic, oldest first, one a line. Of a damaged log those that are whole: exit code 65. */
export async function cat(options: CatOptions): Promise<number> {
  const handles = topicsOf(topology, '', 1, sideTopics).map(({ handle }) => handle)
  const handle = handles.find(({ records }) => records === options.records)
  if (!handle)
    throw new CommandError(
      exitCodes.usage,
      `There are no records called ${options.records}. There are: ${publicNames(handles).join(', ')}.`
    )
  const damage = new DamageTold(options.notice)
  const open = await openToRead(options.log, options.named, 'salvage')
  damage.opened(open.damage)
  try {
    let left = options.limit
    for await (const record of merged(open, topicName(open.pipeline, handle), options, damage)) {
      if (left-- <= 0) break
      const value = await decoded(open, handle, record)
      await options.write(`${options.json ? asJson(record, value) : asLine(record, value)}\n`)
    }
  } finally {
    await open.driver.close()
  }
  return damage.close() ? exitCodes.badData : exitCodes.ok
}

const publicNames = (handles: readonly AnyTopic[]): readonly string[] =>
  handles.filter(({ audience }) => audience !== 'private').map(({ records }) => records)

/** The records of all partitions by the time they were appended, which leaves the order within each as it is. */
async function* merged(
  open: OpenPipeline,
  topic: string,
  options: CatOptions,
  { met }: DamageTold
): AsyncGenerator<LogRecord> {
  if (!(await open.driver.topics()).has(topic)) return
  const ends = await open.driver.ends(topic)
  if (options.partition !== undefined && options.partition >= ends.length)
    throw new CommandError(exitCodes.usage, `--partition ${options.partition}: ${topic} has 0 to ${ends.length - 1}`)
  const wanted = options.partition === undefined ? [...ends.keys()] : [options.partition]
  const sources = wanted.map(p => open.driver.read(topic, p, options.from, ends[p]!, met)[Symbol.asyncIterator]())
  const heads = await Promise.all(sources.map(source => source.next()))
  try {
    for (;;) {
      let oldest = -1
      for (const [index, { done, value }] of heads.entries())
        if (!done && (oldest < 0 || value.timestamp < heads[oldest]!.value.timestamp)) oldest = index
      if (oldest < 0) return
      yield heads[oldest]!.value
      heads[oldest] = await sources[oldest]!.next()
    }
  } finally {
    await Promise.all(sources.map(source => source.return?.()))
  }
}

async function decoded(open: OpenPipeline, { schema }: AnyTopic, record: LogRecord): Promise<unknown> {
  try {
    return await open.codec.decode(schema, record.value)
  } catch (error) {
    // A registry that is away says nothing of the record.
    if (!isLogError(error, 'bad-frame') && !isLogError(error, 'unknown-schema')) throw error
    return { undecodable: error.message, bytes: record.value }
  }
}

/** One line for a person: where, when, and the fields that say most. */
function asLine(record: LogRecord, value: unknown): string {
  const fields = value as Record<string, unknown>
  const passage = fields.passage as { givenId?: string; text?: string } | undefined
  const telling = [
    'stage',
    'reason',
    'code',
    'verdict',
    'score',
    'document',
    'recordId',
    'givenId',
    'instruction',
    'response',
    'error',
    'evidence'
  ]
  const { lineage } = fields as { lineage?: { rootId?: string } }
  const parts = telling.flatMap(name => {
    const field = name === 'document' ? lineage?.rootId : fields[name]
    const most = name === 'evidence' || name === 'error' ? 400 : 100
    return field === null || field === undefined || field === '' ? [] : [`${name}: ${shorten(field, most)}`]
  })
  if (passage?.text && parts.length === 0) parts.push(`${passage.givenId}: ${shorten(passage.text)}`)
  if (parts.length === 0) parts.push(shorten(JSON.stringify(fields)))
  const time = new Date(record.timestamp).toISOString()
  return printableLine(`${record.partition}/${record.offset}  ${time}  ${parts.join('  ')}`)
}

const shorten = (field: unknown, most = 100): string => {
  const text = typeof field === 'number' ? String(Math.round(field * 1_000) / 1_000) : String(field)
  return text.length > most ? `${text.slice(0, most - 1)}…` : text
}
