import { type AnyStage, topicName } from '../../../engine/declare/index.ts'
import type { HeldBack } from '../../../engine/log/port.ts'
import { readRecords } from '../../../engine/log/read.ts'
import type { LogTarget } from '../../operate/configuration.ts'
import { type OpenPipeline, openToRead } from '../../operate/open.ts'
import { countRecords, settledOf } from '../../operate/read.ts'
import { topology } from '../../topology.ts'
import { bytesAsText, counted, jsonLine, printableLine, table } from '../display/printable.ts'
import { asObject, tallyOf } from '../display/tally.ts'

/** Where a pipeline stands, from what is on its log: any process may ask, whether stages run or not. */
export async function status(
  log: LogTarget,
  named: string | undefined,
  json: boolean,
  write: (text: string) => void
): Promise<void> {
  const open = await openToRead(log, named)
  try {
    const found = await statusOf(open)
    write(`${json ? jsonLine(found) : statusText(found)}\n`)
  } finally {
    await open.driver.close()
  }
}

export async function statusOf(open: OpenPipeline) {
  const { driver, pipeline } = open
  const existing = await driver.topics()
  const tally = await tallyOf(open)
  const stages = []
  for (const stage of topology.stages) {
    const topic = topicName(pipeline, stage.reads)
    const there = existing.has(topic)
    const { input, waiting } = there ? await inputOf(open, stage) : { input: 0, waiting: 0 }
    const sum = (counts: ReadonlyMap<string, number> | undefined) =>
      [...(counts?.values() ?? [])].reduce((total, count) => total + count, 0)
    const rejected = sum(tally.rejected.get(stage.name))
    const deadLettered = sum(tally.deadLettered.get(stage.name))
    const settled = input - waiting
    const emitted = settled - rejected - deadLettered
    stages.push({
      stage: stage.name,
      reads: stage.reads.records,
      input,
      settled,
      emitted,
      rejected,
      deadLettered,
      waiting
    })
  }
  const heldBack: HeldBack[] = []
  const topics: Record<string, number> = {}
  for (const { topic } of existing.values()) {
    if (!topic.startsWith(`${pipeline}.`)) continue
    topics[topic] = (await driver.ends(topic)).reduce((sum, end) => sum + end, 0)
    heldBack.push(...driver.heldBack(topic))
  }
  return {
    pipeline,
    drained: heldBack.length === 0 && stages.every(({ waiting }) => waiting === 0),
    heldBack,
    bytes: await open.size(),
    stages,
    // Not by the ends of its partitions: on Kafka, these count the marks of transactions too.
    pairs: await countRecords(open, topology.sink),
    rejected: asObject(tally.rejected),
    rejectedInPart: asObject(tally.partly),
    deadLettered: asObject(tally.deadLettered),
    topics
  }
}

/** Records of a stage's input, and how many of them have no outcome yet. */
async function inputOf(open: OpenPipeline, stage: AnyStage) {
  const settled = await settledOf(open, stage)
  let input = 0
  let waiting = 0
  for await (const { partition, offset } of readRecords(open, stage.reads, { to: settled.map(({ end }) => end) })) {
    input++
    if (!settled[partition]!.has(offset)) waiting++
  }
  return { input, waiting }
}

function statusText(found: Awaited<ReturnType<typeof statusOf>>): string {
  const state = found.drained ? 'all settled' : 'work is waiting'
  const reasons = (counts: Record<string, Record<string, number>>) =>
    Object.entries(counts).flatMap(([stage, reasons]) =>
      Object.entries(reasons).map(([reason, count]) => [stage, reason, count])
    )
  const lines = [
    `Pipeline ${found.pipeline}: ${state}${found.bytes === undefined ? '' : `, ${bytesAsText(found.bytes)} on disk`}`,
    '',
    ...table(
      ['stage', 'reads', 'records', 'emitted', 'rejected', 'dead', 'waiting'],
      found.stages.map(s => [s.stage, s.reads, s.input, s.emitted, s.rejected, s.deadLettered, s.waiting])
    )
  ]
  for (const { topic, partition, end, behind, since } of found.heldBack)
    lines.push(
      '',
      `${topic}/${partition}: another producer has had a transaction open since ${new Date(since).toISOString()} or earlier.`,
      `  ${counted(behind, 'offset')} from ${end} on cannot be read until it ends. No records are lost, and the other partitions continue.`
    )
  const rejected = reasons(found.rejected)
  if (rejected.length > 0) lines.push('', ...table(['rejected by', 'reason', 'records'], rejected))
  const deadLettered = reasons(found.deadLettered)
  if (deadLettered.length > 0) lines.push('', ...table(['dead-lettered by', 'error', 'records'], deadLettered))
  lines.push(
    '',
    `${counted(found.pairs, 'pair')}.${found.pairs > 0 ? ' Export them with: fanno export --format alpaca' : ''}`
  )
  return lines.map(printableLine).join('\n')
}
