import { readFileSync } from 'node:fs'
import { countTokens as whole } from 'gpt-tokenizer/encoding/o200k_base'
import { describe, expect, it } from 'vitest'
import { installedReadmes, packageRoot } from '../../services/cli/readmes.ts'
import { countTokens } from '../../services/count-tokens.ts'

describe('the tokens of a text', () => {
  it('are those of the tokenizer itself, for ordinary text, within a few in a hundred', () => {
    const texts = installedReadmes(packageRoot, packageRoot, 40).map(path => readFileSync(path, 'utf8').slice(0, 6_000))
    expect(texts.length).toBeGreaterThan(20)
    for (const text of texts) {
      const exact = whole(text, { disallowedSpecial: new Set() })
      expect(Math.abs(countTokens(text) - exact)).toBeLessThanOrEqual(Math.max(2, exact / 25))
    }
  })
  it.each([
    ['nothing', '', 0],
    ['a word', 'the', 1],
    ['what looks like a control token', '<|endoftext|>', 7],
    ['half a character', '\ud83d', 1]
  ])('of %s are counted', (_, text, tokens) => {
    expect(countTokens(text)).toBe(tokens)
  })
  it('cost no more a character in a text without spaces, where the tokenizer would take minutes', () => {
    // 400,000 characters: the tokenizer by itself takes time by their square.
    for (const sign of ['a', '漢', '👍', ' ', '\n', '<|endoftext|>']) {
      const text = sign.repeat(400_000 / sign.length)
      expect(countTokens(text)).toBeGreaterThan(1_000)
    }
  })
  it('do not fall apart within a character', () => {
    expect(countTokens('👍'.repeat(500))).toBe(500 * whole('👍'))
  })
})
