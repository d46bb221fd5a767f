import { describe, expect, it } from 'vitest'
import type { Settled } from '../../../services/operate/read.ts'
import { createIdSet } from '../../../services/verify/ids.ts'
import { type Ledger, openLedger } from '../../../services/verify/ledger.ts'

type Outcome = Parameters<Ledger['outcome']>[0]['outcome']

/** A ledger over one partition of four records, of which 0, 1 and 3 are settled. */
function ledger(options: { decides?: boolean; settled?: Settled; most?: number } = {}) {
  const settled = options.settled ?? { end: 4, base: 2, has: offset => offset !== 2 && offset < 4 }
  const opened = openLedger({
    stage: 'judge-thing',
    topic: 't',
    decides: options.decides ?? false,
    settled: [settled],
    ...(options.most && { most: options.most })
  })
  const outcome = (offset: number, kind: Outcome, more: { configuration?: string; final?: boolean } = {}) =>
    opened.outcome({
      partition: 0,
      offset,
      outcome: kind,
      configuration: more.configuration ?? 'c1',
      at: `out/0/${offset}`,
      final: more.final ?? true
    })
  return { ...opened, outcome }
}

function sound(options?: { decides?: boolean }) {
  const books = ledger(options)
  for (const offset of [0, 1, 2, 3]) books.input(0, offset)
  books.outcome(0, 'emitted')
  books.outcome(0, 'emitted')
  books.outcome(0, 'partial')
  books.outcome(1, 'rejected')
  books.outcome(3, 'dead-lettered')
  return books
}

const kinds = (books: Pick<Ledger, 'close'>) => books.close().violations.map(({ kind }) => kind)

describe('the books of a stage', () => {
  it('balance where each settled offset has one outcome', () => {
    expect(sound().close()).toEqual({
      counts: [
        { stage: 'judge-thing', partition: 0, settled: 3, emitted: 1, rejected: 1, deadLettered: 1, waiting: 1 }
      ],
      violations: [],
      more: 0
    })
  })
  it('show a settled offset without outcome, and that the count is wrong', () => {
    const books = ledger()
    books.input(0, 0)
    expect(books.close().violations).toMatchObject([
      { kind: 'no-outcome', of: 'judge-thing', records: ['t/0/0'] },
      { kind: 'wrong-count' }
    ])
  })
  it('take a hole for settled without an outcome, and an outcome of a hole for wrong', () => {
    const books = ledger()
    books.input(0, 1)
    books.outcome(1, 'rejected')
    expect(kinds(books)).toEqual([])
    books.outcome(0, 'rejected')
    expect(kinds(books)).toContain('outcome-of-nothing')
  })
  it('show an outcome of an offset that is not settled, unless it came after the positions were read', () => {
    const books = sound()
    books.outcome(2, 'emitted', { final: false })
    expect(kinds(books)).toEqual([])
    books.outcome(2, 'emitted')
    expect(books.close().violations).toMatchObject([{ kind: 'outcome-of-unsettled', records: ['out/0/2', 't/0/2'] }])
  })
  it('show a partial rejection of an offset that is not settled', () => {
    const books = sound()
    books.outcome(2, 'partial')
    expect(kinds(books)).toEqual(['outcome-of-unsettled'])
  })
  it('show an outcome of an offset behind the end, unless it came after the positions were read', () => {
    const books = sound()
    books.outcome(9, 'rejected', { final: false })
    expect(kinds(books)).toEqual([])
    books.outcome(9, 'rejected')
    expect(kinds(books)).toEqual(['outcome-of-nothing'])
  })
  it.each<[string, number, Outcome, string]>([
    ['rejected as well as emitted', 0, 'rejected', 'c1'],
    ['rejected twice', 1, 'rejected', 'c1'],
    ['dead-lettered twice', 3, 'dead-lettered', 'c1'],
    ['dead-lettered as well as rejected', 1, 'dead-lettered', 'c1'],
    ['emitted under two configurations', 0, 'emitted', 'c2']
  ])('show an offset that was %s', (_what, offset, kind, configuration) => {
    const books = sound()
    books.outcome(offset, kind, { configuration })
    expect(kinds(books)).toContain('two-outcomes')
  })
  it('of a decision stage want one decision record for each settled offset', () => {
    const without = sound({ decides: true })
    expect(kinds(without)).toEqual(['decisions-missing', 'decisions-missing', 'decisions-missing'])
    const books = sound({ decides: true })
    for (const offset of [0, 1, 3]) books.outcome(offset, 'decision')
    expect(kinds(books)).toEqual([])
    books.outcome(1, 'decision')
    expect(kinds(books)).toEqual(['decisions-missing'])
  })
  it('show a position behind the end of the topic', () => {
    expect(kinds(ledger({ settled: { end: 1, base: 5, has: () => true } }))).toEqual(['settled-beyond-end'])
  })
  it('count what they do not list', () => {
    const books = ledger({ most: 2 })
    for (let time = 0; time < 10; time++) books.outcome(2, 'emitted')
    expect(books.close()).toMatchObject({ more: 8, violations: [{}, {}] })
  })
})

describe('a set of ids', () => {
  it('remembers which may have come twice', () => {
    const ids = createIdSet()
    for (let index = 0; index < 3_000; index++) ids.add(`id ${index}`)
    expect(ids.mayRepeat()).toBeUndefined()
    ids.add('id 17')
    const mayRepeat = ids.mayRepeat()!
    expect(mayRepeat('id 17')).toBe(true)
    expect(mayRepeat('id 18')).toBe(false)
  })
})
