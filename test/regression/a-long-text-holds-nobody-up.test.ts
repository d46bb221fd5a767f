import { describe, expect, it } from 'vitest'
import { placeOf } from '../../engine/inference/endpoints/endpoint.ts'
import { instructionIn, withoutThoughts } from '../../services/answer-text.ts'
import segment from '../../services/segment-document/segmentation-thread.ts'
import { segmentDocument } from '../../services/segment-document/stage.ts'

/**
 * Each text here took its reader a time that grew with the square or the cube of its length: hours at this length, on
 * any machine. Read in one pass it takes some milliseconds, so that the limit of a test tells the two apart.
 */
const length = 2_000_000

describe('a long answer', () => {
  it.each([
    ['a label and white space', `Instruction${' '.repeat(length)}x`],
    ['a label and tabs', `TASK\t${'\t'.repeat(length)}NEW\tTASK:\t`],
    ['an opener and white space', `Sure, here is the question:${' '.repeat(length)}`],
    ['fences', '```\n'.repeat(length / 4)],
    ['quotes', '"'.repeat(length)],
    ['hashes', '#'.repeat(length)],
    ['stars', '*'.repeat(length)],
    ['thoughts', '<think>'.repeat(length / 7)],
    ['ended thoughts', '</think>'.repeat(length / 8)]
  ])('of %s is read in one pass', (_of, text) => {
    expect(instructionIn(text).length).toBeLessThanOrEqual(text.length)
    expect(withoutThoughts(text).length).toBeLessThanOrEqual(text.length)
  })
})

describe('a long document', () => {
  const settings = segmentDocument.settings.parse({})
  it.each([
    ['a heading of hashes', `# ${' '.repeat(length / 2)}${'#'.repeat(length / 2)}x\n`],
    ['a row of dashes', `|${'-'.repeat(length)}x|\n`],
    ['a rule', '- '.repeat(length / 2)],
    ['quotes of quotes', '>'.repeat(length)],
    ['links', '[a]('.repeat(length / 4)],
    ['end tags', `<script>${'</A'.repeat(length / 3)}`],
    ['one end tag', `<script></${'a'.repeat(length)}`]
  ])('of %s is read in one pass', (_of, text) => {
    const found = segment({ content: Buffer.from(text), mediaType: 'text/markdown', settings })
    expect(found).toBeDefined()
  })
})

it('a base URL of slashes is read in one pass', () => {
  expect(placeOf(`http://host/${'/'.repeat(length)}x`)).toContain('http://host/')
})
