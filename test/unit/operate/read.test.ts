import { beforeEach, describe, expect, it } from 'vitest'
import { topicName } from '../../../engine/declare/index.ts'
import { createCodec } from '../../../engine/log/codec.ts'
import type { PipelineLog } from '../../../engine/log/read.ts'
import { formatMetadata, parseMetadata } from '../../../engine/runtime/commit/commit-metadata.ts'
import { rejections } from '../../../engine/runtime/ground/engine-topics.ts'
import { countRecords, recordCounter, settledOf, valuesOf } from '../../../services/operate/read.ts'
import { passages } from '../../../services/topics.ts'
import { topology } from '../../../services/topology.ts'
import { createMemoryLog, type MemoryLog } from '../../support/simulated/memory-log.ts'

const screening = topology.stages.find(({ name }) => name === 'screen-passage')!
const input = topicName('p', passages)

let memory: MemoryLog
let log: PipelineLog

beforeEach(async () => {
  memory = createMemoryLog()
  await memory.driver.createTopics([{ topic: input, partitions: 2 }])
  log = { driver: memory.driver, codec: createCodec(memory.driver.registry), pipeline: 'p' }
})
const append = (partition: number, count: number) =>
  memory.append(
    Array.from({ length: count }, () => ({ topic: input, partition, key: null, value: Buffer.from(''), headers: {} }))
  )

describe('a count of records', () => {
  it('is that of all partitions, without the holes in their offsets', async () => {
    append(0, 3)
    memory.skip(input, 0)
    append(1, 2)
    expect(await countRecords(log, passages)).toBe(5)
  })
  it('is none of a topic that does not exist, until it does', async () => {
    const count = recordCounter(log, rejections)
    expect(await count()).toBe(0)
    const topic = topicName('p', rejections)
    await memory.driver.createTopics([{ topic, partitions: 1 }])
    memory.append([{ topic, partition: 0, key: null, value: null, headers: {} }])
    expect(await count()).toBe(1)
  })
  it('reads each record once, however often it is asked for', async () => {
    const read: number[] = []
    const { read: original } = memory.driver
    memory.driver.read = async function* (...range) {
      for await (const record of original(...range)) {
        read.push(record.offset)
        yield record
      }
    }
    const count = recordCounter(log, passages)
    append(0, 2)
    expect(await count()).toBe(2)
    append(0, 1)
    expect([await count(), await count()]).toEqual([3, 3])
    expect(read).toEqual([0, 1, 2])
  })
  it('goes on where it was cut off, and counts nothing twice', async () => {
    append(0, 2)
    append(1, 2)
    const count = recordCounter(log, passages)
    const { read } = memory.driver
    memory.driver.read = async function* (topic, partition, from, to) {
      if (partition === 1) throw new Error('no broker')
      yield* read(topic, partition, from, to)
    }
    await expect(count()).rejects.toThrow('no broker')
    memory.driver.read = read
    expect(await count()).toBe(4)
  })
})

it('a topic that does not exist has no values', async () => {
  expect(await Array.fromAsync(valuesOf(log, rejections))).toEqual([])
})

describe('what a stage has settled', () => {
  it('is nothing where it never committed, and nothing beyond a position that another program wrote', async () => {
    append(0, 4)
    append(1, 4)
    memory.setCommit('p.screen-passage', input, 1, { offset: 2, metadata: 'reset by a tool' })
    const [first, second] = await settledOf(log, screening)
    expect([first!.end, first!.base, first!.has(0)]).toEqual([4, 0, false])
    expect([second!.has(1), second!.has(2), second!.has(3)]).toEqual([true, false, false])
  })
  it('is what lies below its position and what its bitmap names beyond', async () => {
    append(0, 6)
    memory.setCommit('p.screen-passage', input, 0, { offset: 2, metadata: formatMetadata('hash', 2, [3, 5]) })
    const [settled] = await settledOf(log, screening)
    expect([0, 1, 2, 3, 4, 5].filter(offset => settled!.has(offset))).toEqual([0, 1, 3, 5])
  })
  it('is refused where whoever asks wants the position to be its own', async () => {
    memory.setCommit('p.screen-passage', input, 0, { offset: 2, metadata: 'reset by a tool' })
    const strict = settledOf(log, screening, ({ metadata, offset }) => parseMetadata(metadata, offset).settled)
    await expect(strict).rejects.toMatchObject({ name: 'ForeignPosition' })
  })
})
