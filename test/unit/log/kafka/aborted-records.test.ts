import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  type AbortedTransaction,
  committedOnly,
  type RawMessage
} from '../../../../engine/log/kafka/client/aborted-records.ts'

/** What happens on one partition: a producer appends to its transaction, or ends it; or somebody appends without one. */
type Action =
  | { readonly type: 'append'; readonly producer: number; readonly zeroKey: boolean }
  | { readonly type: 'plain' }
  | { readonly type: 'end'; readonly producer: number; readonly commits: boolean }

interface Written {
  readonly message: RawMessage
  /** A record that a reader of committed records must see. */
  readonly isVisible: () => boolean
}

interface Transaction {
  readonly firstOffset: number
  lastOffset: number
  ended: 'committed' | 'aborted'
}

const zeros = Buffer.alloc(4)
const marker = (type: 0 | 1) => Buffer.from([0, 0, 0, type])

function messageAt(
  offset: number,
  key: Buffer | null,
  { producerId = '-1', isControlRecord = false }: { producerId?: string; isControlRecord?: boolean }
): RawMessage {
  const batchContext = {
    firstOffset: String(offset),
    lastOffsetDelta: 0,
    producerId,
    inTransaction: producerId !== '-1'
  }
  const content = { key, value: Buffer.from(`at ${offset}`), headers: {}, timestamp: '0' }
  return { offset: String(offset), ...content, isControlRecord, batchContext }
}

/** A partition as the actions leave it; what is open at the end is aborted, as the broker does in time. */
function partitionAfter(actions: readonly Action[]) {
  const written: Written[] = []
  const open = new Map<number, Transaction>()
  const inOrderOfEnd: (Transaction & { readonly producerId: string })[] = []
  const end = (producer: number, commits: boolean) => {
    const transaction = open.get(producer)
    if (!transaction) return
    open.delete(producer)
    transaction.ended = commits ? 'committed' : 'aborted'
    transaction.lastOffset = written.length
    const mark = { producerId: String(producer), isControlRecord: true }
    written.push({ message: messageAt(written.length, marker(commits ? 1 : 0), mark), isVisible: () => false })
    if (!commits) inOrderOfEnd.push(Object.assign(transaction, { producerId: String(producer) }))
  }
  for (const action of actions) {
    const offset = written.length
    if (action.type === 'end') end(action.producer, action.commits)
    else if (action.type === 'plain') written.push({ message: messageAt(offset, zeros, {}), isVisible: () => true })
    else {
      const transaction = open.get(action.producer) ?? { firstOffset: offset, lastOffset: offset, ended: 'aborted' }
      open.set(action.producer, transaction)
      const message = messageAt(offset, action.zeroKey ? zeros : null, { producerId: String(action.producer) })
      written.push({ message, isVisible: () => transaction.ended === 'committed' })
    }
  }
  for (const producer of [...open.keys()]) end(producer, false)
  return { written, inOrderOfEnd }
}

/** What a broker tells with a fetch: aborted transactions that overlap the range, in the order in which they ended. */
const abortedWithin = (
  inOrderOfEnd: readonly (Transaction & { producerId: string })[],
  from: number,
  to: number
): AbortedTransaction[] =>
  inOrderOfEnd
    .filter(({ firstOffset, lastOffset }) => lastOffset >= from && firstOffset < to)
    .map(({ producerId, firstOffset }) => ({ producerId, firstOffset: String(firstOffset) }))

const producer = fc.integer({ min: 1, max: 4 })
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ type: fc.constant('append'), producer, zeroKey: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('plain') }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('end'), producer, commits: fc.boolean() }) }
)

it('exactly the committed records are left, wherever a fetch begins and ends', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60 }), fc.nat(), fc.nat(), (actions, one, other) => {
      const { written, inOrderOfEnd } = partitionAfter(actions)
      const [from, to] = [one % (written.length + 1), other % (written.length + 1)].sort((a, b) => a - b)
      const fetched = written.slice(from, to)
      const kept = committedOnly(
        fetched.map(({ message }) => message),
        abortedWithin(inOrderOfEnd, from!, to!)
      )
      const expected = fetched.filter(({ isVisible }) => isVisible()).map(({ message }) => message)
      expect(kept).toEqual(expected)
    }),
    { numRuns: 500 }
  )
})

const append = (producer: number, zeroKey = false): Action => ({ type: 'append', producer, zeroKey })
const end = (producer: number, commits: boolean): Action => ({ type: 'end', producer, commits })

const keptOf = (actions: readonly Action[], from: number) => {
  const { written, inOrderOfEnd } = partitionAfter(actions)
  const messages = written.slice(from).map(({ message }) => message)
  return committedOnly(messages, abortedWithin(inOrderOfEnd, from, written.length)).map(({ offset }) => Number(offset))
}

it('two transactions that were open before the fetch are both left out', () => {
  const actions = [append(1), append(2), append(1), append(2), end(2, false), append(1), end(1, false), append(3)]
  expect(keptOf([...actions, end(3, true)], 2)).toEqual([7])
})

it('a list in the order of ends, not of beginnings, is understood', () => {
  const actions = [append(1), append(2), end(2, false), append(2), end(2, true), append(1), end(1, false)]
  expect(keptOf(actions, 0)).toEqual([3])
})

it('a key of four zero bytes does not end an aborted transaction', () => {
  expect(keptOf([append(1), append(1, true), append(1), end(1, false), append(1), end(1, true)], 0)).toEqual([4])
})

it('records outside transactions of a producer that aborts are kept', () => {
  const { message } = partitionAfter([{ type: 'plain' }]).written[0]!
  const idempotent = { ...message, batchContext: { ...message.batchContext, producerId: '1' } }
  expect(committedOnly([idempotent], [{ producerId: '1', firstOffset: '0' }])).toEqual([idempotent])
})

it('offsets beyond 32 bits are compared as numbers', () => {
  const far = (offset: number) => ({ ...messageAt(0, null, { producerId: '7' }), offset: String(offset) })
  const aborted = [{ producerId: '7', firstOffset: '9007199254740000' }]
  const messages = [far(900_719_925_474_000), far(9_007_199_254_740_000)]
  expect(committedOnly(messages, aborted)).toEqual([messages[0]])
})
