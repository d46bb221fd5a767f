import { describe, expect, it } from 'vitest'
import { complete, cutShort, finish } from '../../../services/rehearsal-model/model/chat-model.ts'
import { chatRequest, digitSystem } from './client.ts'
import { delimited, samplePassages } from './sample-texts.ts'

const settings = { seed: 1, mishaps: 0 }
const passages = samplePassages(40)
const yesNo = (text: string, extra: object = {}) =>
  complete(chatRequest(digitSystem, `${delimited('passage', text)}\n\nIs it coherent?`, extra), settings)
const graded = (text: string, extra: object = {}) =>
  complete(
    chatRequest('Give a digit from 1 to 5.', `${delimited('response', text)}\n\nHow good is it?`, extra),
    settings
  )

const asSchema = (schema: object) => ({
  response_format: { type: 'json_schema', json_schema: { name: 'answer', schema } }
})

describe('a digit', () => {
  it('is the likelier one at temperature 0', () => {
    for (const text of passages) {
      const { firstToken, text: digit } = yesNo(text)
      expect(firstToken![0]!.token).toBe(digit)
      expect(['0', '1']).toContain(digit)
    }
  })
  it('is weighed beside its spelling with a space and words that a model would think of', () => {
    const tokens = yesNo(passages[0]!).firstToken!.map(({ token }) => token)
    for (const token of ['0', '1', ' 0', ' 1', 'Yes', 'The']) expect(tokens).toContain(token)
    expect(new Set(tokens).size).toBe(tokens.length)
    expect(tokens.length).toBeGreaterThanOrEqual(20)
  })
  it('has log-probabilities that are in order and add up to about one', () => {
    const list = yesNo(passages[0]!).firstToken!
    const values = list.map(({ logprob }) => logprob)
    expect(values).toEqual(values.toSorted((a, b) => b - a))
    const sum = values.reduce((total, value) => total + Math.exp(value), 0)
    expect(sum).toBeGreaterThan(0.95)
    expect(sum).toBeLessThan(1.1)
  })
  it('is drawn by the seed above temperature 0', () => {
    const doubtful = passages.flatMap(text =>
      [1, 2, 3, 4, 5, 6].map(seed => graded(text, { temperature: 1, seed }).text)
    )
    expect(new Set(doubtful).size).toBeGreaterThan(2)
    expect(graded(passages[0]!, { temperature: 1, seed: 7 }).text).toBe(
      graded(passages[0]!, { temperature: 1, seed: 7 }).text
    )
  })
  it('among choices makes everything else impossible', () => {
    const { firstToken, text } = yesNo(passages[0]!, { structured_outputs: { choice: ['0', '1'] } })
    const possible = firstToken!.filter(({ logprob }) => logprob > -9_999)
    expect(possible.map(({ token }) => token).toSorted()).toEqual(['0', '1'])
    expect(possible.reduce((sum, { logprob }) => sum + Math.exp(logprob), 0)).toBeCloseTo(1)
    expect(possible[0]!.token).toBe(text)
  })
  it('among chosen words is one of these', () => {
    expect(['yes', 'no']).toContain(yesNo(passages[0]!, { structured_outputs: { choice: ['yes', 'no'] } }).text)
  })
})

describe('a structured answer', () => {
  it('agrees with the digit', () => {
    const schema = { type: 'object', properties: { answer: { type: 'integer', enum: [0, 1] } } }
    for (const text of passages) {
      expect(yesNo(text, asSchema(schema)).text).toBe(`{"answer":${yesNo(text).text}}`)
    }
  })
  it('agrees with the mark', () => {
    const schema = { type: 'object', properties: { mark: { type: 'integer', minimum: 1, maximum: 5 } } }
    for (const text of passages) {
      expect(graded(text, asSchema(schema)).text).toBe(`{"mark":${graded(text).text}}`)
    }
  })
  it.each([
    ['a boolean', { type: 'boolean' }, /^(true|false)$/],
    ['a word', { enum: ['no', 'yes'] }, /^"(yes|no)"$/],
    ['a constant', { const: 'x' }, /^"x"$/],
    ['a list', { type: 'array', items: { type: 'integer', enum: [0, 1] }, minItems: 2 }, /^\[[01],[01]\]$/],
    ['one of several types', { type: ['null', 'string'] }, /^null$/],
    ['nested objects', { properties: { a: { properties: { b: { enum: ['0', '1'] } } } } }, /^\{"a":\{"b":"[01]"\}\}$/]
  ])('fits a schema of %s', (_, schema, pattern) => {
    expect(yesNo(passages[0]!, asSchema(schema)).text).toMatch(pattern)
  })
  it('holds free text where a string is wanted', () => {
    const request = chatRequest(
      'Be helpful.',
      'Explain bread.',
      asSchema({ properties: { response: { type: 'string' } } })
    )
    expect(JSON.parse(complete(request, settings).text).response).toMatch(/\.$/)
  })
  it('is JSON where only that is asked for', () => {
    const request = chatRequest('Be helpful.', 'Explain bread.', { response_format: { type: 'json_object' } })
    expect(JSON.parse(complete(request, settings).text)).toHaveProperty('answer')
  })
  it('survives a schema that is nested without end', () => {
    let schema: object = { type: 'string' }
    for (let i = 0; i < 50; i++) schema = { type: 'object', properties: { a: schema } }
    expect(() => JSON.parse(yesNo(passages[0]!, asSchema(schema)).text)).not.toThrow()
  })
})

describe('the end of a completion', () => {
  const ending = (text: string, extra: object) => finish(text, chatRequest('-', '-', extra))
  it('is counted as a token of its own', () => {
    expect(ending('one two', { max_tokens: 3 })).toEqual({ text: 'one two', finishReason: 'stop', tokens: 3 })
  })
  it('is not reached when max_tokens holds the text alone, as with real servers', () => {
    expect(ending('one two', { max_tokens: 2 })).toEqual({ text: 'one two', finishReason: 'length', tokens: 2 })
  })
  it('comes with max_tokens', () => {
    expect(ending('one two three', { max_tokens: 2 })).toEqual({ text: 'one two', finishReason: 'length', tokens: 2 })
  })
  it('comes before the first stop string', () => {
    expect(ending('one, two; three', { stop: [';', ','] })).toMatchObject({ text: 'one', finishReason: 'stop' })
  })
  it('can be brought forward', () => {
    const whole = { text: 'a b c d', finishReason: 'stop', tokens: 5 } as const
    expect(cutShort(whole, 'abort')).toEqual({ text: 'a b c', finishReason: 'abort', tokens: 3 })
  })
})
