import { describe, expect, it } from 'vitest'
import { brokenRule } from '../../../services/vet-draft/hard-rules.ts'
import { knownLanguages } from '../../../services/vet-draft/languages/index.ts'
import { type LabelledCase, labelledCases, labelledFiles } from '../../support/records/labelled-cases.ts'

/**
 * Symptoms: "What is the sentiment of this review?" passed without the review; "the most recent …" passed always, and the
 * theme of a story was refused; with `languages=de` and others the rules knew English only.
 */
const cases = labelledFiles.flatMap(labelledCases)
const reasonFor = ({ instruction, language }: LabelledCase) => brokenRule(instruction, [language])?.reason
const agrees = (labelled: LabelledCase): boolean => labelled.passes === (reasonFor(labelled) === undefined)

describe.each(labelledFiles)('%s', file => {
  const expected = labelledCases(file).filter(({ missed }) => !missed)
  const passing = expected.filter(({ passes }) => passes)
  const failing = expected.filter(({ passes }) => !passes)

  it.each(passing)('lets through: $instruction', labelled => {
    expect(brokenRule(labelled.instruction, [labelled.language])).toBeUndefined()
  })

  it.each(failing)('turns down as $rule: $instruction', labelled => {
    expect(reasonFor(labelled)).toBeDefined()
  })
})

describe('labelled instructions', () => {
  it('say of themselves where the rules are wrong: few', () => {
    const wrong = cases.filter(labelled => !agrees(labelled))
    expect(wrong.map(({ instruction }) => instruction)).toEqual(
      cases.filter(({ missed }) => missed).map(({ instruction }) => instruction)
    )
    for (const [rule, own] of Map.groupBy(cases, ({ rule }) => rule)) {
      const right = own.filter(agrees).length / own.length
      expect([rule, right >= 0.98]).toEqual([rule, true])
    }
  })

  it('are at least 300 about material, half on each side', () => {
    const material = cases.filter(({ rule, language }) => rule === 'unseen-reference' && language === 'en')
    expect(material.length).toBeGreaterThanOrEqual(300)
    const passing = material.filter(({ passes }) => passes).length
    expect(Math.abs(passing / material.length - 0.5)).toBeLessThan(0.06)
  })

  it('are at least 40 in each language, on both sides of each rule', () => {
    for (const language of knownLanguages.filter(code => code !== 'en')) {
      const own = cases.filter(labelled => labelled.language === language)
      expect([language, own.length >= 40]).toEqual([language, true])
      for (const rule of new Set(own.map(({ rule }) => rule)))
        expect([language, rule, new Set(own.filter(c => c.rule === rule).map(({ passes }) => passes)).size]).toEqual([
          language,
          rule,
          2
        ])
    }
  })

  it('are read in the likeliest of several languages', () => {
    const allowed = ['en', 'de', 'fr', 'zh', 'ru', 'ja', 'ar']
    expect(brokenRule('Was ist die Hauptaussage des Textes?', allowed)?.reason).toBe('unseen-reference')
    expect(brokenRule('这段文字的主旨是什么？', allowed)?.reason).toBe('unseen-reference')
    expect(brokenRule('Какие фильмы скоро выйдут в прокат?', allowed)?.reason).toBe('time-bound')
    expect(brokenRule('Why does ice float on water?', allowed)).toBeUndefined()
  })
})
