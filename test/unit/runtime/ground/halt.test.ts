import { describe, expect, it } from 'vitest'
import { LogError, type LogErrorCode } from '../../../../engine/log/errors.ts'
import { ForeignPosition, overwrittenText } from '../../../../engine/runtime/ground/foreign-position.ts'
import { Halt, haltCodes, haltOn } from '../../../../engine/runtime/ground/halt.ts'
import { IntakeGate } from '../../../../engine/runtime/ground/intake-gate.ts'

describe('what an unexpected error means for a stage', () => {
  it.each<[LogErrorCode, string, number]>([
    ['offset-gone', 'input-gone', 75],
    ['not-authorised', 'not-authorised', 77],
    ['log-damaged', 'log-damaged', 65],
    ['partition-lost', 'internal', 70],
    ['unavailable', 'internal', 70]
  ])('is, for %s of the log, a halt as %s', (code, halt, exitCode) => {
    const error = new LogError(code, 'what the log said')
    expect(haltOn('judge-text', error)).toMatchObject({
      code: halt,
      exitCode,
      stage: 'judge-text',
      message: 'what the log said',
      cause: error
    })
  })

  it('is said by a halt itself', () => {
    const halt = new Halt('log-full', 'cut-text', 'no space left')
    expect(haltOn('judge-text', halt)).toBe(halt)
  })

  it('is a position that another program wrote, with its group named', () => {
    const foreign = new ForeignPosition('metadata of a tool')
    expect(haltOn('judge-text', foreign)).toMatchObject({ code: 'position-overwritten', exitCode: 75 })
    expect(overwrittenText('p.judge-text', foreign)).toMatch(/p\.judge-text.*metadata of a tool/)
  })

  it('is a defect of the engine for all else, be it no error at all', () => {
    expect(haltOn('judge-text', new TypeError('x is undefined'))).toMatchObject({ code: 'internal' })
    expect(haltOn('judge-text', 'a text')).toMatchObject({ code: 'internal', message: 'a text' })
  })

  it('never ends a process as if all were well', () => {
    for (const { exitCode } of Object.values(haltCodes)) expect(exitCode).toBeGreaterThan(2)
  })
})

describe('the gate of intake', () => {
  it('is closed by a backlog or by withholding, and only the latter ends admission', () => {
    let withheld = false
    const gate = new IntakeGate(() => withheld)
    const seen = () => [gate.closed, gate.withheld]
    expect(seen()).toEqual([false, false])
    gate.backlogged = true
    expect(seen()).toEqual([true, false])
    withheld = true
    gate.backlogged = false
    expect(seen()).toEqual([true, true])
    withheld = false
    expect(seen()).toEqual([false, false])
  })
})
