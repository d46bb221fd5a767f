import { describe, expect, it } from 'vitest'
import type { Commit, PartitionOwner } from '../../../engine/log/port.ts'
import { kafkaBed } from '../../support/kafka/kafka-bed.ts'
import type { Api, Fault } from '../../support/kafka/kafka-proxy.ts'
import { at, eventually, output, visible } from '../../support/log-driver-context.ts'

const bed = kafkaBed()
/** Short, so that a member in doubt heartbeats soon. */
const sessionTimeoutMs = 2_000

/** A group behind a proxy that commits to a topic which others read past the proxy. */
async function committing() {
  const [proxy, outside] = [await bed.proxy(), await bed.driver()]
  const [input, target, group] = [await bed.topic(outside), await bed.topic(outside), bed.name()]
  const driver = await bed.driverBehind(proxy, { sessionTimeoutMs })
  const { membership, has } = await bed.join(driver, group, input)
  await eventually(() => has.has(0))
  return { proxy, outside, target, membership, owner: await membership.take(0) }
}

describe('a commit whose end is lost', () => {
  it.each<{ how: Fault['how']; found: Commit | undefined }>([
    { how: 'execute-and-cut', found: at(1, 'attempted') },
    { how: 'execute-and-hang', found: at(1, 'attempted') },
    { how: 'drop', found: undefined }
  ])('ends unknown after $how, and taking again tells what became of it', async ({ how, found }) => {
    const { proxy, outside, target, membership, owner } = await committing()
    const rule = proxy.inject({ apis: ['EndTxn'], how, next: 1 })
    expect(await owner.commit([output(target, 'a')], at(1, 'attempted'))).toMatchObject({ status: 'unknown' })
    expect(rule.hits).toBe(1)
    expect(await owner.commit([output(target, 'never')], at(2))).toEqual({ status: 'fenced' })
    const next = await membership.take(0)
    expect(next.commitAtTake).toEqual(found)
    expect(await visible(outside, target)).toEqual(found ? ['a'] : [])
    expect(await next.commit([output(target, 'b')], at(3))).toEqual({ status: 'committed' })
    expect(await visible(outside, target)).toEqual(found ? ['a', 'b'] : ['b'])
    await next.release()
  })
})

describe('what was committed is there once, and in order', () => {
  const count = 40
  const settings: { how: Fault['how']; apis: Api[] }[] = [
    { how: 'execute-and-cut', apis: ['Produce'] },
    { how: 'execute-and-cut', apis: ['AddPartitionsToTxn', 'InitProducerId'] },
    { how: 'execute-and-cut', apis: ['AddOffsetsToTxn', 'TxnOffsetCommit', 'EndTxn'] },
    {
      how: 'drop',
      apis: ['Produce', 'AddPartitionsToTxn', 'InitProducerId', 'AddOffsetsToTxn', 'TxnOffsetCommit', 'EndTxn']
    }
  ]
  it.each(settings)('through $how of one in seven $apis', async ({ how, apis }) => {
    const { proxy, outside, target, membership, owner: first } = await committing()
    const rule = proxy.inject({ apis, how, oneIn: 7 })
    let owner: PartitionOwner = first
    const committed: string[] = []
    for (let n = 1, position = owner.commitAtTake; n <= count; ) {
      const outputs = [output(target, `${n} a`), output(target, `${n} b`)]
      const { status } = await owner.commit(outputs, at(n))
      expect(status).not.toBe('aborted')
      if (status === 'unknown' || status === 'fenced') {
        owner = await membership.take(0)
        // The runtime's rule: the position is the one attempted, or the one before.
        if (owner.commitAtTake?.offset !== n) {
          expect(owner.commitAtTake).toEqual(position)
          continue
        }
      }
      position = at(n)
      committed.push(`${n} a`, `${n} b`)
      n++
    }
    expect(rule.hits).toBeGreaterThan(5)
    rule.lift()
    await owner.release()
    expect(await visible(outside, target)).toEqual(committed)
    expect(await bed.consumed(target, committed.length)).toEqual(committed)
  })
})
