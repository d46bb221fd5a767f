import { describe, expect, it } from 'vitest'
import { complete } from '../../../services/rehearsal-model/model/chat-model.ts'
import { chatRequest } from './client.ts'
import { samplePassages } from './sample-texts.ts'

const instructions = samplePassages(300).map((text, i) => `Explain, in ${i} words, why "${text.slice(0, 60)}" holds.`)
const respond = (instruction: string, mishaps = 0, seed = 1) =>
  complete(chatRequest('You are a helpful assistant.', instruction), { seed, mishaps })

describe('a response', () => {
  const honest = instructions.map(instruction => respond(instruction))
  it('has two to eight sentences and stops by itself', () => {
    for (const { text, finishReason } of honest) {
      const sentences = [...new Intl.Segmenter('en', { granularity: 'sentence' }).segment(text)].length
      expect(sentences).toBeGreaterThanOrEqual(2)
      expect(sentences).toBeLessThanOrEqual(9) // a frame may hold two short sentences
      expect(finishReason).toBe('stop')
    }
  })
  it('varies in length by a factor of three and more', () => {
    const lengths = honest.map(({ tokens }) => tokens)
    expect(Math.max(...lengths)).toBeGreaterThan(3 * Math.min(...lengths))
  })
  it('is hardly ever the same as another', () => {
    expect(new Set(honest.map(({ text }) => text)).size).toBeGreaterThan(280)
  })
  it('is the same for the same instruction and seed, and another for another seed', () => {
    expect(respond(instructions[0]!).text).toBe(honest[0]!.text)
    expect(respond(instructions[0]!, 0, 2).text).not.toBe(honest[0]!.text)
  })
})

describe('mishaps of responses', () => {
  const wrong = instructions.map(instruction => respond(instruction, 1))
  it.each([
    ['a refusal', /^I'm sorry/],
    ['nothing', /^$/],
    ['a runaway repetition', /(It is about .+\. )\1{10}/],
    ['another language', /^Es un asunto/]
  ])('include %s', (_, pattern) => {
    expect(wrong.filter(({ text }) => pattern.test(text)).length).toBeGreaterThan(20)
  })
  it('include text that is cut, and says so', () => {
    const cut = wrong.filter(({ finishReason }) => finishReason === 'length')
    expect(cut.length).toBeGreaterThan(20)
    for (const { text } of cut) expect(text).not.toBe('')
  })
  it('are rare by default shares', () => {
    const honest = instructions.filter(instruction => respond(instruction, 0.08).text === respond(instruction).text)
    expect(honest.length).toBeGreaterThan(255)
    expect(honest.length).toBeLessThan(295)
  })
})
