import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { given } from '../../engine/testing/stage-driver.ts'
import { screenPassage } from '../../services/screen-passage/stage.ts'
import { aPassage, aPassageText, noLineage } from '../support/records/passages.ts'

const passage = aPassage('p1', 'Rivers carry sand to the sea, and the sea lays it down in bars.')
const answers = (quality: number, advertisement: number) => ({
  quality: { probability: quality, evidence: 'log-probabilities' as const },
  advertisement: { probability: advertisement, evidence: 'log-probabilities' as const }
})

describe('screen-passage', () => {
  it('asks both questions about the passage, shown between the same delimiters', () => {
    const shown = { passage: { delimited: passage.passage.text, as: 'passage', key: 'p1' } }
    expect(given(screenPassage, passage).whenAsked()).toEqual({ ask: { quality: shown, advertisement: shown } })
  })

  it('lets a good passage through with both probabilities', () => {
    expect(given(screenPassage, passage).whenAnswered(answers(0.9, 0.2))).toEqual({
      to: 'screened',
      values: [{ passageId: 'p1', passage: passage.passage, quality: 0.9, advertisement: 0.2 }]
    })
  })

  it('rejects a passage of poor quality, with the probability', () => {
    expect(given(screenPassage, passage).whenAnswered(answers(0.49, 0))).toEqual({
      rejected: 'poor-quality',
      score: 0.49
    })
  })

  it('rejects an advertisement, with the probability', () => {
    expect(given(screenPassage, passage).whenAnswered(answers(0.9, 0.51))).toEqual({
      rejected: 'advertisement',
      score: 0.51
    })
  })

  it('names poor quality where both apply', () => {
    expect(given(screenPassage, passage).whenAnswered(answers(0.1, 0.9))).toMatchObject({ rejected: 'poor-quality' })
  })

  it('lets a passage through that lies on both limits', () => {
    expect(given(screenPassage, passage).whenAnswered(answers(0.5, 0.5))).toMatchObject({ to: 'screened' })
  })

  it('follows the limits of its settings', () => {
    const strict = given(screenPassage, passage, { settings: { minQuality: 0.95, maxAdvertisement: 0.05 } })
    expect(strict.whenAnswered(answers(0.9, 0))).toMatchObject({ rejected: 'poor-quality' })
    expect(strict.whenAnswered(answers(0.96, 0.06))).toMatchObject({ rejected: 'advertisement' })
    expect(() => given(screenPassage, passage, { settings: { minQuality: 1.5 } })).toThrow()
  })

  it('recognises a passage seen before by its normalised text, wherever it comes from', () => {
    const { as, by } = screenPassage.repeats!
    const elsewhere = {
      id: 'p2',
      passage: aPassageText('x', { textHash: passage.passage.textHash }),
      lineage: noLineage
    }
    expect(as).toBe('duplicate')
    expect(by(elsewhere)).toBe(by(passage))
    expect(screenPassage.reads.key(elsewhere)).toBe(by(elsewhere))
    expect(by(aPassage('p3', 'Other text.'))).not.toBe(by(passage))
  })

  it('has prompts that share all of their text up to the passage, and say what the digits mean', () => {
    const [quality, advertisement] = [screenPassage.asks.quality, screenPassage.asks.advertisement].map(ask => {
      if (!('prompt' in ask)) throw new Error('no prompt')
      return readFileSync(ask.prompt.file, 'utf8')
    }) as [string, string]
    const shared = (text: string) => text.slice(text.indexOf('## system'), text.indexOf('{{ passage }}'))
    expect(shared(quality)).toBe(shared(advertisement))
    for (const text of [quality, advertisement]) {
      expect(text).toMatch(/\n1 = yes.*0 = no/)
      expect(text.match(/\{\{/g)).toHaveLength(1)
    }
  })
})
