import { describe, expect, it } from 'vitest'
import { complete } from '../../../services/rehearsal-model/model/chat-model.ts'
import { taskTemplates } from '../../../services/rehearsal-model/model/instruction-templates.ts'
import { firstFour } from '../../../services/rehearsal-model/model/instructions.ts'
import { keyTerms } from '../../../services/rehearsal-model/model/key-terms.ts'
import { instructionMishaps } from '../../../services/rehearsal-model/model/mishaps.ts'
import { tagGrid } from '../../../services/tag-grid.ts'
import { brokenRule } from '../../../services/vet-draft/hard-rules.ts'
import { chatRequest } from './client.ts'
import { delimited, samplePassages } from './sample-texts.ts'

const system = 'You are an author of exercises.'

function write(passage: string, words: string, counterexamples: readonly string[] = [], mishaps = 0) {
  const shown = counterexamples.map((text, i) => delimited('counterexample', text, `c0ffee00000${i}`)).join('\n')
  const user = `${delimited('passage', passage)}\n${shown}\n\nWrite exactly one instruction that fits the passage. ${words}`
  return complete(chatRequest(system, user), { seed: 1, mishaps })
}

const passages = samplePassages(6)
const cells = tagGrid.flatMap(cell =>
  passages.map(passage => ({
    cell,
    passage,
    text: write(passage, `${cell.characterDescription}; ${cell.taskDescription}; as ${cell.styleDescription}`).text
  }))
)

describe('an instruction', () => {
  it('speaks of the passage, in its own words', () => {
    for (const { passage, text } of cells) {
      const terms = keyTerms(passage)
      expect(terms.some(term => text.toLowerCase().includes(term))).toBe(true)
    }
  })
  it('is of the task type and style that the prompt names', () => {
    for (const { cell, text } of cells) {
      const task = taskTemplates.find(({ askedBy }) => askedBy.test(cell.taskDescription))
      const opening = (template: string) => template.split('{')[0]!
      const templates = task![cell.style as 'command' | 'question'].map(opening)
      expect(templates.some(template => text.startsWith(template))).toBe(true)
    }
  })
  it('is hardly ever the same as another', () => {
    expect(new Set(cells.map(({ text }) => text)).size).toBeGreaterThan(0.95 * cells.length)
  })
  it('contains what it works on: it passes the hard rules', () => {
    for (const { text } of cells) expect([text, brokenRule(text, ['en'])]).toEqual([text, undefined])
  })
  it('ends like a sentence and points to no passage', () => {
    for (const { text } of cells) {
      expect(text).toMatch(/[.?]"?$/)
      expect(text).not.toMatch(/\b(?:passage|according|mentioned|provided|currently)\b/)
    }
  })
})

describe('every task type', () => {
  it('has its own templates, three of each style at least, none of which begins like another', () => {
    expect(taskTemplates).toHaveLength(12)
    const all = taskTemplates.flatMap(({ command, question }) => [...command, ...question])
    for (const { command, question } of taskTemplates) {
      expect(command.length).toBeGreaterThanOrEqual(3)
      expect(question.length).toBeGreaterThanOrEqual(3)
      for (const template of question) expect(template).toMatch(/\?$/)
    }
    expect(new Set(all).size).toBe(all.length)
  })
  it('is asked for by one description of the grid alone', () => {
    for (const { taskDescription } of tagGrid) {
      expect(taskTemplates.filter(({ askedBy }) => askedBy.test(taskDescription))).toHaveLength(1)
    }
  })
})

describe('counterexamples', () => {
  const [passage] = passages as [string]
  it('never lend their first four words, even if they were written for the same passage', () => {
    let examples: string[] = []
    for (let round = 0; round < 30; round++) {
      const { text } = write(passage, 'Code generation, as a command.', examples)
      expect(examples.map(firstFour)).not.toContain(firstFour(text))
      examples = [text, ...examples].slice(0, 8)
    }
  })
  it('make instructions longer', () => {
    const words = (texts: readonly string[]) => texts.join(' ').split(' ').length / texts.length
    const plain = samplePassages(30).map(text => write(text, 'Think.').text)
    const augmented = samplePassages(30).map(text => write(text, 'Think.', ['Name three roots.']).text)
    expect(words(augmented)).toBeGreaterThan(words(plain) + 3)
  })
})

describe('mishaps', () => {
  const texts = samplePassages(400).map(passage => write(passage, 'Anything.', [], 1))
  it('are all met, each about as often', () => {
    const patterns: Readonly<Record<keyof typeof instructionMishaps, RegExp>> = {
      'refers to the passage': /^According to the passage/,
      'refers to what was mentioned': /mentioned in the text above/,
      empty: /^\s*$/,
      'bound to a time': /currently/,
      'asks for a name': /name of the author/,
      'too short': /^\S+(?: \S+)?$/,
      'mostly not letters': /=> \[/,
      'another language': /^Explique/,
      'an article': /^\S.*has long been a matter/s,
      'a worn phrase': /regular exercise/,
      unsafe: /how to steal/,
      'cut short': /^/
    }
    for (const [name, pattern] of Object.entries(patterns)) {
      const hits = texts.filter(
        ({ text, finishReason }) => (finishReason === 'length') === (name === 'cut short') && pattern.test(text)
      )
      expect([name, hits.length > 10]).toEqual([name, true])
    }
    expect(Object.keys(patterns).toSorted()).toEqual(Object.keys(instructionMishaps).toSorted())
  })
  it('come at the share that is set, the others being honest', () => {
    const honest = samplePassages(400).filter(
      text => write(text, 'Go.', [], 0.1).text === write(text, 'Go.', [], 0).text
    )
    expect(honest.length).toBeGreaterThan(330)
    expect(honest.length).toBeLessThan(390)
  })
})

describe('key terms', () => {
  it('are topics: no names, no empty words, six at least', () => {
    const terms = keyTerms('Whales in the Azores sing. The song of whales travels far; whales listen to distant song.')
    expect(terms).toContain('whales')
    expect(terms.join(' ')).not.toMatch(/azores|there|would/)
    expect(keyTerms('').length).toBeGreaterThanOrEqual(6)
  })
})
