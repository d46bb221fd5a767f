import { combine, unit } from '../hash.ts'
import { fill, slotsOf } from './instructions.ts'
import { drawTerms, keyTerms } from './key-terms.ts'

const openings = [
  'A good way to approach {a} is to look at {b} first.',
  'In short, {a} and {b} are connected through {c}.',
  'The answer depends on how {a} is understood.',
  'There are {n} cases in mind here, and {a} decides most of them.',
  'Let us begin with {a}.'
]

const sentences = [
  '{a} tends to come before {b}, because the one prepares the ground for the other.',
  'An example makes it clear: whoever works with {a} for a week will notice how {b} changes.',
  'At the same time, {c} sets a limit that neither {a} nor {b} can move.',
  'Experts disagree about {b}, although few of them doubt the weight of {a}.',
  'If {a} is missing, {b} can take its place for a while, but not for good.',
  'A simple test is to compare {n} instances of {a} with {m} instances of {b}.',
  'This also explains why {c} is so often confused with {a}.',
  'From a practical point of view, it pays to write down what is known about {b} before touching {a}.',
  'Beginners overlook {c}; experienced hands start with it.',
  'Taken together, these points speak for treating {a} with care and {b} with curiosity.',
  'The opposite view has its merits, too: too much {b} can hide the value of {a}.',
  'Measured over {m} days, the difference between {a} and {c} becomes plain.',
  'None of this is certain, and a careful observer of {a} would say so.',
  'It helps to separate what {b} causes from what merely happens near it.',
  'Two things follow: {a} should be planned early, and {b} should be checked often.',
  'For most purposes, a rough idea of {c} is enough to judge {a}.'
]

const closings = [
  'All in all, {a} deserves the first place and {b} the second.',
  'So the best course is to begin with {a} and to keep an eye on {b}.',
  'In the end, {c} tips the scales.',
  'That is the main point about {a}.'
]

/** Two to eight sentences about the instruction's own words. The length varies with the instruction. */
export function writeResponse(instruction: string, chance: number): string {
  const middle = Math.floor(unit(combine(chance, 11)) ** 1.5 * 7)
  const terms = keyTerms(instruction)
  const frames = [
    ...drawTerms(openings, 1, combine(chance, 12)),
    ...drawTerms(sentences, middle, combine(chance, 13)),
    ...drawTerms(closings, 1, combine(chance, 14))
  ]
  const { n, m } = slotsOf(instruction, chance)
  return frames
    .map((frame, place) => {
      const [a = 'practice', b = 'patience', c = 'chance'] = drawTerms(terms, 3, combine(chance, 20 + place))
      return fill(frame, { a, b, c, n, m })
    })
    .join(' ')
}
