import { describe, expect, it } from 'vitest'
import { spanOf, traced, tracedCommit, traceparentOf } from '../../../../engine/runtime/record/spans.ts'
import { noTelemetry, type RecordSpan, type Telemetry } from '../../../../engine/telemetry/port.ts'
import { inputOfText, runtimeBed } from '../../../support/runtime/runtime-bed.ts'
import { aText, judgeText } from '../../../support/runtime/text-stages.ts'

const incoming = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-00`
const traceId = (traceparent: string) => traceparent.slice(3, 35)
const spanId = (traceparent: string) => traceparent.slice(36, 52)

describe('the trace context of one stage and one record', () => {
  it('stays in the trace that the record brought along, with its flags', () => {
    const found = spanOf(incoming, 'root', 'judge-text', 'a')
    expect(found.startsWith(`00-${'a'.repeat(32)}-`)).toBe(true)
    expect(found.endsWith('-00')).toBe(true)
    expect(spanId(found)).not.toBe('b'.repeat(16))
  })

  it.each([undefined, '', 'rubbish', `00-${'0'.repeat(32)}-${'b'.repeat(16)}-01`])(
    'begins a trace by the root of the record where it brought along %o',
    brought => {
      const found = spanOf(brought, 'root', 'judge-text', 'a')
      expect(found).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
      expect(traceId(found)).toBe(traceId(spanOf(undefined, 'root', 'number-text', 'b')))
      expect(traceId(found)).not.toBe(traceId(spanOf(undefined, 'another', 'judge-text', 'a')))
    }
  )

  it('has one span a stage and record, the same whenever it is processed', () => {
    const spans = [
      spanOf(incoming, 'r', 'judge-text', 'a'),
      spanOf(incoming, 'r', 'judge-text', 'b'),
      spanOf(incoming, 'r', 'number-text', 'a')
    ].map(spanId)
    expect(new Set(spans).size).toBe(3)
    expect(spanId(spanOf(undefined, 'r', 'judge-text', 'a'))).toBe(spans[0])
  })

  it('tells copies and unreadable records apart by where they stood', () => {
    const first = inputOfText(aText('a'), 1)
    const second = inputOfText(aText('a'), 2)
    const of = (input: typeof first) => spanId(traceparentOf('judge-text', input))
    expect(of(first)).toBe(of(second))
    expect(of({ ...first, isCopy: true })).not.toBe(of({ ...second, isCopy: true }))
    expect(of({ ...first, isCopy: true })).not.toBe(of(first))
    expect(of({ record: first.record })).not.toBe(of({ record: second.record }))
  })

  it('is that of the span once there is one', () => {
    const span = { traceparent: incoming } as RecordSpan
    expect(traceparentOf('judge-text', { ...inputOfText(aText('a')), span })).toBe(incoming)
  })

  it('reads the header of the record and the root of its lineage', () => {
    const lineage = { rootId: 'root', parentId: '', traceparent: '', steps: [] }
    const rooted = inputOfText(aText('a', { lineage }))
    expect(traceparentOf('judge-text', rooted)).toBe(spanOf(undefined, 'root', 'judge-text', 'a'))
    const led = inputOfText(aText('a'), 0, { traceparent: incoming })
    expect(traceparentOf('judge-text', led)).toBe(spanOf(incoming, 'a', 'judge-text', 'a'))
  })
})

describe('telemetry is told', () => {
  it('of a record under its trace context, where it stood', () => {
    const told: unknown[] = []
    const telemetry: Telemetry = {
      ...noTelemetry,
      record: (...args) => {
        told.push(args)
        return noTelemetry.record(...args)
      }
    }
    const input = inputOfText(aText('a'), 7)
    const begun = traced({ telemetry, stage: judgeText() }, input)
    expect(told).toEqual([['judge-text', traceparentOf('judge-text', input), input.record]])
    expect(begun).toEqual({ ...input, span: begun.span })
    expect(begun.span!.traceparent).toBe(traceparentOf('judge-text', input))
  })

  it.each([
    ['committed', async () => 'committed' as const, 1],
    ['lost', async () => 'lost' as const, 0],
    ['halted', () => Promise.reject(new Error('the disk is full')), 0]
  ])('of a commit and that it ended as %s; only one that succeeded is measured', async (ending, commit, measured) => {
    const told: unknown[] = []
    const span = { traceparent: 'its' } as RecordSpan
    const { context, clock } = await runtimeBed(judgeText(), {
      context: {
        telemetry: {
          ...noTelemetry,
          commit: (...args) => {
            told.push(args)
            return { end: result => void told.push(result) }
          }
        }
      }
    })
    const ended = tracedCommit(context, 4, [{ span }, {}], async () => {
      await clock.advance(30)
      return commit()
    })
    if (ending === 'halted') await expect(ended).rejects.toThrow('the disk is full')
    else expect(await ended).toBe(ending)
    expect(told).toEqual([['judge-text', { topic: 'p.texts.v1', partition: 4 }, [span, undefined]], ending])
    const { commitSeconds } = context.counters
    expect(commitSeconds.counts.reduce((sum, count) => sum + count, 0)).toBe(measured)
  })
})
