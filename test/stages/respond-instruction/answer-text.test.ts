import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { firstWords, instructionIn, withoutThoughts } from '../../../services/answer-text.ts'

const bare = 'Compare tea with coffee.'

describe('the instruction in a completion', () => {
  it.each([
    ['as it is', bare],
    ['within white space', `\n\n  ${bare}\t\n`],
    ['after a thought', `<think>\nHm, "tea"?\n</think>\n\n${bare}`],
    ['after a thought whose opening is in the template', `Let me see.</think>${bare}`],
    ['after two thoughts', `<think>One.</think> no <think>Two.</think>${bare}`],
    ['after a label', `Instruction: ${bare}`],
    ['after a label in bold', `**Instruction:** ${bare}`],
    ['after a heading', `### Instruction:\n${bare}`],
    ['after a label of another name', `Question: ${bare}`],
    ['after a numbered label', `Task 1: ${bare}`],
    ['after a courtesy', `Sure! Here is one instruction: ${bare}`.replace('Sure! ', '')],
    ['after a long courtesy', `Here's an instruction that fits the passage: ${bare}`],
    ['in straight quotes', `"${bare}"`],
    ['in single quotes', `'${bare}'`],
    ['in curly quotes', `“${bare}”`],
    ['in guillemets', `«${bare}»`],
    ['in back quotes', `\`${bare}\``],
    ['in bold', `**${bare}**`],
    ['in a fence', `\`\`\`\n${bare}\n\`\`\``],
    ['in a fence with a language', `\`\`\`text\n${bare}\n\`\`\``],
    ['in all of it', `<think>x</think>\n\`\`\`text\n**Instruction:** "${bare}"\n\`\`\``]
  ])('is found %s', (_, completion) => {
    expect(instructionIn(completion)).toBe(bare)
  })

  it.each([
    ['two quotations at its ends', '"Yes" means what, if not "no"'],
    ['a quotation within', 'Translate "good night" into Greek.'],
    ['a colon within', 'Answer in one word: is ice lighter than water?'],
    ['a word that begins like a label', 'Questions are signs of interest: discuss.'],
    ['a fence within', 'What does this print?\n```js\nconsole.log(1)\n```'],
    ['two fences', '```js\na\n```\nor\n```js\nb\n```'],
    ['an apostrophe at its end', "'Tis the season: explain the origin of 'tis"]
  ])('keeps %s', (_, completion) => {
    expect(instructionIn(completion)).toBe(completion)
  })

  it.each(['', ' \n ', '<think>never ends', '<think></think>', '""', '```\n\n```', '</think>'])(
    'is empty when nothing was said: %j',
    completion => {
      expect(instructionIn(completion)).toBe('')
    }
  )

  it('is never longer than the completion, and cleaning it again changes nothing', () => {
    const pieces = fc.constantFrom('"', '“', '”', '**', '```', '\n', '<think>', '</think>', 'Instruction: ', 'tea', ' ')
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 6 }), parts => {
        const once = instructionIn(parts.join(''))
        expect(once.length).toBeLessThanOrEqual(parts.join('').length)
        expect(instructionIn(once)).toBe(once)
      })
    )
  })

  it('replaces lone surrogates, which no schema can carry', () => {
    expect(instructionIn('tea \ud800 time').isWellFormed()).toBe(true)
  })
})

describe('a text without thoughts', () => {
  it('keeps everything else as it is', () => {
    expect(withoutThoughts('<think>a</think>"Quoted."\n\n- and a list')).toBe('"Quoted."\n\n- and a list')
  })

  it('ends where a thought begins that was never ended', () => {
    expect(withoutThoughts('The answer is 4. <think>Is it?')).toBe('The answer is 4.')
  })
})

describe('the first words of a text', () => {
  it('are the text itself when it has no more', () => {
    expect(firstWords('one  two\nthree ', 3)).toBe('one  two\nthree ')
    expect(firstWords('', 3)).toBe('')
  })

  it('keep their white space, and an ellipsis stands for the rest', () => {
    expect(firstWords('one  two\nthree four', 3)).toBe('one  two\nthree …')
  })
})
