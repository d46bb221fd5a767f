import { topicName } from '../../../engine/declare/index.ts'
import { lagOf } from '../../../engine/runtime/lag.ts'
import { groupOf } from '../../../engine/runtime/stage-context.ts'
import { topology } from '../../topology.ts'
import { type OpenPipeline, openToRead } from '../open-log.ts'
import { bytesAsText, grouped, printableLine, table } from '../printable.ts'
import { asObject, countOf, tallyOf } from '../tally.ts'

/** Where a pipeline stands, from what is on its log: any process may ask, whether stages run or not. */
export async function status(
  dataDir: string,
  named: string | undefined,
  json: boolean,
  write: (text: string) => void
): Promise<void> {
  const open = await openToRead(dataDir, named)
  try {
    const found = await statusOf(open)
    write(`${json ? JSON.stringify(found) : statusText(found)}\n`)
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
    const input = there ? await countOf(open, stage.reads) : 0
    const waiting = there ? (await lagOf(driver, groupOf(pipeline, stage), topic)).records : 0
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
  const topics: Record<string, number> = {}
  for (const { topic } of existing.values()) {
    if (topic.startsWith(`${pipeline}.`)) topics[topic] = (await driver.ends(topic)).reduce((sum, end) => sum + end, 0)
  }
  return {
    pipeline,
    drained: stages.every(({ waiting }) => waiting === 0),
    bytes: (await driver.size()).bytes,
    stages,
    rejected: asObject(tally.rejected),
    rejectedInPart: asObject(tally.partly),
    deadLettered: asObject(tally.deadLettered),
    topics
  }
}

function statusText(found: Awaited<ReturnType<typeof statusOf>>): string {
  const state = found.drained ? 'all settled' : 'work is waiting'
  const reasons = (counts: Record<string, Record<string, number>>) =>
    Object.entries(counts).flatMap(([stage, reasons]) =>
      Object.entries(reasons).map(([reason, count]) => [stage, reason, count])
    )
  const lines = [
    `Pipeline ${found.pipeline}: ${state}, ${bytesAsText(found.bytes)} on disk`,
    '',
    ...table(
      ['stage', 'reads', 'records', 'emitted', 'rejected', 'dead', 'waiting'],
      found.stages.map(s => [s.stage, s.reads, s.input, s.emitted, s.rejected, s.deadLettered, s.waiting])
    )
  ]
  const rejected = reasons(found.rejected)
  if (rejected.length > 0) lines.push('', ...table(['rejected by', 'reason', 'records'], rejected))
  const deadLettered = reasons(found.deadLettered)
  if (deadLettered.length > 0) lines.push('', ...table(['dead-lettered by', 'error', 'records'], deadLettered))
  const pairs = found.topics[topicName(found.pipeline, topology.sink)] ?? 0
  lines.push('', `${grouped(pairs)} pairs. Export them with: fanno export --format alpaca`)
  return lines.map(printableLine).join('\n')
}
