import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LogRecord } from '../../../../engine/log/port.ts'
import { connectHeaders, deadLetterOf, shorten } from '../../../../engine/runtime/record/dead-letter.ts'

const record = (more: Partial<LogRecord> = {}): LogRecord => ({
  topic: 'p.texts.v1',
  partition: 2,
  offset: 41,
  timestamp: 0,
  key: Buffer.from('k'),
  value: Buffer.from('as it came'),
  headers: { origin: 'crawl' },
  ...more
})
const limit = 100_000
const room = limit - 64 * 1024
const letterOf = (more: Partial<LogRecord> = {}, error = 'what went wrong', stack?: string) =>
  deadLetterOf(
    'judge-text',
    { record: record(more) },
    { deadLetter: { code: 'bad-frame', error, ...(stack !== undefined && { stack }) } },
    limit
  )

describe('a dead letter', () => {
  it('says where the record stood and what went wrong, and holds its bytes as they came', () => {
    expect(letterOf()).toMatchObject({
      stage: 'judge-text',
      code: 'bad-frame',
      error: 'what went wrong',
      stack: null,
      recordId: null,
      inputTopic: 'p.texts.v1',
      inputPartition: 2,
      inputOffset: 41,
      key: Buffer.from('k'),
      value: Buffer.from('as it came'),
      truncated: false,
      headers: { origin: 'crawl' }
    })
  })

  it('has an id of its own for each place and stage, and the same for the same', () => {
    const ids = [letterOf(), letterOf({ offset: 42 }), letterOf({ partition: 3 }), letterOf({ topic: 'q' })].map(
      ({ id }) => id
    )
    expect(new Set(ids).size).toBe(4)
    expect(letterOf({}, 'another error').id).toBe(ids[0])
  })

  it('keeps a null value null, and an empty one empty', () => {
    expect(letterOf({ value: null, key: null })).toMatchObject({ value: null, key: null, truncated: false })
    expect(letterOf({ value: Buffer.alloc(0) })).toMatchObject({ value: Buffer.alloc(0), truncated: false })
  })

  it('cuts a value only when it leaves no room for the rest, and says so', () => {
    const whole = letterOf({ value: Buffer.alloc(room, 1) })
    expect([(whole.value as Buffer).length, whole.truncated]).toEqual([room, false])
    const cut = letterOf({ value: Buffer.alloc(room + 1, 1) })
    expect([(cut.value as Buffer).length, cut.truncated]).toEqual([room, true])
  })

  it('holds no more of a key, of an error and of a stack than is needed to know them', () => {
    const letter = letterOf({ key: Buffer.alloc(9_000) }, 'e'.repeat(9_000), 's'.repeat(9_000))
    expect((letter.key as Buffer).length).toBe(4_096)
    expect((letter.error as string).length).toBe(2_000)
    expect((letter.stack as string).length).toBe(2_000)
  })

  it('holds at most 32 headers and 32 KiB of them, whatever their alphabet', () => {
    const text = fc.string({ unit: 'binary', maxLength: 700 })
    fc.assert(
      fc.property(fc.dictionary(text, text, { maxKeys: 50 }), headers => {
        const kept = Object.entries(letterOf({ headers }).headers as Record<string, string>)
        expect(kept.length).toBeLessThanOrEqual(32)
        const bytes = kept.reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value), 0)
        expect(bytes).toBeLessThanOrEqual(32 * 1024)
        for (const [name, value] of kept) {
          expect(name.length).toBeLessThanOrEqual(128)
          expect(value.length).toBeLessThanOrEqual(512)
        }
      }),
      { numRuns: 50 }
    )
  })

  it('keeps every header of a usual record', () => {
    const headers = Object.fromEntries(Array.from({ length: 32 }, (_, index) => [`name-${index}`, `${index}`]))
    expect(letterOf({ headers }).headers).toEqual(headers)
    expect(Object.keys(letterOf({ headers: { ...headers, more: '' } }).headers as object).length).toBe(32)
  })
})

describe('evidence', () => {
  it('is cut without leaving half a character', () => {
    const cut = shorten(`${'x'.repeat(1_999)}😀`)
    expect(cut.length).toBe(2_000)
    expect(cut.isWellFormed()).toBe(true)
  })
})

describe('the headers for the tools of Kafka Connect', () => {
  it('name place, stage, code and error', () => {
    expect(connectHeaders(record(), letterOf({}, 'e'.repeat(900)))).toEqual({
      '__connect.errors.topic': 'p.texts.v1',
      '__connect.errors.partition': '2',
      '__connect.errors.offset': '41',
      '__connect.errors.stage': 'judge-text',
      '__connect.errors.exception.class.name': 'bad-frame',
      '__connect.errors.exception.message': 'e'.repeat(500)
    })
  })
})
