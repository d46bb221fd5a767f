import { describe, expect, it } from 'vitest'
import type { AnyStage } from '../../../../engine/declare/index.ts'
import { LogError } from '../../../../engine/log/errors.ts'
import type { LogRecord } from '../../../../engine/log/port.ts'
import { decode } from '../../../../engine/runtime/record/decode.ts'
import { type BedOptions, runtimeBed, settled, until } from '../../../support/runtime/runtime-bed.ts'
import { aText, judgeText, texts } from '../../../support/runtime/text-stages.ts'

const never = new AbortController().signal

async function decoding(stage: AnyStage = judgeText(), options: BedOptions = {}) {
  const bed = await runtimeBed(stage, options)
  const [record] = bed.produce(aText('a'))
  return {
    ...bed,
    record: record!,
    decoded: (change: Partial<LogRecord> = {}) => decode(bed.context, { ...record!, ...change }, never)
  }
}

/** A codec of which every question fails with these errors, one after the other. */
function failingCodec(...errors: readonly Error[]) {
  const left = [...errors]
  return {
    prepare: async () => {},
    encode: () => Buffer.alloc(0),
    decode: async () => {
      const error = left.shift()
      if (error) throw error
      return aText('a')
    }
  }
}

describe('a record that can be read', () => {
  it('is known by its value and its id', async () => {
    const { record, decoded } = await decoding()
    expect(await decoded()).toEqual({ record, value: aText('a'), id: 'a' })
  })

  it('has its key of repeats where the stage rejects them', async () => {
    const { decoded } = await decoding(
      judgeText({ repeats: { as: 'repeated', by: ({ text }: { text: string }) => text.toUpperCase() } })
    )
    expect(await decoded()).toMatchObject({ id: 'a', repeatKey: 'TEXT A' })
  })
})

describe('a record that cannot be read', () => {
  it.each<[string, Partial<LogRecord>, string, RegExp]>([
    ['has no value', { value: null }, 'bad-frame', /no value/],
    ['is in another format', { value: Buffer.from('{"id":"a"}') }, 'bad-frame', /begins with byte 123/],
    ['is of a schema that nobody registered', { value: Buffer.from([0, 0, 0, 3, 231, 1]) }, 'unknown-schema', /999/],
    ['has no key', { key: null }, 'wrong-key', /is absent, but must be "a"/],
    ['has the key of another', { key: Buffer.from('b') }, 'wrong-key', /is "b", but must be "a"/],
    ['has a long key', { key: Buffer.from('k'.repeat(9_000)) }, 'wrong-key', /^the record's key is "k{200}", but/]
  ])('is a dead letter when it %s', async (_what, change, code, error) => {
    const { decoded, notices } = await decoding()
    const found = await decoded(change)
    expect(found).toMatchObject({ deadLetter: { code, error: expect.stringMatching(error) } })
    expect(notices).toEqual([])
  })

  it('blames the record when its key or id cannot be told, and the stage when its key of repeats cannot', async () => {
    const broken = () => {
      throw new Error('reading undefined')
    }
    const withTopic = (change: object) => judgeText({ reads: { ...texts, ...change } })
    for (const stage of [withTopic({ key: broken }), withTopic({ id: broken })])
      expect(await (await decoding(stage)).decoded()).toEqual({
        deadLetter: { code: 'bad-record', error: 'reading undefined' }
      })
    const repeating = await decoding(judgeText({ repeats: { as: 'repeated', by: broken } }))
    expect(await repeating.decoded()).toMatchObject({
      deadLetter: { code: 'stage-defect', error: 'reading undefined', stack: expect.stringContaining('decode.test') }
    })
  })
})

describe('a registry that does not answer', () => {
  it('is asked again after pauses that grow, and each is noticed', async () => {
    const away = new TypeError('fetch failed')
    const { decoded, clock, notices } = await decoding(judgeText(), {
      context: { codec: failingCodec(away, new LogError('unavailable', 'no registry'), away) }
    })
    let found: unknown
    void decoded().then(input => {
      found = input
    })
    for (const pauseMs of [250, 500, 1_000]) {
      await until(() => clock.sleepers === 1)
      await clock.advance(pauseMs - 1)
      await settled()
      expect(found).toBeUndefined()
      await clock.advance(1)
    }
    await until(() => found !== undefined)
    expect(found).toMatchObject({ id: 'a' })
    expect(notices).toEqual([
      'judge-text waits for the schema registry: fetch failed',
      'judge-text waits for the schema registry: no registry',
      'judge-text waits for the schema registry: fetch failed'
    ])
  })

  it('is asked every ten seconds at the longest', async () => {
    const errors = Array.from({ length: 9 }, () => new Error('away'))
    const { decoded, clock } = await decoding(judgeText(), { context: { codec: failingCodec(...errors) } })
    let found: unknown
    void decoded().then(input => {
      found = input
    })
    await until(() => clock.sleepers === 1)
    // 250 ms doubled until it is 8 s, then 10 s each.
    await clock.advance(250 + 500 + 1_000 + 2_000 + 4_000 + 8_000 + 3 * 10_000)
    await settled()
    expect(found).toMatchObject({ id: 'a' })
  })

  it('is not waited for any longer when the signal is aborted', async () => {
    const { context, record, clock } = await decoding(judgeText(), {
      context: { codec: failingCodec(new Error('away'), new Error('still away')) }
    })
    const stopping = new AbortController()
    const ended = decode(context, record, stopping.signal)
    await until(() => clock.sleepers === 1)
    stopping.abort()
    await expect(ended).rejects.toThrow('away')
    expect(clock.sleepers).toBe(0)
  })

  it('that refuses this process is no reason to wait', async () => {
    const { decoded, notices } = await decoding(judgeText(), {
      context: { codec: failingCodec(new LogError('not-authorised', 'wrong password')) }
    })
    await expect(decoded()).rejects.toMatchObject({ code: 'not-authorised' })
    expect(notices).toEqual([])
  })
})
