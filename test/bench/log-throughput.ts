import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { open } from 'lmdb'
import { copyTopology, noInference, openBench, pipeline, until } from './bench-stage.ts'

const records = 60_000
const valueBytes = 1_024

/** Records a second that a bare loop writes to lmdb in batches of 1,000, one durable transaction a batch, read back as it goes. */
async function bareLoop(): Promise<number> {
  const dir = mkdtempSync(join(tmpdir(), 'fanno-bare-'))
  const db = open<Buffer, [number, number]>({ path: dir, encoding: 'binary', overlappingSync: false })
  const value = Buffer.alloc(valueBytes, 'x')
  for (let from = 0; from < records; from += 1_000)
    await db.transaction(() => {
      for (let index = from; index < from + 1_000; index++) db.put([0, index], value)
    })
  const since = performance.now()
  for (let from = 0; from < records; from += 1_000) {
    const read = [...db.getRange({ start: [0, from], end: [0, from + 1_000] })]
    await db.transaction(() => {
      for (const { key, value } of read) db.put([1, key[1]], value)
    })
  }
  const seconds = (performance.now() - since) / 1_000
  await db.close()
  rmSync(dir, { recursive: true, force: true })
  return records / seconds
}

async function throughOneStage(partitions: number): Promise<number> {
  const bench = await openBench(partitions)
  await bench.produce(records, valueBytes)
  const since = performance.now()
  const running = await bench.start(copyTopology, noInference)
  const ended = async () =>
    (await bench.log.ends(`${pipeline}.outputs.v1`)).reduce((sum, end) => sum + end, 0) === records
  await until(ended)
  const seconds = (performance.now() - since) / 1_000
  await running.stop()
  await bench.close()
  return records / seconds
}

/** One stage without inference, exactly once, against a bare read-and-write loop on the same store in the same run. */
export async function logThroughput(): Promise<void> {
  const rate = (figure: number) => Math.round(figure).toLocaleString('en').padStart(9)
  console.log(`${records.toLocaleString('en')} records of ${valueBytes} bytes, records a second:`)
  for (const partitions of [1, 4]) {
    const bare = await bareLoop()
    const stage = await throughOneStage(partitions)
    console.log(
      `  ${partitions} partition${partitions > 1 ? 's' : ' '}   bare lmdb copy loop ${rate(bare)}   one stage ${rate(stage)}   ratio ${(stage / bare).toFixed(2)}`
    )
  }
  console.log(
    '  Left out: Avro decoding, ids, lineage and provenance are in the stage figure only; the bare loop copies bytes.'
  )
}
