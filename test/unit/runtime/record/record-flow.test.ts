import { describe, expect, it } from 'vitest'
import { type AnyStage, embedding, yesNo } from '../../../../engine/declare/index.ts'
import { InferenceError, UnusableAnswer } from '../../../../engine/inference/errors.ts'
import { answer, type Flowed } from '../../../../engine/runtime/record/record-flow.ts'
import { aCall } from '../../../support/runtime/held-inference.ts'
import { type BedOptions, inputOfText, runtimeBed, settled, until } from '../../../support/runtime/runtime-bed.ts'
import { aText, judgeText, textPrompt, texts, yes } from '../../../support/runtime/text-stages.ts'

const input = inputOfText(aText('a'), 17)

/** Begins with one record; `flowed` tells what became of it. */
async function flowing(stage: AnyStage = judgeText(), released = false, options: BedOptions = {}) {
  const bed = await runtimeBed(stage, options)
  const admission = new AbortController()
  const withdrawal = new AbortController()
  const told = { asking: 0 }
  const begin = () =>
    answer(bed.context, input, {
      released,
      asking: () => {
        told.asking++
      },
      admission: admission.signal,
      signal: withdrawal.signal
    })
  return { ...bed, admission, withdrawal, told, begin }
}

const two = (change: object = {}) => {
  const good = yesNo('teacher', textPrompt)
  return judgeText({
    asks: { first: good, second: good },
    question: () => ({ ask: { first: { text: '1' }, second: { text: '2' } } }),
    ...change
  })
}

describe('a record that is asked about', () => {
  it('ends in its answers, with what it was asked and the calls in the order of their asks', async () => {
    const { begin, inference, told, context } = await flowing(two())
    const flowed = begin()
    await until(() => inference.calls.length === 2)
    expect(told.asking).toBe(1)
    const [first, second] = inference.calls
    second!.resolve('2!', [aCall('second')])
    await settled()
    first!.resolve('1!', [aCall('first')])
    expect(await flowed).toEqual({
      as: 'answers',
      input,
      asked: { first: { text: '1' }, second: { text: '2' } },
      answers: { first: '1!', second: '2!' },
      calls: [aCall('first'), aCall('second')]
    })
    expect(context.counters.answerSeconds.counts.reduce((sum, count) => sum + count, 0)).toBe(2)
  })

  it('says of each question where it comes from and whose turn it is', async () => {
    const { begin, inference } = await flowing()
    void begin()
    await until(() => inference.calls.length === 1)
    expect(inference.calls[0]).toMatchObject({
      variables: { text: 'text a' },
      context: { stage: 'judge-text', record: 'a', ask: 'good', priority: { depth: 3, order: 17 } }
    })
    expect(inference.calls[0]!.context.traceparent).toMatch(/^00-/)
  })

  it('demands as many requests of each alias as it has asks, at once', async () => {
    const good = yesNo('teacher', textPrompt)
    const cut = { kind: 'offload', module: new URL('file:///cut.ts'), cpuMs: 1, memoryMiB: 1 }
    const asks = { one: good, two: good, three: yesNo('judge', textPrompt), vector: embedding('embedder'), cut }
    const { begin, inference } = await flowing(judgeText({ asks, question: () => ({ rejected: 'poor' }) }))
    await begin()
    expect(inference.admissions).toMatchObject([
      { demand: { teacher: 2, judge: 1, embedder: 1, cpu: 1 }, priority: { depth: 3, order: 17 } }
    ])
  })

  it('is not admitted where its stage asks nothing', async () => {
    const { begin, inference, told } = await flowing(judgeText({ asks: {}, question: () => ({ rejected: 'poor' }) }))
    expect(await begin()).toMatchObject({ as: 'verdict', verdict: { rejected: 'poor' }, calls: [] })
    expect(inference.admissions).toEqual([])
    expect(told.asking).toBe(0)
  })

  it('is put to the stage only once it is admitted', async () => {
    let asked = 0
    const stage = judgeText({
      question: () => {
        asked++
        return { rejected: 'poor' }
      }
    })
    const { begin, inference } = await flowing(stage)
    inference.holdsAdmission = true
    const flowed = begin()
    await settled()
    expect(asked).toBe(0)
    inference.admissions[0]!.admit()
    await flowed
    expect(asked).toBe(1)
  })
})

describe('its admission is given back once, however it ends', () => {
  const throwing = () => {
    throw new Error('x is undefined')
  }
  it.each<[string, AnyStage, Flowed['as']]>([
    ['with an outcome that needs no question', judgeText({ question: () => ({ rejected: 'poor' }) }), 'verdict'],
    ['deferred', judgeText({ defersUntilDrained: texts, question: () => ({ deferred: 'not yet' }) }), 'deferred'],
    ['with a defect of its stage', judgeText({ question: throwing }), 'verdict'],
    ['with a question that is not declared', judgeText({ question: () => ({ ask: { mood: {} } }) }), 'verdict']
  ])('%s', async (_what, stage, as) => {
    const { begin, inference, told } = await flowing(stage)
    expect((await begin()).as).toBe(as)
    expect(inference.admissions.map(({ released }) => released)).toEqual([1])
    expect(told.asking).toBe(0)
  })

  it('answered, and not before its last answer', async () => {
    const { begin, inference } = await flowing(two())
    const flowed = begin()
    await until(() => inference.calls.length === 2)
    inference.calls[0]!.resolve(yes)
    await settled()
    expect(inference.admissions[0]!.released).toBe(0)
    inference.calls[1]!.resolve(yes)
    await flowed
    expect(inference.admissions[0]!.released).toBe(1)
  })

  it('with a halt', async () => {
    const { begin, inference } = await flowing()
    const flowed = begin()
    await until(() => inference.calls.length === 1)
    inference.calls[0]!.reject(new InferenceError('configuration', 'no such model'))
    await expect(flowed).rejects.toMatchObject({ code: 'model-configuration' })
    expect(inference.admissions[0]!.released).toBe(1)
  })
})

describe('a defect of `question`', () => {
  it('is the verdict on its record, with the stack', async () => {
    const stage = judgeText({
      question: () => {
        throw new Error('x is undefined')
      }
    })
    const { begin } = await flowing(stage)
    expect(await begin()).toMatchObject({
      as: 'verdict',
      verdict: { deadLetter: { code: 'stage-defect', error: 'x is undefined', stack: expect.stringContaining('flow') } }
    })
  })

  it('is found where a released record is deferred again', async () => {
    const waiting = judgeText({ defersUntilDrained: texts, question: () => ({ deferred: 'not yet' }) })
    const { begin } = await flowing(waiting, true)
    expect(await begin()).toMatchObject({ verdict: { deadLetter: { code: 'stage-defect' } } })
  })
})

describe('a record is withdrawn', () => {
  it('while it waits for admission', async () => {
    const { begin, inference, admission, told } = await flowing()
    inference.holdsAdmission = true
    const flowed = begin()
    await until(() => inference.admissions.length === 1)
    admission.abort()
    expect(await flowed).toEqual({ as: 'withdrawn' })
    expect(told.asking).toBe(0)
  })

  it.each(['stopped', 'withheld'])('when its stage is %s in the moment in which it is admitted', async how => {
    const { begin, inference, admission, withheld } = await flowing()
    inference.holdsAdmission = true
    const flowed = begin()
    await until(() => inference.admissions.length === 1)
    inference.admissions[0]!.admit()
    if (how === 'stopped') admission.abort()
    else withheld.is = true
    expect(await flowed).toEqual({ as: 'withdrawn' })
    expect(inference.calls).toEqual([])
    // An admission that failed has nothing to give back.
    expect(inference.admissions[0]!.released).toBeLessThanOrEqual(1)
  })

  it('with its questions, whose answers no longer count', async () => {
    const { begin, inference, withdrawal } = await flowing(two())
    inference.isDeaf = true
    const flowed = begin()
    await until(() => inference.calls.length === 2)
    inference.calls[0]!.resolve(yes)
    withdrawal.abort()
    expect(inference.calls.every(({ context }) => context.signal.aborted)).toBe(true)
    inference.calls[1]!.resolve(yes)
    expect(await flowed).toEqual({ as: 'withdrawn' })
    expect(inference.admissions[0]!.released).toBe(1)
  })

  it('though a question failed for good before: a successor asks it anew', async () => {
    const { begin, inference, withdrawal } = await flowing(two())
    inference.isDeaf = true
    const flowed = begin()
    await until(() => inference.calls.length === 2)
    inference.calls[0]!.reject(new InferenceError('record-terminal', 'too long'))
    withdrawal.abort()
    inference.calls[1]!.reject(new InferenceError('shutdown', 'withdrawn'))
    expect(await flowed).toEqual({ as: 'withdrawn' })
  })

  it('and an admission that fails for another reason is no withdrawal', async () => {
    const { begin } = await flowing(judgeText({ asks: { good: yesNo('nobody', textPrompt) } }), false, {
      context: { inference: { admit: () => Promise.reject(new Error('no budget for nobody')) } as never }
    })
    await expect(begin()).rejects.toThrow('no budget for nobody')
  })
})

describe('a question that fails for good', () => {
  it('withdraws the others about this record, and its verdict keeps the calls that were made', async () => {
    const { begin, inference } = await flowing(two())
    const flowed = begin()
    await until(() => inference.calls.length === 2)
    const [first, second] = inference.calls
    first!.reject(new UnusableAnswer('no digit', 'hm', [aCall('first', { asks: 3 })]))
    await settled()
    expect(second!.context.signal.aborted).toBe(true)
    expect(await flowed).toMatchObject({
      as: 'verdict',
      verdict: { rejected: 'unusable-answer', evidence: 'no digit: hm' },
      calls: [aCall('first', { asks: 3 })]
    })
  })

  it('leaves the calls of those that were answered before in the verdict', async () => {
    const { begin, inference } = await flowing(two())
    const flowed = begin()
    await until(() => inference.calls.length === 2)
    inference.calls[0]!.resolve(yes, [aCall('first')])
    await settled()
    inference.calls[1]!.reject(new InferenceError('record-terminal', 'too long'))
    expect(await flowed).toMatchObject({ verdict: { deadLetter: { error: 'too long' } }, calls: [aCall('first')] })
  })

  it('is not counted as answered', async () => {
    const { begin, inference, context } = await flowing()
    const flowed = begin()
    await until(() => inference.calls.length === 1)
    inference.calls[0]!.reject(new UnusableAnswer('no digit', 'hm', []))
    await flowed
    expect(context.counters.answerSeconds.counts.every(count => count === 0)).toBe(true)
  })
})
