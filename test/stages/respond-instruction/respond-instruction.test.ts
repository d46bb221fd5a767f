import { describe, expect, it } from 'vitest'
import { given } from '../../../engine/testing/stage-driver.ts'
import { countTokens } from '../../../services/count-tokens.ts'
import { refusal } from '../../../services/respond-instruction/refusal.ts'
import { runawayRepetition } from '../../../services/respond-instruction/repetition.ts'
import { wrongLanguage } from '../../../services/respond-instruction/response-language.ts'
import { respondInstruction } from '../../../services/respond-instruction/stage.ts'
import { aCell, anInstruction, says } from '../../support/records/instructions.ts'
import { paragraph } from '../../support/records/texts.ts'

const record = anInstruction('Explain why salt keeps food from spoiling.')
const good = 'Salt draws water out of food. Without water, bacteria cannot grow, and so the food keeps.'

describe('respond-instruction', () => {
  it('asks without the passage', () => {
    expect(given(respondInstruction, record).whenAsked()).toEqual({
      ask: { response: { instruction: { verbatim: record.instruction }, passage: null } }
    })
  })

  it('shows the passage where the settings say so', () => {
    const grounded = given(respondInstruction, record, { settings: { context: 'passage' } })
    expect(grounded.whenAsked()).toMatchObject({
      ask: { response: { passage: { delimited: record.passage.text, as: 'passage', key: 'passage-1' } } }
    })
    expect(grounded.whenAnswered({ response: says(good) })).toMatchObject({ values: [{ context: 'passage' }] })
  })

  it('emits the response with the length of its own text and without the scores of the draft', () => {
    const { passageId, passage, origin, cell, counterexamples, round, style, instruction } = record
    const about = { passageId, passage, origin, cell, counterexamples, round, style, instruction }
    expect(given(respondInstruction, record).whenAnswered({ response: says(good) })).toEqual({
      to: 'responses',
      values: [
        { ...about, instructionId: 'instruction-1', response: good, responseTokens: countTokens(good), context: 'none' }
      ]
    })
  })

  it('leaves the thoughts of a reasoning model out', () => {
    const response = says(`<think>What is salt?</think>\n\n${good}\n`)
    expect(given(respondInstruction, record).whenAnswered({ response })).toMatchObject({ values: [{ response: good }] })
  })

  it.each([
    ['empty-response', says(' \n')],
    ['empty-response', says('<think>Only a thought.')],
    ['cut-off', says('Salt draws water out of', { finishReason: 'length' })],
    ['cut-off', says(good, { finishReason: 'abort' })],
    ['refusal', says("I'm sorry, but I can't help with that.")],
    ['wrong-language', says('La sal extrae el agua de los alimentos, y sin agua las bacterias no pueden crecer.')],
    ['repetition', says(`${good} ${'It is salt that does it. '.repeat(40)}`)],
    ['repetition', says(`${good} ${'It is salt that does it. '.repeat(40)}It`, { finishReason: 'length' })]
  ])('rejects as %s, with evidence: %o', (reason, response) => {
    expect(given(respondInstruction, record).whenAnswered({ response })).toEqual({
      rejected: reason,
      evidence: expect.any(String)
    })
  })

  it('knows no other context', () => {
    expect(() => given(respondInstruction, record, { settings: { context: 'document' as 'none' } })).toThrow()
  })
})

describe('a refusal', () => {
  it.each([
    "I'm sorry, but I can't assist with that request.",
    'I’m sorry, but I cannot provide instructions for this.',
    'I cannot fulfill this request.',
    "I can't help with that.",
    'I am unable to answer this question.',
    'I won’t write that.',
    'Unfortunately, I am not able to translate this.',
    'Sorry, I do not have access to the article.',
    'I apologize, but I cannot see the image.',
    'As an AI language model, I do not have personal opinions.',
    'While I would like to, as an AI I cannot browse the internet.',
    'Thank you for asking! However, I can’t discuss this.',
    'Please provide the text you would like me to summarise.',
    'Could you please share the passage?',
    'It seems that you have not provided the text.',
    'There is no passage provided, so nothing can be summarised.',
    'I must decline to answer.'
  ])('is recognised: %s', response => {
    expect(refusal(response)).toBe(response.replaceAll('’', "'"))
  })

  it.each([
    good,
    'Dear Anna, I am sorry that I missed your birthday. I could not find the way.',
    'I can’t help but smile when the first snow falls.',
    'You cannot divide by zero, because no number times zero gives one.',
    'The question makes no sense: a triangle has no fourth side. It may be meant of a square.',
    'Plants cannot help themselves to nitrogen from the air.',
    'No one provided more to the field than Euler did.',
    'Unfortunately, there is no closed formula; the sum has to be computed.',
    'Walking home, I could not see the road, and I cannot write down what I felt.',
    'I cannot see the point of mowing a lawn. My neighbour can.',
    'An AI cannot feel, some say; others disagree.',
    'Please open the window before you light the stove.',
    `${paragraph(1, 8)} "I'm sorry, but I can't help you," said the guard.`
  ])('is not seen in: %s', response => {
    expect(refusal(response)).toBeUndefined()
  })
})

describe('runaway repetition', () => {
  it.each([
    ['one word', 'salt '.repeat(60)],
    ['a sentence', 'Salt keeps food from spoiling. '.repeat(12)],
    ['a sentence at the end', `${paragraph(1, 20)} ${'And so on it goes. '.repeat(20)}`],
    ['a paragraph', `${paragraph(1, 4)}\n\n`.repeat(5)],
    ['a sentence, spelled differently', 'Salt keeps food. SALT keeps food! salt, keeps: food; '.repeat(6)],
    ['numbered lines', Array.from({ length: 30 }, (_, i) => `${i}. Add a pinch of salt`).join('\n')],
    ['one sign', `Well${'l'.repeat(200)}`],
    ['signs without spaces', '盐可以保存食物'.repeat(8)],
    [
      'the same phrases in turn',
      Array.from(
        { length: 90 },
        (_, i) => ['salt is good for you', 'sugar is bad for you', 'so eat it now'][(i * i + (i >> 2)) % 3]
      ).join('. ')
    ]
  ])('is found: %s', (_, text) => {
    expect(runawayRepetition(text)).toEqual(expect.any(String))
  })

  it.each([
    ['plain prose', paragraph(1, 40)],
    ['a long text', paragraph(7, 120)],
    ['nothing', ''],
    [
      'a refrain',
      `${paragraph(1, 3)}\nRow the boat.\n${paragraph(2, 3)}\nRow the boat.\n${paragraph(3, 3)}\nRow the boat.`
    ],
    ['a word said thrice', 'No, no, no: salt is not sugar.'],
    ['a matrix', `The identity is\n${Array.from({ length: 12 }, () => '0 0 0 1 0 0 0 0 0 0 0 0').join('\n')}`],
    ['a rule', `Title\n${'-'.repeat(120)}\nText`],
    [
      'a multiplication table',
      Array.from(
        { length: 60 },
        (_, i) => `${i} times 7 is ${i * 7}, ${['a little', 'more', 'much'][i % 3]} ${paragraph(i, 1)}`
      ).join('\n')
    ]
  ])('is not found in %s', (_, text) => {
    expect(runawayRepetition(text)).toBeUndefined()
  })

  it('is found at the end of a huge response', () => {
    expect(runawayRepetition(`${paragraph(1, 5_000)} ${'again and again '.repeat(200)}`)).toContain('again and')
  })
})

describe('the language of a response', () => {
  const spanish = 'El tren sale a las nueve de la mañana y llega a la ciudad por la tarde.'

  it.each([
    ['the language of the instruction', 'Explain why salt keeps food.', good, false],
    [
      'a language that the instruction names',
      'Translate this sentence into Spanish: The train leaves.',
      spanish,
      false
    ],
    [
      'any language, for a translation that names none',
      'Render this in a Romance language: The train leaves.',
      spanish,
      true
    ],
    ['English, for an instruction that is taken for Italian', 'Define entropy.', good, false],
    [
      'no language: code',
      'Write a function that adds.',
      '```js\nconst suma = (primero, segundo) => primero + segundo\n```',
      false
    ],
    ['too few words to tell', 'What is the capital of Spain called?', 'Madrid, en España', false],
    ['the language of a foreign instruction', 'Explica por qué la sal conserva los alimentos.', spanish, false]
  ])('may be %s', (_, instruction, response, isTranslation) => {
    expect(wrongLanguage(instruction, response, isTranslation)).toBeUndefined()
  })

  it.each([
    ['another one than the instruction’s', 'Explain why salt keeps food.', spanish, 'es', false],
    ['another one than was named', 'Translate this sentence into German: The train leaves.', spanish, 'es', true],
    [
      'English for a foreign instruction',
      'Explica por qué la sal conserva los alimentos desde hace siglos.',
      good,
      'en',
      false
    ]
  ])('must not be %s', (_, instruction, response, language, isTranslation) => {
    expect(wrongLanguage(instruction, response, isTranslation)).toBe(language)
  })

  it('is free for drafts of the translation cell', () => {
    const translation = Array.from({ length: 96 }, (_, i) => aCell(i)).find(cell => cell.taskType === 'translation')!
    const order = anInstruction('Render this in a Romance language: The train leaves at nine.', { cell: translation })
    expect(given(respondInstruction, order).whenAnswered({ response: says(spanish) })).toHaveProperty('to')
  })
})
