import { describe, expect, it } from 'vitest'
import { type PromptAsk, type PromptWords, verbatim } from '../../engine/declare/index.ts'
import { loadPrompt } from '../../engine/inference/prompts/prompt-file.ts'
import { renderPrompt } from '../../engine/inference/prompts/render.ts'
import { given } from '../../engine/testing/stage-driver.ts'
import { augmentInstruction } from '../../services/augment-instruction/stage.ts'
import { promptLeak } from '../../services/prompt-leak.ts'
import { respondInstruction } from '../../services/respond-instruction/stage.ts'
import { seedInstruction } from '../../services/seed-instruction/stage.ts'
import { aBrief, anInstruction, says } from '../support/records/instructions.ts'
import { clean, delimiterLeaks, wordLeaks } from './prompt-leak-cases.ts'

const wordsOf = (ask: PromptAsk<unknown>, variables: unknown): PromptWords =>
  renderPrompt(loadPrompt(ask.prompt.file, ask), variables, 'a secret').words

const asked = given(seedInstruction, aBrief()).whenAsked() as { ask: { instruction: unknown } }
const promptWords = wordsOf(seedInstruction.asks.instruction as PromptAsk<unknown>, asked.ask.instruction)
const nonce = promptWords.nonces[0]!
const seed = (text: string) =>
  given(seedInstruction, aBrief()).whenAnswered({ instruction: says(text, { promptWords }) })

describe('a draft', () => {
  it('has cases on both sides', () => {
    expect(delimiterLeaks.length + wordLeaks.length).toBeGreaterThan(90)
    expect(clean.length).toBeGreaterThan(95)
    expect(nonce).toMatch(/^[0-9a-f]{16}$/)
  })
  it.each(delimiterLeaks)('with a delimiter is turned down: %s', text => {
    expect(seed(text.replaceAll('NONCE', nonce))).toMatchObject({ rejected: 'prompt-leak' })
  })
  it.each(wordLeaks)('with eight words of the prompt is turned down: %s', text => {
    expect(seed(text)).toMatchObject({ rejected: 'prompt-leak' })
  })
  it.each(clean)('with neither passes: %s', text => {
    expect(promptLeak(text, promptWords)).toBeUndefined()
  })
  it('is turned down with the words that it repeats as evidence', () => {
    expect(seed(`The passage-${nonce} is a riddle.`)).toMatchObject({
      evidence: expect.stringContaining(`passage-${nonce}`)
    })
    expect(seed('Explain tides. It is in English, clear and self-contained.')).toMatchObject({
      evidence: 'It is in English, clear and self-contained'
    })
  })
  it('may repeat the passage and the counterexamples, however long', () => {
    const passage = aBrief().passage.text
    expect(passage.split(' ').length).toBeGreaterThan(8)
    expect(promptLeak(`Translate into German: "${passage}"`, promptWords)).toBeUndefined()
  })
})

describe('a response', () => {
  const { response: ask } = respondInstruction.asks
  const instruction = 'Explain why salt keeps food from spoiling, and name two kinds of food that are salted for that.'
  const words = wordsOf(ask as PromptAsk<unknown>, { instruction: verbatim(instruction), passage: null })
  const respond = (text: string) =>
    given(respondInstruction, anInstruction(instruction)).whenAnswered({ response: says(text, { promptWords: words }) })

  it.each(delimiterLeaks.filter(text => !text.includes('NONCE')))('with a delimiter is turned down: %s', text => {
    expect(promptLeak(text, words)).toBeDefined()
  })
  it('with the words of its prompt is turned down', () => {
    expect(
      respond('Say what you do not know rather than make something up. Salt draws water out of food and of bacteria.')
    ).toMatchObject({ rejected: 'prompt-leak' })
  })
  it('may repeat the instruction', () => {
    expect(respond(`${instruction} Salt draws water out of food, as with fish and ham.`)).toMatchObject({
      to: 'responses'
    })
  })
})

describe('the rule', () => {
  it('knows a run of words in a language without spaces', () => {
    const own = ['请根据上面的段落写出一个清楚而且完整的问题，不要提到这个段落。']
    expect(
      promptLeak('请根据上面的段落写出一个清楚而且完整的问题。海水为什么是咸的？', { own, nonces: [] })
    ).toBeDefined()
    expect(promptLeak('海水为什么是咸的？请写出完整的句子。', { own, nonces: [] })).toBeUndefined()
  })
  it('sees no run across a foreign text', () => {
    const own = ['Write one question about', 'and answer it in full.']
    expect(promptLeak('Write one question about and answer it in full.', { own, nonces: [] })).toBeUndefined()
  })
  it('takes a long text in one pass', () => {
    for (const unit of ['passage-', 'passage-64c3x', 'it is in English ', 'a', '漢', '64c33c3d'])
      expect(() => promptLeak(unit.repeat(200_000 / unit.length), promptWords)).not.toThrow()
  })
  it('holds for augmentation as for seeds', () => {
    expect(augmentInstruction.rejects).toContain('prompt-leak')
  })
})
