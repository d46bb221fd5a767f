import { type AnyTopic, decidesInOrder, type Topology, topicName } from '../../engine/declare/index.ts'
import type { Codec } from '../../engine/log/codec.ts'
import { isLogError, LogError } from '../../engine/log/errors.ts'
import type { Commit, LogDriver, LogRecord } from '../../engine/log/port.ts'
import { readRecords } from '../../engine/log/read.ts'
import { parseMetadata, type SettledBits } from '../../engine/runtime/commit/commit-metadata.ts'
import { deadLetters, rejections } from '../../engine/runtime/ground/engine-topics.ts'
import { provenanceOf } from '../../engine/runtime/record/headers.ts'
import { settledOf } from '../operate/read.ts'
import { headerNames } from '../topics.ts'
import { createIdSet } from './ids.ts'
import { type Ledger, openLedger, type StageCount } from './ledger.ts'
import type { Violation } from './violations.ts'

export interface VerifyOptions {
  readonly driver: LogDriver
  readonly codec: Codec
  readonly topology: Topology
  readonly pipeline: string
}

export interface Verification {
  readonly counts: readonly StageCount[]
  readonly violations: readonly Violation[]
  /** Violations found beyond those listed. */
  readonly more: number
  /** Records read, and those of them without provenance in a topic that only stages write. */
  readonly records: number
  readonly foreign: number
}

/**
 * Checks I1, I2 and I3 over a whole log, by what the records themselves say: their provenance headers and ids. The log
 * may be in use: outcomes visible before the positions were read must be settled, and what is settled must have an
 * outcome by the time the ends are read again.
 */
export async function verify({ driver, codec, topology, pipeline }: VerifyOptions): Promise<Verification> {
  const topics = topicsToRead(topology)
  const existing = await driver.topics()
  const present = topics.filter(topic => existing.has(topicName(pipeline, topic)))
  const endsBefore = await endsOf(driver, pipeline, present, topology.source)
  const ledgers = new Map<string, Ledger>()
  const read = topology.stages.filter(stage => present.includes(stage.reads))
  for (const stage of read) {
    const settled = await settledOf({ driver, pipeline }, stage, strictly)
    const topic = topicName(pipeline, stage.reads)
    ledgers.set(stage.name, openLedger({ stage: stage.name, topic, decides: decidesInOrder(stage), settled }))
  }
  const endsAfter = await endsOf(driver, pipeline, present, topology.source)

  const violations: Violation[] = []
  let records = 0
  let foreign = 0
  for (const topic of present) {
    const reader = topology.stages.find(stage => stage.reads === topic)
    const inputs = reader && ledgers.get(reader.name)
    const checksIds = topic !== topology.source
    const ids = createIdSet()
    const name = topicName(pipeline, topic)
    const visit = () => readRecords({ driver, pipeline }, topic, { to: endsAfter.get(topic)! })
    for await (const record of visit()) {
      records += 1
      inputs?.input(record.partition, record.offset)
      if (!checksIds) continue
      const id = await idOf(codec, topic, record)
      if (id !== undefined) ids.add(id)
      // What strangers wrote is theirs; that it became a dead letter is seen below.
      else if (headerNames.stage in record.headers)
        violations.push({ kind: 'undecodable', of: name, records: [placeOf(record)], detail: 'it cannot be decoded' })
      const provenance = provenanceOf(record.headers, headerNames)
      const ledger = provenance && ledgers.get(provenance.stage)
      if (!ledger) {
        if (record.headers[headerNames.stage] !== 'ingest') foreign += 1
        continue
      }
      ledger.outcome({
        partition: provenance.input.partition,
        offset: provenance.input.offset,
        outcome: provenance.outcome,
        configuration: record.headers[headerNames.configuration] ?? '',
        at: placeOf(record),
        final: record.offset < endsBefore.get(topic)![record.partition]!
      })
    }
    const mayRepeat = ids.mayRepeat()
    const id = (record: LogRecord) => idOf(codec, topic, record)
    if (mayRepeat) violations.push(...(await repeatedIds(visit, mayRepeat, id, name)))
  }
  const closed: ReturnType<Ledger['close']>[] = []
  for (const stage of read) {
    const ledger = ledgers.get(stage.name)!
    closed.push(ledger.close(ledger.asksAgain ? await settledOf({ driver, pipeline }, stage, strictly) : undefined))
  }
  return {
    counts: closed.flatMap(({ counts }) => counts),
    violations: [...violations, ...closed.flatMap(found => found.violations)],
    more: closed.reduce((sum, { more }) => sum + more, 0),
    records,
    foreign
  }
}

/** Every topic that a stage reads or writes, in dataflow order. */
function topicsToRead(topology: Topology): readonly AnyTopic[] {
  const topics = new Set<AnyTopic>([topology.source])
  for (const stage of topology.stages) {
    for (const outlet of Object.values(stage.writes as Record<string, AnyTopic>)) topics.add(outlet)
    if (decidesInOrder(stage)) topics.add(stage.decisions)
  }
  return [...topics, rejections, deadLetters]
}

async function endsOf(
  driver: LogDriver,
  pipeline: string,
  topics: readonly AnyTopic[],
  source: AnyTopic
): Promise<ReadonlyMap<AnyTopic, readonly number[]>> {
  const ends = new Map<AnyTopic, readonly number[]>()
  for (const topic of topics) {
    const name = topicName(pipeline, topic)
    ends.set(topic, await driver.ends(name))
    const [held] = driver.heldBack(name)
    // Outcomes may lie behind it: they would seem to be missing. What lies behind in documents nobody has read yet.
    if (held && topic !== source)
      throw new LogError(
        'unavailable',
        `${name}/${held.partition} cannot be read to its end: another producer has a transaction open there. Run verify again after it has ended.`
      )
  }
  return ends
}

/** @throws ForeignPosition when another program has written the position of a group. */
const strictly = ({ metadata, offset }: Commit): SettledBits => parseMetadata(metadata, offset).settled

const placeOf = (record: LogRecord): string => `${record.topic}/${record.partition}/${record.offset}`

async function idOf(codec: Codec, topic: AnyTopic, record: LogRecord): Promise<string | undefined> {
  try {
    return topic.id(await codec.decode(topic.schema, record.value))
  } catch (error) {
    if (isLogError(error, 'bad-frame') || isLogError(error, 'unknown-schema')) return undefined
    throw error
  }
}

async function repeatedIds(
  visit: () => AsyncIterable<LogRecord>,
  mayRepeat: (id: string) => boolean,
  id: (record: LogRecord) => Promise<string | undefined>,
  topic: string
): Promise<Violation[]> {
  const places = new Map<string, string[]>()
  for await (const record of visit()) {
    const found = await id(record)
    if (found !== undefined && mayRepeat(found)) places.set(found, [...(places.get(found) ?? []), placeOf(record)])
  }
  return [...places]
    .filter(([, records]) => records.length > 1)
    .map(([repeated, records]) => ({ kind: 'id-twice', of: topic, records, detail: `the id ${repeated}` }))
}
