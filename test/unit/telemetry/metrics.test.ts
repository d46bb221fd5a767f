import { beforeEach, describe, expect, it } from 'vitest'
import { figuresOf } from '../../../engine/telemetry/figures.ts'
import { snapshot, stageFigures } from '../../support/simulated/snapshots.ts'
import { type TelemetryInMemory, telemetryInMemory } from '../../support/telemetry-in-memory.ts'

const incoming = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
const input = { topic: 'p.passages.v1', partition: 0, offset: 0, headers: {} }
const embedding = { operation: 'embeddings', model: 'an-embedder', ask: 'vector', number: 1 } as const

let memory: TelemetryInMemory
beforeEach(() => {
  memory = telemetryInMemory()
})

describe('metrics', () => {
  it('are those of the latest snapshot, every one of them', async () => {
    memory.telemetry.observe(snapshot())
    const latest = snapshot({ stages: [stageFigures({ emitted: 8, lag: 1 })], modelsPaused: true })
    memory.telemetry.observe(latest)
    for (const { name, read } of figuresOf('fanno')) {
      const points = (await memory.points(name)).map(({ value, attributes }) => ({ value, attributes }))
      expect([name, points]).toEqual([name, read(latest)])
    }
  })
  it('say nothing before there is a snapshot', async () => {
    for (const { name } of figuresOf('fanno')) expect(await memory.points(name)).toEqual([])
  })
  it('have the duration and the tokens of each call', async () => {
    const record = memory.telemetry.record('admit-instruction', incoming, input)
    record.call(embedding).replied({ promptTokens: 30 })
    record
      .call({ ...embedding, operation: 'chat', model: 'a-teacher' })
      .replied({ promptTokens: 9, completionTokens: 2 })
    record.call(embedding).failed('timeout')
    const durations = await memory.points('gen_ai.client.operation.duration')
    const called = { 'gen_ai.operation.name': 'embeddings', 'gen_ai.request.model': 'an-embedder' }
    expect(durations.map(({ attributes }) => attributes)).toMatchObject([
      { ...called, 'fanno.stage': 'admit-instruction', 'gen_ai.provider.name': 'openai_compatible' },
      { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'a-teacher' },
      { ...called, 'error.type': 'timeout' }
    ])
    const tokens = await memory.points('gen_ai.client.token.usage')
    expect(
      tokens.map(({ attributes, value }) => [
        attributes['gen_ai.operation.name'],
        attributes['gen_ai.token.type'],
        (value as { sum: number }).sum
      ])
    ).toEqual([
      ['embeddings', 'input', 30],
      ['chat', 'input', 9],
      ['chat', 'output', 2]
    ])
  })
  it('have the duration of each commit by its result', async () => {
    memory.telemetry.commit('admit-instruction', input, []).end('committed')
    memory.telemetry.commit('admit-instruction', input, []).end('lost')
    const points = await memory.points('fanno.commit.duration')
    expect(points.map(({ attributes, value }) => [attributes, (value as { count: number }).count])).toEqual([
      [{ 'fanno.stage': 'admit-instruction', 'fanno.commit.result': 'committed' }, 1],
      [{ 'fanno.stage': 'admit-instruction', 'fanno.commit.result': 'lost' }, 1]
    ])
  })
})
