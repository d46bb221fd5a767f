import { describe, expect, it } from 'vitest'
import type { LogDriver, PartitionOwner } from '../../../engine/log/port.ts'
import { kafkaBed, type Member } from '../../support/kafka/kafka-bed.ts'
import { at, eventually, output, visible } from '../../support/log-driver-context.ts'

const bed = kafkaBed()
const sessionTimeoutMs = 2_000
const quick = () => bed.driver({ sessionTimeoutMs })
const sorted = (...members: Member[]) => members.flatMap(({ has }) => [...has]).sort((a, b) => a - b)

describe('positions', () => {
  it('are never read stale, by a hundred take-overs right after commits', async () => {
    const driver = await bed.driver()
    const [input, target] = [await bed.topic(driver), await bed.topic(driver)]
    const { membership, has } = await bed.join(driver, bed.name(), input)
    await eventually(() => has.has(0))
    let owner = await membership.take(0)
    for (let n = 1; n <= 100; n++) {
      expect(await owner.commit([output(target, `${n}`)], at(n, `after ${n}`))).toEqual({ status: 'committed' })
      const next = await membership.take(0)
      expect(next.commitAtTake).toEqual(at(n, `after ${n}`))
      await owner.release()
      owner = next
    }
    await owner.release()
  })

  it('of one group are not seen by another, whatever it is called', async () => {
    const driver = await bed.driver()
    const [input, group] = [await bed.topic(driver, 2), bed.name()]
    const first = await bed.owner(driver, input, group, 0)
    expect(await first.commit([], at(5, 'of the first'))).toEqual({ status: 'committed' })
    for (const name of [`${group}-2`, group.slice(0, -1), group.toUpperCase()]) {
      expect((await bed.owner(driver, input, name, 0)).commitAtTake).toBeUndefined()
      expect(await driver.committed(name, input)).toEqual([undefined, undefined])
    }
    expect(await first.commit([], at(6))).toEqual({ status: 'committed' })
  })
})

describe('an owner that was followed by another', () => {
  it('does not have the partition announced again when it is fenced', async () => {
    const proxy = await bed.proxy()
    const driver = await bed.driverBehind(proxy, { sessionTimeoutMs })
    const input = await bed.topic(driver)
    const { membership, has, happened } = await bed.join(driver, bed.name(), input)
    await eventually(() => has.has(0))
    const early = await membership.take(0)
    const late = await membership.take(0)
    expect(await early.commit([], at(1))).toEqual({ status: 'fenced' })
    const heartbeats = proxy.inject({ apis: ['Heartbeat'], how: 'delay', delayMs: 0 })
    await eventually(() => heartbeats.hits >= 3)
    expect(happened).toEqual(['assigned 0'])
    expect(await late.commit([], at(1))).toEqual({ status: 'committed' })
    await late.release()
  })
})

describe('a group of two', () => {
  /** Takes all partitions that a member has, and commits once with each. */
  const commitAll = async (member: Member, target: string, offset: number) => {
    const owners = await Promise.all([...member.has].map(partition => member.membership.take(partition)))
    for (const owner of owners)
      expect(await owner.commit([output(target, `${owner.partition} ${offset}`)], at(offset))).toEqual({
        status: 'committed'
      })
    return owners
  }
  const releaseAll = (owners: readonly PartitionOwner[]) => Promise.all(owners.map(owner => owner.release()))

  it('moves no more partitions than it must, and back when one leaves', async () => {
    const [one, two] = [await quick(), await quick()]
    const [input, target, group] = [await bed.topic(one, 4), await bed.topic(one), bed.name()]
    const first = await bed.join(one, group, input)
    await eventually(() => first.has.size === 4)
    const before = await commitAll(first, target, 1)
    const second = await bed.join(two, group, input)
    await eventually(() => first.has.size === 2 && second.has.size === 2)
    expect(sorted(first, second)).toEqual([0, 1, 2, 3])
    // The two that stayed were not announced again, and their owners are good still.
    expect(first.happened).toEqual(['assigned 0,1,2,3', `revoked ${[...second.has].join()}`])
    expect(second.happened).toEqual([`assigned ${[...second.has].join()}`])
    const moved = await commitAll(second, target, 2)
    expect(moved.map(({ commitAtTake }) => commitAtTake)).toEqual([at(1), at(1)])
    for (const owner of before) {
      const status = first.has.has(owner.partition) ? 'committed' : 'fenced'
      expect(await owner.commit([output(target, `${owner.partition} 2`)], at(2))).toEqual({ status })
    }
    await releaseAll(moved)
    await second.membership.leave()
    await eventually(() => first.has.size === 4)
    const after = await commitAll(first, target, 3)
    expect(after.map(({ commitAtTake }) => commitAtTake)).toEqual([at(2), at(2), at(2), at(2)])
    const expected = [0, 1, 2, 3].flatMap(partition => [1, 2, 3].map(offset => `${partition} ${offset}`))
    expect((await visible(one, target)).sort()).toEqual(expected)
    await releaseAll([...before, ...after])
  })

  const cutOff = async () => {
    const [proxy, healthy] = [await bed.proxy(), await quick()]
    const behind = await bed.driverBehind(proxy, { sessionTimeoutMs })
    const [input, target, group] = [await bed.topic(healthy, 2), await bed.topic(healthy), bed.name()]
    const zombie = await bed.join(behind, group, input)
    await eventually(() => zombie.has.size === 2)
    const heir = await bed.join(healthy, group, input)
    await eventually(() => zombie.has.size === 1 && heir.has.size === 1)
    const [partition] = [...zombie.has] as [number]
    return { proxy, healthy, target, zombie, heir, partition, owner: await zombie.membership.take(partition) }
  }
  const goesOn = async (driver: LogDriver, target: string, heir: PartitionOwner, from: number) => {
    for (let n = from; n < from + 5; n++)
      expect(await heir.commit([output(target, `heir ${n}`)], at(n))).toEqual({ status: 'committed' })
    expect((await visible(driver, target)).filter(value => value === 'zombie')).toEqual([])
  }

  it('gives the partitions of a silent member to the other; the silent one is fenced, and never fences back', async () => {
    const { proxy, healthy, target, zombie, heir, partition, owner } = await cutOff()
    const silence = proxy.inject({ apis: ['Heartbeat', 'JoinGroup'], how: 'drop' })
    await eventually(() => heir.has.has(partition))
    const next = await heir.membership.take(partition)
    expect(await owner.commit([output(target, 'zombie')], at(100))).toEqual({ status: 'fenced' })
    // It believes in itself still, but takes nothing before a heartbeat.
    expect(zombie.has.has(partition)).toBe(true)
    let isTaken = false
    const taking = zombie.membership.take(partition).finally(() => {
      isTaken = true
    })
    taking.catch(() => {})
    await goesOn(healthy, target, next, 1)
    expect(isTaken).toBe(false)
    silence.lift()
    await eventually(() => sorted(zombie, heir).join() === '0,1' && zombie.has.size === 1)
    expect(zombie.happened.filter(text => text.startsWith('crashed'))).toEqual([])
    const [again] = [...zombie.has] as [number]
    // What it was fenced from is announced again, as what is new to it is.
    await eventually(() => zombie.happened.at(-1) === `assigned ${again}`)
    const taken = again === partition ? await taking : await zombie.membership.take(again)
    if (again !== partition) await expect(taking).rejects.toMatchObject({ code: 'partition-lost' })
    expect(await taken.commit([], at(200))).toEqual({ status: 'committed' })
    await releaseAll([owner, next, taken])
  })

  it('goes on where a member comes back from a network that was down', async () => {
    const { proxy, healthy, target, zombie, heir, partition, owner } = await cutOff()
    proxy.sever()
    await eventually(() => heir.has.has(partition))
    const next = await heir.membership.take(partition)
    await goesOn(healthy, target, next, 1)
    proxy.heal()
    await eventually(() => sorted(zombie, heir).join() === '0,1' && zombie.has.size === 1)
    const { status } = await owner.commit([output(target, 'zombie')], at(100))
    expect(status).not.toBe('committed')
    const [again] = [...zombie.has] as [number]
    const taken = await zombie.membership.take(again)
    expect(await taken.commit([output(target, 'back')], at(200))).toEqual({ status: 'committed' })
    expect((await visible(healthy, target)).filter(value => value === 'zombie')).toEqual([])
    await releaseAll([owner, next, taken])
  })
})
