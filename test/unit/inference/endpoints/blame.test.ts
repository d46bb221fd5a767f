import { describe, expect, it } from 'vitest'
import { brokeOff, type Circumstances, createBlame } from '../../../../engine/inference/endpoints/blame.ts'
import { InferenceError } from '../../../../engine/inference/errors.ts'

const dead = (code: string) => {
  const cause = new TypeError('terminated', { cause: Object.assign(new Error(code), { code }) })
  return new InferenceError('server-dead', 'the server fails', { cause })
}
const failed = (status: number) => new InferenceError('server-dead', 'the server fails', { status, evidence: 'oops' })
const late = new InferenceError('timeout', 'the server is late')
const overload = new InferenceError('overload', 'the server asks for less', { status: 429 })

const quiet: Circumstances = { othersPassed: false, proved: false, overtakers: 0, slow: false, alone: false }
const busy: Circumstances = { othersPassed: true, proved: false, overtakers: 30, slow: false, alone: false }

/** After how many such failures the record is blamed; undefined when 100 are not enough. */
function blamedAfter(error: InferenceError, seen: Circumstances): number | undefined {
  const blame = createBlame()
  for (let failures = 1; failures <= 100; failures++) {
    const guilty = blame.after(error, seen)
    if (!guilty) continue
    expect(guilty).toMatchObject({ kind: 'record-terminal', cause: error, evidence: error.evidence })
    return failures
  }
  return undefined
}

describe('a record is never blamed', () => {
  it.each([
    ['for an outage', dead('ECONNREFUSED'), quiet],
    ['for a server that cannot be reached while another is', dead('ENOTFOUND'), busy],
    ['for overload', overload, busy],
    ['for a timeout when nothing else passes', late, quiet],
    ['for a timeout in a queue, where a few pass', late, { ...busy, overtakers: 4 }],
    ['for a timeout at a server where many run out of time', late, { ...busy, slow: true }],
    ['for a 500 when nothing else passes', failed(500), quiet],
    ['for a 502 of a gateway', failed(502), busy],
    ['for a 504 of a gateway', failed(504), busy],
    ['for timeouts in company, though the server proved in between that it lives', late, { ...quiet, proved: true }],
    ['for deaths in company', dead('ECONNRESET'), busy]
  ])('%s', (_, error, seen) => {
    expect(blamedAfter(error, seen)).toBeUndefined()
  })
})

describe('a record is blamed', () => {
  it.each([
    ['for three timeouts when it is overtaken', late, busy, 3],
    ['for two timeouts when it is alone', late, { ...quiet, proved: true, alone: true }, 2],
    ['for six failed replies while others pass', failed(500), busy, 6],
    ['for six replies that are no JSON while others pass', failed(200), busy, 6],
    ['for two deaths of the server when it is alone with it', dead('ECONNRESET'), { ...quiet, alone: true }, 2]
  ])('%s', (_, error, seen, failures) => {
    expect(blamedAfter(error, seen)).toBe(failures)
  })
  it.each([
    ['deaths', dead('ECONNRESET'), busy],
    ['timeouts of a server that proves in between that it lives', late, { ...quiet, proved: true }]
  ])('is suspected after three %s, not before', (_, error, seen) => {
    const blame = createBlame()
    const suspected = [1, 2, 3].map(() => {
      blame.after(error, seen)
      return blame.suspected
    })
    expect(suspected).toEqual([false, false, true])
  })
  it('is not suspected for a server that was dead before it came', () => {
    const blame = createBlame()
    for (let i = 0; i < 10; i++) blame.after(dead('ECONNREFUSED'), quiet)
    expect(blame.suspected).toBe(false)
  })
})

describe('a connection that broke off', () => {
  it.each([
    ['ECONNRESET', true],
    ['UND_ERR_SOCKET', true],
    ['EPIPE', true],
    ['ECONNREFUSED', false],
    ['EAI_AGAIN', false]
  ])('%s: %s', (code, broke) => {
    expect(brokeOff(dead(code))).toBe(broke)
  })
  it('is not a reply that is a failure', () => {
    expect(brokeOff(failed(500))).toBe(false)
  })
})
