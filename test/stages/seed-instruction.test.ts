import { describe, expect, it } from 'vitest'
import { given } from '../../engine/testing/stage-driver.ts'
import { seedInstruction } from '../../services/seed-instruction/stage.ts'
import { tagGrid } from '../../services/tag-grid.ts'
import { aBrief, aCell, says } from '../support/records/instructions.ts'

const brief = aBrief({ cell: aCell(47) })

describe('seed-instruction', () => {
  it('asks for one instruction about the passage, with the descriptions of its cell', () => {
    const cell = tagGrid[47]!
    expect(given(seedInstruction, brief).whenAsked()).toEqual({
      ask: {
        instruction: {
          passage: { delimited: brief.passage.text, as: 'passage', key: 'passage-1' },
          character: cell.characterDescription,
          task: cell.taskDescription,
          style: cell.styleDescription,
          material: null,
          language: 'English'
        }
      }
    })
  })

  it('asks for the language of the passage where it is allowed, else for the first that is', () => {
    const languageOf = (language: string, languages: readonly string[]) => {
      const german = aBrief({ passage: { ...brief.passage, language } })
      const said = given(seedInstruction, german, { settings: { languages: [...languages] } }).whenAsked()
      return 'ask' in said && said.ask.instruction.language
    }
    expect(languageOf('de', ['en', 'de'])).toBe('German')
    expect(languageOf('de', ['fr', 'en'])).toBe('French')
    expect(languageOf('', ['zh'])).toBe('Chinese')
    expect(languageOf('de', ['en'])).toBe('English')
  })

  it('says what the task works on, where it works on a text', () => {
    const textBound = tagGrid.filter(({ material }) => material !== null).map(({ taskType }) => taskType)
    expect([...new Set(textBound)]).toEqual([
      'natural-language-inference',
      'sentiment',
      'paraphrase',
      'structure-to-text',
      'summarisation',
      'translation',
      'text-categorisation'
    ])
    const said = given(seedInstruction, aBrief({ cell: aCell(0) })).whenAsked()
    expect(said).toMatchObject({ ask: { instruction: { material: 'two statements' } } })
  })

  it('emits a draft of round 0 that names its cell and no counterexample', () => {
    const instruction = says('Explain why salt keeps food from spoiling.')
    expect(given(seedInstruction, brief).whenAnswered({ instruction })).toEqual({
      to: 'drafts',
      values: [
        {
          passageId: 'passage-1',
          passage: brief.passage,
          origin: 'seed',
          cell: brief.cell,
          counterexamples: [],
          round: 0,
          style: 'question',
          instruction: 'Explain why salt keeps food from spoiling.'
        }
      ]
    })
  })

  it('takes the instruction out of what the teacher wraps around it', () => {
    const instruction = says('<think>Something about salt.</think>\n**Instruction:** "Explain osmosis to a child."')
    expect(given(seedInstruction, brief).whenAnswered({ instruction })).toMatchObject({
      values: [{ instruction: 'Explain osmosis to a child.' }]
    })
  })

  it('rejects an answer without an instruction, with what was said as evidence', () => {
    const instruction = says('<think>I wonder what to write.')
    expect(given(seedInstruction, brief).whenAnswered({ instruction })).toEqual({
      rejected: 'empty',
      evidence: '<think>I wonder what to write.'
    })
  })

  it.each(['length', 'abort', 'content_filter', 'repetition'])('rejects an answer that ended with %s', finishReason => {
    const instruction = says('Explain why salt', { finishReason })
    expect(given(seedInstruction, brief).whenAnswered({ instruction })).toEqual({
      rejected: 'cut-off',
      evidence: `${finishReason}: Explain why salt`
    })
  })

  it('throws for a cell that is not in the grid, or is another one there', () => {
    const unknown = aBrief({ cell: { ...aCell(47), index: 96 } })
    const renumbered = aBrief({ cell: { ...aCell(47), index: 46 } })
    expect(() => given(seedInstruction, unknown).whenAsked()).toThrow('no cell 96')
    expect(() => given(seedInstruction, renumbered).whenAsked()).toThrow('no cell 46')
  })
})
