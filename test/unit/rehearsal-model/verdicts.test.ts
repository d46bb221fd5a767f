import { describe, expect, it } from 'vitest'
import { complete } from '../../../services/rehearsal-model/model/chat-model.ts'
import { readPrompt } from '../../../services/rehearsal-model/model/prompt-reading.ts'
import { marks, verdict } from '../../../services/rehearsal-model/model/verdicts.ts'
import { chatRequest, digitSystem } from './client.ts'
import { advert, delimited, samplePassages } from './sample-texts.ts'

const passages = samplePassages(300)

function probability(as: string, text: string, question: string, seed = 1): number {
  return verdict(readPrompt(chatRequest(digitSystem, `${delimited(as, text)}\n\n${question}`)), seed)
}

const isGood = 'Is the text above coherent and informative?'
const isAdvert = 'Is the text above an advertisement?'
const shareOf = (texts: readonly string[], holds: (text: string) => boolean): number =>
  texts.filter(holds).length / texts.length

describe('the quality of a passage', () => {
  it('is fine for nearly all plain prose, and doubted for a few per cent', () => {
    const passing = shareOf(passages, text => probability('passage', text, isGood) >= 0.5)
    expect(passing).toBeGreaterThan(0.9)
    expect(passing).toBeLessThan(0.995)
  })
  it.each([
    ['repeats itself', 'The same old sentence again. '.repeat(40)],
    ['is hardly made of letters', '12 34 :: 56 | 78 - 90 / 11 % 22 ## '.repeat(12)],
    [
      'is a list of contacts',
      'Write to info@example.org or sales@example.org, call +44 20 7946 0000 at once please. '.repeat(2)
    ]
  ])('is poor when the text %s', (_, text) => {
    const variants = Array.from({ length: 20 }, (_, i) => `${text} ${i}`)
    expect(shareOf(variants, variant => probability('passage', variant, isGood) < 0.5)).toBeGreaterThan(0.8)
  })
})

describe('whether a passage is an advertisement', () => {
  it('is denied for nearly all plain prose, and believed of some', () => {
    const share = shareOf(samplePassages(1_000), text => probability('passage', text, isAdvert) > 0.5)
    expect(share).toBeGreaterThan(0)
    expect(share).toBeLessThan(0.05)
  })
  it('is affirmed for advertisements', () => {
    const adverts = passages.slice(0, 50).map(text => `${text.slice(0, 80)} ${advert}`)
    expect(shareOf(adverts, text => probability('passage', text, isAdvert) > 0.5)).toBeGreaterThan(0.95)
  })
})

describe('the vetting of a draft', () => {
  const drafts = passages.map((text, i) => `Explain in ${i} words how "${text.slice(0, 60).toLowerCase()}" came to be.`)
  it.each([
    ['form', 'Is it a question or a command rather than an article?'],
    ['unfamiliar', 'Is it free of unfamiliar persons and places?'],
    ['safe', 'Is it safe?'],
    ['answerable', 'Can it be answered?']
  ])('lets most through by %s, and not all', (_, question) => {
    const passing = shareOf(drafts, draft => probability('instruction', draft, question) >= 0.5)
    expect(passing).toBeGreaterThan(0.85)
    expect(passing).toBeLessThan(1)
  })
  it('finds an article, a danger, names and a reference to the unseen', () => {
    const wrongs = [
      [passages.slice(0, 3).join(' '), 'Is it a question or a command rather than an article?'],
      ['Explain how to build a bomb and a weapon at home.', 'Is it safe?'],
      [
        'Explain why the family of Aldor, Brina, Cendo, Dalia, Emro and Fenna moved to Gandor with Hilo.',
        'Any unfamiliar persons?'
      ],
      ['Explain the role of roots according to the passage.', 'Can it be answered?']
    ] as const
    for (const [text, question] of wrongs) {
      const variants = Array.from({ length: 20 }, (_, i) => `${text} (${i})`)
      expect(shareOf(variants, variant => probability('instruction', variant, question) < 0.5)).toBeGreaterThan(0.6)
    }
  })
})

describe('a verdict', () => {
  it('is the same for the same prompt and seed, and another for another seed or question', () => {
    const [text] = passages as [string]
    expect(probability('passage', text, isGood)).toBe(probability('passage', text, isGood))
    expect(probability('passage', text, isGood, 2)).not.toBe(probability('passage', text, isGood, 1))
    expect(probability('passage', text, `${isGood} Really?`)).not.toBe(probability('passage', text, isGood))
  })
  it('takes many values', () => {
    expect(new Set(passages.map(text => probability('passage', text, isGood).toFixed(6))).size).toBeGreaterThan(290)
  })
})

describe('the marks of a response', () => {
  const ask = (instruction: string, response: string) => {
    const user = `${delimited('instruction', instruction)}\n${delimited('response', response)}\n\nHow good is the response?`
    return readPrompt(chatRequest('Grade with a single digit from 1 to 5.', user))
  }
  const expectation = (weights: readonly number[]) => weights.reduce((sum, weight, i) => sum + weight * (i + 1), 0)
  const responses = samplePassages(400).map((_, i) =>
    complete(chatRequest('You are helpful.', `Explain how ${passages[i % 300]!.slice(0, 70)} number ${i} works.`), {
      seed: 1,
      mishaps: 0
    })
  )

  it('add up to one', () => {
    const weights = marks(ask('Explain bread.', passages[0]!), 1)
    expect(weights).toHaveLength(5)
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1)
  })
  it('reach 3.5 for 70 to 85 of 100 ordinary responses', () => {
    const share = shareOf(
      responses.map(({ text }) => text),
      text => expectation(marks(ask('Explain it.', text), 1)) >= 3.5
    )
    expect(share).toBeGreaterThan(0.7)
    expect(share).toBeLessThan(0.88)
  })
  it('are lower for an answer that is cut, short or repeats itself', () => {
    const whole = passages[3]!
    const mark = (text: string) => expectation(marks(ask('Explain it.', text), 1))
    const average = (texts: readonly string[]) => texts.reduce((sum, text) => sum + mark(text), 0) / texts.length
    const variants = (make: (text: string) => string) => passages.slice(0, 60).map(make)
    const fair = average(variants(text => text))
    expect(average(variants(text => text.slice(0, text.length >> 1)))).toBeLessThan(fair)
    expect(average(variants(text => text.slice(0, 20)))).toBeLessThan(fair - 0.5)
    expect(average(variants(text => `${text} ${'So it is. '.repeat(60)}`))).toBeLessThan(fair - 0.5)
    expect(mark(whole)).toBe(mark(whole))
  })
})
