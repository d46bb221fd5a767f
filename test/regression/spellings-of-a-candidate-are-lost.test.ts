import { describe, expect, it } from 'vitest'
import type { TokenPlace } from '../../engine/inference/endpoints/completion.ts'
import { gradeLabels, labelProbabilities, yesNoLabels } from '../../engine/inference/models/scoring.ts'

/** A place in a completion, from [token, log-probability] pairs; the first was sampled. */
const place = (...listed: (readonly [string, number])[]): TokenPlace => ({
  token: listed[0]![0],
  candidates: listed.map(([token, logprob]) => ({ token, logprob }))
})

/** How servers write a one: with white space as it is, as SentencePiece, as byte-level BPE, as a byte, in full width. */
const spellings = [
  ...[' 1', '\n1', '\r\n1', '\t1', '\u00a01', '\u30001', '  1', '1 ', '1\n'],
  ...['▁1', '▁▁1', 'Ġ1', 'ĠĠ1', 'Ċ1', 'ĊĊ1', 'čĊ1', 'ĉ1', '1Ċ'],
  ...['<0x31>', '１', ' １', '▁１', 'Ġ１']
]

describe('the spelling', () => {
  it.each(spellings)('%j of a candidate adds up with the plain one', spelling => {
    const listed = place(['1', Math.log(0.3)], [spelling, Math.log(0.3)], ['0', Math.log(0.2)])
    expect(labelProbabilities([listed], yesNoLabels)?.[1]).toBeCloseTo(0.75, 12)
  })
  it.each(spellings)('%j of a candidate is one where it stands alone', spelling => {
    const listed = place([spelling, Math.log(0.6)], ['▁0', Math.log(0.2)], ['Yes', Math.log(0.1)])
    expect(labelProbabilities([listed], yesNoLabels)?.[1]).toBeCloseTo(0.75, 12)
  })
  it('of every mark is known', () => {
    const marks = ['▁1', 'Ġ2', '<0x33>', '４', 'Ċ5'].map(token => [token, Math.log(0.2)] as const)
    for (const probability of labelProbabilities([place(...marks)], gradeLabels)!)
      expect(probability).toBeCloseTo(0.2, 12)
  })
  it.each(['▁', 'Ġ', 'Ċ', '<0x0A>', '<0x20>', '\n', ''])(
    '%j, which is white space, leaves the candidate to the next token',
    blank => {
      const places = [place([blank, -0.1], ['Yes', -3]), place(['▁1', Math.log(0.9)], ['▁0', Math.log(0.1)])]
      expect(labelProbabilities(places, yesNoLabels)?.[1]).toBeCloseTo(0.9, 12)
    }
  )
  it.each(['▁10', 'Ġ1.', '<0x3', '0x31', '<0x310>', '<0xB1>', '-1', '▁-1', '1▁0', 'one'])(
    '%j is of no candidate',
    other => {
      const listed = place([other, -0.1], ['0', Math.log(0.2)], ['1', Math.log(0.2)])
      expect(labelProbabilities([listed], yesNoLabels)?.[1]).toBeCloseTo(0.5, 12)
    }
  )
})
