import { SpanKind, SpanStatusCode } from '@opentelemetry/api'
import { tracing } from '@opentelemetry/sdk-node'
import { beforeEach, describe, expect, it } from 'vitest'
import { spanOf } from '../../../engine/runtime/record/spans.ts'
import { openTelemetry } from '../../../engine/telemetry/open-telemetry.ts'
import type { CallDescription } from '../../../engine/telemetry/port.ts'
import {
  parentOf,
  type TelemetryInMemory,
  telemetryInMemory,
  traceparentOf
} from '../../support/telemetry-in-memory.ts'

const stage = 'screen-passage'
const incoming = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
const input = (headers: Record<string, string> = {}, offset = 7) => ({
  topic: 'p.passages.v1',
  partition: 3,
  offset,
  headers
})
const chat: CallDescription = {
  operation: 'chat',
  model: 'a-teacher',
  ask: 'quality',
  number: 2,
  prompt: { id: 'screen-passage/quality', hash: 'abc' },
  sampling: { temperature: 0.5, topP: 0.9, maxTokens: 8, seed: 42 }
}

let memory: TelemetryInMemory
beforeEach(() => {
  memory = telemetryInMemory()
})

describe('the span of a record', () => {
  it('has the ids it was begun with, and the incoming span for a parent', () => {
    const told = spanOf(incoming, 'root', stage, 'record')
    const record = memory.telemetry.record(stage, told, input({ traceparent: incoming }))
    expect(record.traceparent).toBe(told)
    record.end('emitted', '', 2)
    expect(traceparentOf(memory.span('process'))).toBe(told)
    expect(parentOf(memory.span('process'))).toBe(incoming.slice(0, -3))
    expect(memory.span('process').parentSpanContext!.isRemote).toBe(true)
  })
  it('is the root of the trace of its document where the record brought no trace, and the same when it is replayed', () => {
    const told = spanOf(undefined, 'root', stage, 'record')
    for (let time = 0; time < 2; time++) memory.telemetry.record(stage, told, input()).end('emitted', '', 1)
    expect(memory.spans().map(traceparentOf)).toEqual([told, told])
    expect(memory.spans().map(parentOf)).toEqual([undefined, undefined])
  })
  it('says where the record stood and what became of it', () => {
    memory.telemetry.record(stage, incoming, input()).end('rejected', 'advertisement', 0)
    const { name, kind, attributes, status } = memory.span('process')
    expect(name).toBe('process p.passages.v1')
    expect(kind).toBe(SpanKind.CONSUMER)
    expect(attributes).toEqual({
      'messaging.system': 'test',
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.destination.name': 'p.passages.v1',
      'messaging.destination.partition.id': '3',
      'messaging.kafka.offset': 7,
      'fanno.stage': stage,
      'fanno.outcome': 'rejected',
      'fanno.reason': 'advertisement'
    })
    expect(status.code).toBe(SpanStatusCode.UNSET)
  })
  it('is an error for a dead letter, by its code and without its text', () => {
    memory.telemetry.record(stage, incoming, input()).end('dead-lettered', 'stage-defect', 0)
    const { attributes, status, events } = memory.span('process')
    expect(attributes).toMatchObject({ 'error.type': 'stage-defect', 'fanno.outcome': 'dead-lettered' })
    expect(status).toEqual({ code: SpanStatusCode.ERROR })
    expect(events).toEqual([])
  })
  it('was never there when it is not ended', () => {
    memory.telemetry.record(stage, incoming, input())
    expect(memory.spans()).toEqual([])
  })
  it('is refused without ids', () => {
    expect(() => memory.telemetry.record(stage, 'rubbish', input())).toThrow(TypeError)
  })
})

describe('the span of a call', () => {
  it('is a child of its record, under an id of its own that goes along with the request', () => {
    const record = memory.telemetry.record(stage, incoming, input())
    const calls = [1, 2].map(number => record.call({ ...chat, number }))
    for (const call of calls) call.replied({ promptTokens: 1, completionTokens: 1, finishReason: 'stop' })
    const spans = memory.spans()
    expect(spans.map(traceparentOf)).toEqual(calls.map(call => call.traceparent))
    expect(new Set([incoming, ...spans.map(traceparentOf)]).size).toBe(3)
    expect(spans.map(parentOf)).toEqual([incoming.slice(0, -3), incoming.slice(0, -3)])
  })
  it('says what was asked of which model, and what it cost', () => {
    const call = memory.telemetry.record(stage, incoming, input()).call(chat)
    call.replied({ promptTokens: 120, completionTokens: 3, finishReason: 'length' })
    const { name, kind, attributes } = memory.span('chat')
    expect(name).toBe('chat a-teacher')
    expect(kind).toBe(SpanKind.CLIENT)
    expect(attributes).toEqual({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai_compatible',
      'gen_ai.request.model': 'a-teacher',
      'gen_ai.request.temperature': 0.5,
      'gen_ai.request.top_p': 0.9,
      'gen_ai.request.max_tokens': 8,
      'gen_ai.request.seed': 42,
      'gen_ai.prompt.name': 'screen-passage/quality',
      'gen_ai.prompt.version': 'abc',
      'gen_ai.response.finish_reasons': ['length'],
      'gen_ai.usage.input_tokens': 120,
      'gen_ai.usage.output_tokens': 3,
      'fanno.stage': stage,
      'fanno.ask': 'quality',
      'fanno.ask.number': 2
    })
  })
  it('is an error of the kind that it failed with', () => {
    memory.telemetry.record(stage, incoming, input()).call(chat).failed('record-terminal')
    expect(memory.span('chat').status).toEqual({ code: SpanStatusCode.ERROR })
    expect(memory.span('chat').attributes['error.type']).toBe('record-terminal')
  })
  it('repeats no word that a server made up, and cuts long names', () => {
    const call = memory.telemetry.record(stage, incoming, input()).call({ ...chat, model: 'm'.repeat(5_000) })
    call.replied({ promptTokens: 1, completionTokens: 1, finishReason: 'my neighbour told me' })
    const { name, attributes } = memory.span('chat')
    expect(attributes['gen_ai.response.finish_reasons']).toEqual(['other'])
    expect(name.length).toBeLessThan(140)
    expect(String(attributes['gen_ai.request.model']).length).toBe(128)
  })
})

describe('the span of a commit', () => {
  const records = (count: number) =>
    Array.from({ length: count }, (_, offset) =>
      memory.telemetry.record(stage, spanOf(undefined, `root-${offset}`, stage, `${offset}`), input({}, offset))
    )

  it('links to the records it settles, and is a trace of its own', () => {
    const settled = records(3)
    memory.telemetry.commit(stage, input(), [...settled, undefined]).end('committed')
    const { links, parentSpanContext, attributes, kind, status } = memory.span('commit')
    expect(links.map(({ context }) => `00-${context.traceId}-${context.spanId}-01`)).toEqual(
      settled.map(({ traceparent }) => traceparent)
    )
    expect(parentSpanContext).toBeUndefined()
    expect(kind).toBe(SpanKind.CLIENT)
    expect(status.code).toBe(SpanStatusCode.UNSET)
    expect(attributes).toMatchObject({
      'messaging.operation.type': 'settle',
      'messaging.batch.message_count': 4,
      'fanno.commit.result': 'committed'
    })
  })
  it('links to 128 of them at most, and counts all', () => {
    memory.telemetry.commit(stage, input(), records(300)).end('committed')
    expect(memory.span('commit').links.length).toBe(128)
    expect(memory.span('commit').droppedLinksCount).toBe(0)
    expect(memory.span('commit').attributes['messaging.batch.message_count']).toBe(300)
  })
  it.each(['lost', 'halted'] as const)('is an error when it ended %s', result => {
    memory.telemetry.commit(stage, input(), records(1)).end(result)
    expect(memory.span('commit').status.code).toBe(SpanStatusCode.ERROR)
    expect(memory.span('commit').attributes).toMatchObject({ 'error.type': result })
  })
})

describe('sampling', () => {
  it('follows the flag of the incoming trace, down to the records that come of it', () => {
    const unsampled = incoming.replace(/01$/, '00')
    const told = spanOf(unsampled, 'root', stage, 'record')
    const record = memory.telemetry.record(stage, told, input({ traceparent: unsampled }))
    const call = record.call(chat)
    call.replied({ promptTokens: 1 })
    record.end('emitted', '', 1)
    memory.telemetry.commit(stage, input(), [record]).end('committed')
    expect(memory.spans().map(({ name }) => name)).toEqual(['commit p.passages.v1'])
    expect(memory.span('commit').links).toEqual([])
    expect(record.traceparent).toBe(told)
    expect(call.traceparent.slice(-2)).toBe('00')
  })
  it('of a new trace is the sampler’s, and its word goes on with the records', () => {
    memory = telemetryInMemory(new tracing.AlwaysOffSampler())
    const told = spanOf(undefined, 'root', stage, 'record')
    const record = memory.telemetry.record(stage, told, input())
    record.end('emitted', '', 1)
    expect(memory.spans()).toEqual([])
    expect(told.slice(-2)).toBe('01')
    expect(record.traceparent).toBe(told.replace(/01$/, '00'))
  })
  it('by ratio takes whole documents: the same ones in every process', () => {
    const sampled = () => {
      const some = telemetryInMemory(new tracing.TraceIdRatioBasedSampler(0.3))
      for (let document = 0; document < 200; document++)
        some.telemetry.record(stage, spanOf(undefined, `${document}`, stage, 'r'), input()).end('emitted', '', 1)
      return some.spans().map(span => span.spanContext().traceId)
    }
    const first = sampled()
    expect(first.length).toBeGreaterThan(20)
    expect(first.length).toBeLessThan(120)
    expect(sampled()).toEqual(first)
  })
})

it('without traces hands on the trace context as it came', () => {
  const telemetry = openTelemetry({ system: 'test', shutdown: async () => {} })
  const record = telemetry.record(stage, incoming, input())
  expect(record.traceparent).toBe(incoming)
  expect(record.call(chat).traceparent).toBe(incoming)
  telemetry.commit(stage, input(), [record]).end('committed')
})
