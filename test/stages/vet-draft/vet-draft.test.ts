import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { given } from '../../../engine/testing/stage-driver.ts'
import { brokenRule } from '../../../services/vet-draft/hard-rules.ts'
import { lexiconFor } from '../../../services/vet-draft/languages/index.ts'
import { givenMaterial } from '../../../services/vet-draft/reading/given-material.ts'
import { readInstruction } from '../../../services/vet-draft/reading/reading.ts'
import { vetDraft } from '../../../services/vet-draft/stage.ts'
import { aDraft, yes } from '../../support/records/instructions.ts'
import { soundInstructions, unsoundInstructions } from './vet-draft-phrases.ts'

const draft = aDraft('Explain why salt keeps food from spoiling.')
const answers = (familiar: number, safe: number, instructs: number, answerable: number) => ({
  familiar: yes(familiar),
  safe: yes(safe),
  instructs: yes(instructs),
  answerable: yes(answerable)
})

describe('the hard rules', () => {
  it.each(soundInstructions)('let through: %s', instruction => {
    expect(brokenRule(instruction, ['en'])).toBeUndefined()
  })

  it.each(unsoundInstructions)('reject as %s: %s', (reason, instruction) => {
    expect(brokenRule(instruction, ['en'])?.reason).toBe(reason)
  })

  it('have at least 60 examples on either side', () => {
    expect(new Set(soundInstructions).size).toBeGreaterThanOrEqual(60)
    expect(new Set(unsoundInstructions.map(([, instruction]) => instruction)).size).toBeGreaterThanOrEqual(60)
  })

  it.each([
    ['Why is ice lighter?', undefined],
    ['Name four rivers.', undefined],
    ['Name four rivers', 'too-short'],
    ['Name four rivers in Asia', undefined],
    ['Name four rivers!', 'too-short']
  ])('want 5 words, or a full stop or question mark: %s', (instruction, reason) => {
    expect(brokenRule(instruction, ['en'])?.reason).toBe(reason)
  })

  it.each([
    ['Add 11 and 12, then 13.', undefined],
    ['abcde = 12345', undefined],
    ['What is 123456789 * 987654321 - 55 / 11?', 'too-few-letters']
  ])('want at least as many letters as other characters: %s', (instruction, reason) => {
    expect(brokenRule(instruction, ['en', 'it', 'ro'])?.reason).not.toBe(reason ? undefined : 'too-few-letters')
  })

  it('take the language from the settings', () => {
    const german = 'Schreibe ein kurzes Gedicht über den Herbst und seine Farben.'
    expect(brokenRule(german, ['de'])).toBeUndefined()
    expect(brokenRule(german, ['en', 'de'])).toBeUndefined()
    expect(brokenRule(draft.instruction, ['de'])?.reason).toBe('wrong-language')
  })

  it('show the phrase at fault as evidence', () => {
    expect(brokenRule('What, according to the passage, is salt?', ['en'])?.evidence).toBe('the passage')
    expect(brokenRule('Who currently mines the most salt?', ['en'])?.evidence).toContain('currently')
  })

  it.each(['text: ', '“a ', 'the given ', 'the passage from a ', "'a'b", '\n', 'text ', 'a given text the text ', '"'])(
    'come to an end on hostile drafts: %j without end',
    // A rule that backtracks would need hours.
    { timeout: 10_000 },
    unit => {
      const [long, longer] = [100_000, 200_000].map(length => brokenRule(unit.repeat(length / unit.length), ['en']))
      expect(long?.reason).toBe(longer?.reason)
    }
  )
})

const read = (instruction: string) => readInstruction(instruction, lexiconFor(instruction, ['en']))
const bringsText = (instruction: string) => givenMaterial(read(instruction)).text

describe('material that comes along', () => {
  it.each([
    ['after a colon', 'Summarise the following text: Bees fly far. They come back.'],
    ['in a long quotation', 'What mood has "the old bridge creaked under every step of the mule"?'],
    ['at the head', '"The sun rose." Which tense is used?'],
    ['in a fence', 'Explain:\n```\nlet a = 1\n```'],
    ['in a paragraph of its own', 'Summarise the paragraph below.\n\nBees fly far, and they come back.']
  ])('is found %s', (_, instruction) => {
    expect(bringsText(instruction)).toBe(true)
  })

  it.each([
    ['a term in quotes', 'What does "entropy" mean?'],
    ['a colon before a question', 'Think about the text: what is it about?'],
    ['a short remark in quotes', 'Why does the passage end with "never"?'],
    ['nothing of the kind', 'Explain how bees find their way.']
  ])('is not %s', (_, instruction) => {
    expect(bringsText(instruction)).toBe(false)
  })

  it('is no part of the words of the instruction, and what follows its paragraph is', () => {
    const { words } = read('Read this text: I leave now.\n\nWhat does "soon" mean here?')
    expect(words).not.toContain('leave now')
    expect(words).not.toContain('soon')
    expect(words).toContain('mean here ?')
  })
})

describe('vet-draft', () => {
  it('asks the four questions about the draft, shown between the same delimiters', () => {
    const shown = { instruction: { delimited: draft.instruction, as: 'instruction', key: 'draft-1' } }
    expect(given(vetDraft, draft).whenAsked()).toEqual({
      ask: { familiar: shown, safe: shown, instructs: shown, answerable: shown }
    })
  })

  it('asks nothing about a draft that breaks a hard rule', () => {
    expect(given(vetDraft, aDraft('What is the main idea of the text?')).whenAsked()).toEqual({
      rejected: 'unseen-reference',
      evidence: 'the text'
    })
  })

  it('lets a good draft through with all four probabilities', () => {
    const { id: _id, lineage: _lineage, ...rest } = draft
    expect(given(vetDraft, draft).whenAnswered(answers(0.9, 0.8, 0.7, 0.6))).toEqual({
      to: 'vetted',
      values: [{ ...rest, familiar: 0.9, safe: 0.8, instructs: 0.7, answerable: 0.6 }]
    })
  })

  it.each([
    ['unfamiliar', answers(0.49, 1, 1, 1)],
    ['unsafe', answers(1, 0.49, 1, 1)],
    ['not-an-instruction', answers(1, 1, 0.49, 1)],
    ['unanswerable', answers(1, 1, 1, 0.49)]
  ])('rejects as %s, with the probability', (reason, given4) => {
    expect(given(vetDraft, draft).whenAnswered(given4)).toEqual({
      rejected: reason,
      score: 0.49,
      evidence: draft.instruction
    })
  })

  it('lets a draft through that lies on every limit', () => {
    expect(given(vetDraft, draft).whenAnswered(answers(0.5, 0.5, 0.5, 0.5))).toMatchObject({ to: 'vetted' })
  })

  it('follows the limits of its settings', () => {
    const strict = given(vetDraft, draft, { settings: { minSafe: 0.95 } })
    expect(strict.whenAnswered(answers(0.6, 0.9, 0.6, 0.6))).toMatchObject({ rejected: 'unsafe', score: 0.9 })
    expect(() => given(vetDraft, draft, { settings: { minSafe: -1 } })).toThrow()
    expect(() => given(vetDraft, draft, { settings: { languages: [] } })).toThrow()
    expect(() => given(vetDraft, draft, { settings: { languages: ['english'] } })).toThrow()
  })

  it('shares everything but the last lines among its four prompts', () => {
    const heads = ['familiar', 'safe', 'instructs', 'answerable'].map(name => {
      const file = readFileSync(new URL(`../../../services/vet-draft/${name}.prompt.md`, import.meta.url), 'utf8')
      const start = file.indexOf('## system')
      const shared = file.indexOf('{{ instruction }}') + '{{ instruction }}'.length
      expect(shared).toBeGreaterThan(start)
      return file.slice(start, shared)
    })
    expect(new Set(heads).size).toBe(1)
  })
})
