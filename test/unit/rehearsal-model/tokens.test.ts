import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPrefixCache } from '../../../services/rehearsal-model/machine/prefix-cache.ts'
import {
  countTokens,
  cutTokens,
  readPromptTokens,
  splitTokens
} from '../../../services/rehearsal-model/model/tokens.ts'
import { samplePassages } from './sample-texts.ts'

describe('tokens', () => {
  it('are words with the space before them, long words in pieces, other characters alone', () => {
    expect(splitTokens('The cat, sleeping.\n')).toEqual(['The', ' cat', ',', ' sleepi', 'ng', '.', '\n'])
  })
  it('of any text join to that text, and count and cut agree with the split', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.nat(50), (text, limit) => {
        const tokens = splitTokens(text)
        expect(tokens.join('')).toBe(text)
        expect(countTokens(text)).toBe(tokens.length)
        expect(readPromptTokens([text]).tokens).toBe(tokens.length)
        expect(cutTokens(text, limit)).toBe(tokens.slice(0, limit).join(''))
      })
    )
  })
  it('number about 1.3 for a word of English', () => {
    const text = samplePassages(20).join('\n')
    const perWord = countTokens(text) / text.split(/\s+/).length
    expect(perWord).toBeGreaterThan(1.15)
    expect(perWord).toBeLessThan(1.6)
  })
})

describe('prompt blocks', () => {
  it('are equal as long as the prompts are, and differ for ever after', () => {
    const words = Array.from({ length: 100 }, (_, i) => ` w${i}`)
    const one = readPromptTokens([words.join('')]).blocks
    const other = readPromptTokens([words.with(40, ' x').join('')]).blocks
    expect(one).toHaveLength(6)
    expect(other.slice(0, 2)).toEqual(one.slice(0, 2))
    for (let i = 2; i < 6; i++) expect(other[i]).not.toBe(one[i])
  })
})

describe('the prefix cache', () => {
  const prompt = (text: string) => readPromptTokens([text])
  const shared = Array.from({ length: 64 }, (_, i) => ` s${i}`).join('')

  it('knows nothing of the first prompt and the shared blocks of the second', () => {
    const cache = createPrefixCache(1_000)
    expect(cache.read(prompt(`${shared} one question`))).toBe(0)
    expect(cache.read(prompt(`${shared} another matter`))).toBe(64)
  })
  it('leaves at least one token to read of a prompt it holds whole', () => {
    const cache = createPrefixCache(1_000)
    cache.read(prompt(shared))
    expect(cache.read(prompt(shared))).toBe(48)
  })
  it('forgets what was used least recently, the ends of prompts first', () => {
    const cache = createPrefixCache(6)
    cache.read(prompt(shared))
    cache.read(prompt(Array.from({ length: 48 }, (_, i) => ` o${i}`).join('')))
    expect(cache.read(prompt(`${shared} more`))).toBe(48)
  })
  it('holds nothing when it is switched off', () => {
    const cache = createPrefixCache(0)
    cache.read(prompt(shared))
    expect(cache.read(prompt(`${shared} more`))).toBe(0)
  })
})
