import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lexicalDimensions, lexicalEmbedding } from '../../../../engine/inference/models/lexical-embedder.ts'

const cosine = (a: string, b: string): number => {
  const [one, two] = [lexicalEmbedding(a), lexicalEmbedding(b)]
  return one.reduce((sum, value, i) => sum + value * two[i]!, 0)
}
const tides =
  'The tides are the rise and fall of the sea caused by the gravity of the moon and the sun. Spring tides occur when moon and sun pull in one line, and neap tides when they pull at right angles. Harbours print tide tables, so that ships know when the water is high enough to enter.'
const bread =
  'Sourdough bread rises by wild yeast and bacteria that live in a starter of flour and water. The baker feeds the starter daily, mixes the dough in the evening, lets it prove overnight and bakes it in a very hot oven with steam, which gives a thick and crackling crust.'

describe('the built-in embedder', () => {
  it('gives unit vectors', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string(), (a, b) => {
        const vector = lexicalEmbedding(`word ${a} ${b}`)
        expect(vector).toHaveLength(lexicalDimensions)
        expect(Math.hypot(...vector)).toBeCloseTo(1, 4)
      })
    )
  })
  it('gives the same vector to the same text, in every process', () => {
    expect(lexicalEmbedding(tides)).toEqual(lexicalEmbedding(tides))
    const first = lexicalEmbedding('tides').findIndex(value => value !== 0)
    expect(lexicalEmbedding('tides').findIndex(value => value !== 0)).toBe(first)
  })
  it('gives no direction to a text without letters', () => {
    expect(lexicalEmbedding('… !!! —').every(value => value === 0)).toBe(true)
  })
  it.each([
    ['in case and punctuation', tides.toUpperCase().replaceAll(',', ' -')],
    ['in a word', tides.replace('gravity', 'pull').replace('print', 'publish')],
    ['in a sentence at the end', `${tides} Sailors rely on them.`]
  ])('puts a near copy that differs %s at 0.9 or above', (_, copy) => {
    expect(cosine(tides, copy)).toBeGreaterThanOrEqual(0.9)
  })
  it('puts passages about different things well below 0.5', () => {
    expect(Math.abs(cosine(tides, bread))).toBeLessThan(0.3)
  })
  it('puts a text nearer to one of its own subject than to another', () => {
    const more =
      'Tide tables tell ships when the sea in the harbour is high; moon and sun cause spring tides and neap tides.'
    expect(cosine(tides, more)).toBeGreaterThan(0.5)
    expect(cosine(bread, more)).toBeLessThan(0.3)
  })
  it('puts a rephrased instruction at 0.9 only when it is nearly the same', () => {
    const instruction = 'Write a short story about a lighthouse keeper who finds a message in a bottle.'
    expect(
      cosine(instruction, 'Write a short story about a lighthouse keeper who finds a message in the bottle!')
    ).toBeGreaterThan(0.9)
    expect(cosine(instruction, 'Explain how a lighthouse lens focuses light.')).toBeLessThan(0.5)
  })
  it('reads other scripts', () => {
    expect(cosine('Приливы и отливы моря', 'приливы и отливы моря.')).toBeGreaterThan(0.99)
    expect(cosine('Приливы и отливы моря', 'хлеб на закваске')).toBeLessThan(0.5)
  })
  it('takes no longer for a text without end', () => {
    const endless = 'word '.repeat(1_000_000)
    expect(lexicalEmbedding(endless)).toEqual(lexicalEmbedding('word '.repeat(500_000)))
  })
})
