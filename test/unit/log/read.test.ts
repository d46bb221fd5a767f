import { beforeEach, describe, expect, it } from 'vitest'
import { defineTopic, topicName } from '../../../engine/declare/index.ts'
import { createCodec } from '../../../engine/log/codec.ts'
import type { LogError } from '../../../engine/log/errors.ts'
import { type PipelineLog, readDecoded, readRecords, readValues } from '../../../engine/log/read.ts'
import { writeValues } from '../../../engine/log/write.ts'
import { createMemoryLog, type MemoryLog } from '../../support/simulated/memory-log.ts'

interface Note {
  readonly id: string
  readonly text: string
}
const field = (name: string) => ({ name, type: 'string', default: '' })
const notes = defineTopic<Note>({
  records: 'notes',
  schema: { type: 'record', name: 'Note', fields: [field('id'), field('text')] }
})
const name = topicName('p', notes)
const note = (id: string): Note => ({ id, text: `text ${id}` })

let memory: MemoryLog
let log: PipelineLog

beforeEach(async () => {
  memory = createMemoryLog()
  await memory.driver.createTopics([{ topic: name, partitions: 3 }])
  log = { driver: memory.driver, codec: createCodec(memory.driver.registry), pipeline: 'p' }
})
const ids = async (range?: Parameters<typeof readValues>[2]) =>
  (await Array.fromAsync(readValues(log, notes, range))).map(({ id }) => id)
const place = (value: { partition: number; offset: number }) => `${value.partition}/${value.offset}`

describe('values that were written', () => {
  const many = Array.from({ length: 12 }, (_, index) => note(`n${index}`))

  it('are read again, each once, in offset order within each partition', async () => {
    await writeValues(log, 'writer', notes, many)
    expect((await ids()).sort()).toEqual(many.map(({ id }) => id).sort())
    const places = (await Array.fromAsync(readRecords(log, notes))).map(place)
    expect(places).toEqual(places.toSorted())
    expect(new Set(places.map(at => at[0])).size).toBeGreaterThan(1)
  })
  it('are read from and up to given offsets of each partition, and not what came since', async () => {
    await writeValues(log, 'writer', notes, many)
    const to = await log.driver.ends(name)
    await writeValues(log, 'writer', notes, [note('later'), note('later still')])
    expect(await ids({ to })).toHaveLength(12)
    expect(await ids({ from: to })).toHaveLength(2)
    expect(await ids({ from: to, to })).toEqual([])
  })
  it('begin where the log still holds them', async () => {
    await writeValues(log, 'writer', notes, many)
    const ends = await log.driver.ends(name)
    memory.driver.starts = async () => ends
    expect(await ids()).toEqual([])
  })
  it('go with one key always to the same partition', async () => {
    await writeValues(log, 'writer', notes, [note('a'), { id: 'a', text: 'again' }])
    const found = await Array.fromAsync(readDecoded(log, notes))
    expect(found.map(({ value }) => value.text)).toEqual(['text a', 'again'])
    expect(new Set(found.map(({ record }) => record.partition)).size).toBe(1)
  })
})

describe('a record that cannot be decoded', () => {
  beforeEach(async () => {
    await writeValues(log, 'writer', notes, [note('a')])
    for (const partition of [0, 1, 2])
      memory.append([{ topic: name, partition, key: null, value: Buffer.from('no frame'), headers: {} }])
  })
  it('ends the reading where nobody is to be told', async () => {
    await expect(ids()).rejects.toMatchObject({ code: 'bad-frame' })
  })
  it('is left out and told, with its place', async () => {
    const told: LogError[] = []
    expect(await ids({ onDamage: damage => told.push(damage) })).toEqual(['a'])
    expect(told.map(({ code }) => code)).toEqual(['bad-frame', 'bad-frame', 'bad-frame'])
    expect(told[0]!.message).toMatch(/^record p\.notes\.v1\/\d\/\d: /)
  })
  it('does not hide that the log cannot be read', async () => {
    memory.driver.read = () => {
      throw new Error('no broker')
    }
    await expect(ids({ onDamage: () => {} })).rejects.toThrow('no broker')
  })
})

describe('a transaction', () => {
  it('that another writer fences says so, and has written nothing', async () => {
    memory.onCommit = () => ({ status: 'fenced' })
    await expect(writeValues(log, 'the-writer', notes, [note('a')])).rejects.toThrow(/another writer .*the-writer/)
    expect(await ids()).toEqual([])
  })
  it.each(['aborted', 'unknown'] as const)('that ended %s throws what the log said', async status => {
    const cause = new Error('no coordinator')
    memory.onCommit = () => ({ status, cause })
    await expect(writeValues(log, 'writer', notes, [note('a')])).rejects.toBe(cause)
  })
  it('closes its writer, however it ends', async () => {
    let closed = 0
    const { writer } = memory.driver
    memory.driver.writer = async id => {
      const made = await writer(id)
      return { commit: made.commit, close: async () => void closed++ }
    }
    await writeValues(log, 'writer', notes, [note('a')])
    memory.onCommit = () => ({ status: 'fenced' })
    await writeValues(log, 'writer', notes, [note('b')]).catch(() => {})
    expect(closed).toBe(2)
  })
})
