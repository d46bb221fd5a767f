import { describe, expect, it } from 'vitest'
import { brokenRule } from '../../services/vet-draft/hard-rules.ts'
import { knownLanguages } from '../../services/vet-draft/languages/index.ts'
import { type LabelledCase, labelledCases, labelledFiles } from '../support/labelled-cases.ts'

/**
 * Symptoms: "What is the sentiment of this review?" passed without the review; "the most recent …" passed always, and the
 * theme of a story was refused; with `languages=de` and others the rules knew English only.
 */
const cases = labelledFiles.flatMap(labelledCases)
const reasonFor = ({ instruction, language }: LabelledCase) => brokenRule(instruction, [language])?.reason
const agrees = (labelled: LabelledCase): boolean => labelled.passes === (reasonFor(labelled) === undefined)

/** Cases that were not looked at while the rules were made, and how many of them come out as labelled. */
const leastHeldOut = 0.9

describe.each(labelledFiles)('%s', file => {
  const tuned = labelledCases(file).filter(({ heldOut }) => !heldOut)

  it.each(tuned.filter(({ passes }) => passes))('lets through: $instruction', labelled => {
    expect(brokenRule(labelled.instruction, [labelled.language])).toBeUndefined()
  })

  it.each(tuned.filter(({ passes }) => !passes))('turns down as $rule: $instruction', labelled => {
    expect(reasonFor(labelled)).toBeDefined()
  })
})

describe('labelled instructions', () => {
  const byRule = Map.groupBy(cases, ({ rule }) => rule)

  it.each([...byRule.keys()])('that were held out come out as labelled: %s', rule => {
    const heldOut = byRule.get(rule)!.filter(({ heldOut }) => heldOut)
    const right = heldOut.filter(agrees).length
    console.log(`${rule}: ${right} of ${heldOut.length} held-out instructions as labelled`)
    expect(right / heldOut.length).toBeGreaterThanOrEqual(leastHeldOut)
  })

  it('are at least 300 about material, half on each side, a third of all held out', () => {
    const material = cases.filter(({ rule, language }) => rule === 'unseen-reference' && language === 'en')
    expect(material.length).toBeGreaterThanOrEqual(300)
    const passing = material.filter(({ passes }) => passes).length
    expect(Math.abs(passing / material.length - 0.5)).toBeLessThan(0.05)
    const held = cases.filter(({ heldOut }) => heldOut).length / cases.length
    expect(Math.abs(held - 1 / 3)).toBeLessThan(0.05)
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
