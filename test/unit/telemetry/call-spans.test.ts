import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { InferenceService } from '../../../engine/inference/inference.ts'
import type { RecordSpan } from '../../../engine/telemetry/port.ts'
import {
  aPassage,
  askContext,
  embed,
  everyAsk,
  inferenceAt,
  isGood,
  pipelineSecret,
  retell
} from '../../support/records/questions.ts'
import { completion, type ScriptedServer, startScriptedServer } from '../../support/scripted-server.ts'
import {
  parentOf,
  type TelemetryInMemory,
  telemetryInMemory,
  traceparentOf
} from '../../support/telemetry-in-memory.ts'

let server: ScriptedServer
let inference: InferenceService
let memory: TelemetryInMemory
let span: RecordSpan

beforeEach(async () => {
  server = await startScriptedServer()
  inference = inferenceAt(server.url).inference
  inference.prepare(everyAsk, pipelineSecret)
  await inference.identify()
  memory = telemetryInMemory()
  const input = { topic: 't', partition: 0, offset: 0, headers: {} }
  span = memory.telemetry.record('screen-passage', askContext().traceparent, input)
})
afterEach(async () => {
  await inference.close()
  await server.close()
})

const chats = () => server.asked('/chat/completions')

describe('a call to a model', () => {
  it('is a span, and the server gets its trace context', async () => {
    await inference.answer(isGood, aPassage(), askContext({ span }))
    const call = memory.span('chat tiny')
    expect(chats()[0]!.headers.traceparent).toBe(traceparentOf(call))
    expect(parentOf(call)).toBe(span.traceparent.slice(0, -3))
    expect(call.attributes).toMatchObject({
      'gen_ai.prompt.name': 'is-good',
      'gen_ai.request.seed': chats()[0]!.body.seed,
      'gen_ai.usage.input_tokens': 11,
      'gen_ai.response.finish_reasons': ['stop'],
      'fanno.ask': 'quality',
      'fanno.ask.number': 1
    })
  })
  it('is a span of its own for each re-ask', async () => {
    server.answer(({ headers }) => (headers['x-fanno-ask'] ? { body: completion(' ') } : undefined))
    await inference.answer(retell, aPassage(), askContext({ span })).catch(() => {})
    expect(memory.spans().map(({ attributes }) => attributes['fanno.ask.number'])).toEqual([1, 2])
    expect(chats().map(({ headers }) => headers.traceparent)).toEqual(memory.spans().map(traceparentOf))
  })
  it('is one span over its retries, which lasts until it was answered', async () => {
    let failures = 2
    server.answer(({ headers }) => (headers['x-fanno-ask'] && failures-- > 0 ? { status: 503, body: {} } : undefined))
    await inference.answer(retell, aPassage(), askContext({ span }))
    expect(chats().length).toBe(3)
    expect(memory.spans().length).toBe(1)
    expect(memory.span('chat').attributes['error.type']).toBeUndefined()
  })
  it('says the kind of its failure, and nothing of what the server said', async () => {
    server.answer(({ headers }) =>
      headers['x-fanno-ask'] ? { status: 422, body: { error: { message: 'a canary sang' } } } : undefined
    )
    await expect(inference.answer(retell, aPassage(), askContext({ span }))).rejects.toThrow()
    expect(memory.span('chat').attributes['error.type']).toMatch(/^(record-terminal|configuration)$/)
    expect(await memory.everything()).not.toContain('canary')
  })
  it('says nothing of what was asked and answered, nor of the key', async () => {
    const canary = 'a canary sang in the mine'
    const body = { ...completion(canary, { finishReason: canary }), model: canary, id: canary }
    server.answer(({ headers }) => (headers['x-fanno-ask'] ? { body } : undefined))
    const { answer } = await inference.answer(retell, aPassage(canary), askContext({ span }))
    expect(answer).toMatchObject({ text: canary })
    expect(JSON.stringify(chats()[0]!.body)).toContain(canary)
    const told = await memory.everything()
    expect(told).toContain('chat tiny')
    expect(told).not.toContain('canary')
  })
  it('is a span for embeddings, without a prompt', async () => {
    await inference.answer(embed, { text: 'The tide.' }, askContext({ span, ask: 'vector' }))
    const { name, attributes } = memory.span('embeddings')
    expect(name).toBe('embeddings tiny')
    expect(attributes['gen_ai.usage.input_tokens']).toBe(5)
    expect(Object.keys(attributes).filter(key => /prompt|temperature|output/.test(key))).toEqual([])
  })
  it('hands on the record’s trace context where there is no telemetry', async () => {
    await inference.answer(isGood, aPassage(), askContext())
    expect(chats()[0]!.headers.traceparent).toBe(askContext().traceparent)
  })
})
