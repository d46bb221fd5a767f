import { describe, expect, it } from 'vitest'
import { at, type ContractContext, eventually, output, visible } from '../support/log-driver-context.ts'

export function ownershipContract(context: ContractContext): void {
  const positionOf = async (group: string, topic: string, partition = 0) =>
    (await context.driver.committed(group, topic))[partition]

  describe('a commit', () => {
    it('shows its outputs, its offset and its metadata together', async () => {
      const [input, left, right, group] = [
        await context.topic(),
        await context.topic(2),
        await context.topic(),
        context.name()
      ]
      const owner = await context.owner(input, 0, group)
      const outputs = [output(left, 'a', { partition: 1 }), output(right, 'b'), output(left, 'c')]
      expect(await owner.commit(outputs, at(7, 'the settled bitmap'))).toEqual({ status: 'committed' })
      expect(await visible(context.driver, left, 0)).toEqual(['c'])
      expect(await visible(context.driver, left, 1)).toEqual(['a'])
      expect(await visible(context.driver, right)).toEqual(['b'])
      await eventually(async () => (await positionOf(group, input))?.offset === 7)
      expect(await positionOf(group, input)).toEqual(at(7, 'the settled bitmap'))
    })

    it('may move the position without outputs', async () => {
      const [input, group] = [await context.topic(), context.name()]
      const owner = await context.owner(input, 0, group)
      expect(await owner.commit([], at(3))).toEqual({ status: 'committed' })
      await eventually(async () => (await positionOf(group, input))?.offset === 3)
    })

    it('keeps 3,072 bytes of metadata', async () => {
      const [input, group] = [await context.topic(), context.name()]
      const membership = await context.join(group, input)
      const metadata = 'A+/='.repeat(768)
      expect(await (await membership.take(0)).commit([], at(1, metadata))).toEqual({ status: 'committed' })
      const next = await membership.take(0)
      expect(next.commitAtTake).toEqual(at(1, metadata))
      await next.release()
    })

    it('with more metadata than that is refused, and its outputs with it', async () => {
      const [input, target] = [await context.topic(), await context.topic()]
      const owner = await context.owner(input)
      expect(await owner.commit([output(target, 'a')], at(1, 'x'.repeat(4_097)))).toMatchObject({ status: 'aborted' })
      expect(await visible(context.driver, target)).toEqual([])
    })

    it('that was refused leaves position and outputs as they were, and the owner usable', async () => {
      const [input, target, group] = [await context.topic(), await context.topic(), context.name()]
      const owner = await context.owner(input, 0, group)
      await owner.commit([output(target, 'before')], at(1, 'before'))
      const tooLarge = output(target, Buffer.alloc(context.driver.limits.maxRecordBytes + 1))
      const refused = await owner.commit([output(target, 'never'), tooLarge], at(2, 'never'))
      expect(refused).toMatchObject({ status: 'aborted', cause: { code: 'record-too-large' } })
      expect(await owner.commit([output(target, 'after')], at(3, 'after'))).toEqual({ status: 'committed' })
      expect(await visible(context.driver, target)).toEqual(['before', 'after'])
      await eventually(async () => (await positionOf(group, input))?.metadata === 'after')
    })

    it('takes thousands of records, in order', async () => {
      const [input, target] = [await context.topic(), await context.topic(2)]
      const owner = await context.owner(input)
      const outputs = Array.from({ length: 3_000 }, (_, n) => output(target, `${n}`, { partition: n % 2 }))
      expect(await owner.commit(outputs, at(3_000))).toEqual({ status: 'committed' })
      const numbers = Array.from({ length: 1_500 }, (_, n) => `${2 * n}`)
      expect(await visible(context.driver, target, 0)).toEqual(numbers)
      expect(await visible(context.driver, target, 1)).toHaveLength(1_500)
    })

    it('of one owner never mixes with those of others', async () => {
      const [input, target, group] = [await context.topic(4), await context.topic(), context.name()]
      const membership = await context.join(group, input)
      const owners = await Promise.all([0, 1, 2, 3].map(partition => membership.take(partition)))
      const commits = owners.map(async (owner, partition) => {
        for (let round = 1; round <= 10; round++) {
          const outputs = Array.from({ length: 5 }, (_, n) => output(target, `${partition} ${(round - 1) * 5 + n}`))
          expect(await owner.commit(outputs, at(round, `${partition}`))).toEqual({ status: 'committed' })
        }
      })
      await Promise.all(commits)
      const seen = await visible(context.driver, target)
      const expected = Array.from({ length: 50 }, (_, n) => `${n}`)
      for (const partition of [0, 1, 2, 3]) {
        const own = seen.flatMap(value => (value!.startsWith(`${partition} `) ? value!.slice(2) : []))
        expect(own).toEqual(expected)
      }
      await eventually(async () => {
        const positions = await context.driver.committed(group, input)
        return positions.every((position, partition) => position?.offset === 10 && position.metadata === `${partition}`)
      })
      await Promise.all(owners.map(owner => owner.release()))
    })
  })

  describe('taking a partition', () => {
    it('finds no position where none was committed', async () => {
      const [input, group] = [await context.topic(2), context.name()]
      expect((await context.owner(input, 1, group)).commitAtTake).toBeUndefined()
      expect(await context.driver.committed(group, input)).toEqual([undefined, undefined])
    })

    it('finds the last position, even right after its commit', async () => {
      const input = await context.topic()
      const membership = await context.join(context.name(), input)
      let owner = await membership.take(0)
      for (let offset = 1; offset <= 10; offset++) {
        await owner.commit([], at(offset, `after ${offset}`))
        owner = await membership.take(0)
        expect(owner.commitAtTake).toEqual(at(offset, `after ${offset}`))
      }
      await owner.release()
    })

    it('finds the position of its own group and partition', async () => {
      const [input, group] = [await context.topic(2), context.name()]
      const membership = await context.join(group, input)
      await (await membership.take(0)).commit([], at(5))
      expect((await membership.take(1)).commitAtTake).toBeUndefined()
      expect((await context.owner(input, 0, context.name())).commitAtTake).toBeUndefined()
    })

    it('fences the earlier owner: nothing of it is seen any more', async () => {
      const [input, target, group] = [await context.topic(), await context.topic(), context.name()]
      const membership = await context.join(group, input)
      const early = await membership.take(0)
      await early.commit([output(target, 'early')], at(1, 'early'))
      const late = await membership.take(0)
      expect(await early.commit([output(target, 'fenced')], at(2, 'fenced'))).toEqual({ status: 'fenced' })
      expect(await late.commit([output(target, 'late')], at(2, 'late'))).toEqual({ status: 'committed' })
      expect(await visible(context.driver, target)).toEqual(['early', 'late'])
      await late.release()
    })

    it('is for good: a fenced owner never fences back', async () => {
      const [input, target] = [await context.topic(), await context.topic()]
      const membership = await context.join(context.name(), input)
      const early = await membership.take(0)
      const late = await membership.take(0)
      for (let offset = 1; offset <= 3; offset++) {
        expect(await early.commit([output(target, 'early')], at(offset))).toEqual({ status: 'fenced' })
        expect(await late.commit([output(target, `late ${offset}`)], at(offset))).toEqual({ status: 'committed' })
      }
      await early.release()
      expect(await late.commit([output(target, 'late 4')], at(4))).toEqual({ status: 'committed' })
      expect(await visible(context.driver, target)).toEqual(['late 1', 'late 2', 'late 3', 'late 4'])
      await late.release()
    })

    it('waits for or fences a commit in progress, and knows which', async () => {
      const [input, target] = [await context.topic(), await context.topic()]
      const membership = await context.join(context.name(), input)
      const early = await membership.take(0)
      const [result, late] = await Promise.all([early.commit([output(target, 'a')], at(1)), membership.take(0)])
      const committed = result.status === 'committed'
      expect(late.commitAtTake).toEqual(committed ? at(1) : undefined)
      expect(await visible(context.driver, target)).toEqual(committed ? ['a'] : [])
      await late.release()
    })

    it('leaves owners of other partitions alone', async () => {
      const input = await context.topic(2)
      const membership = await context.join(context.name(), input)
      const other = await membership.take(1)
      await membership.take(0)
      await membership.take(0)
      expect(await other.commit([], at(1))).toEqual({ status: 'committed' })
    })

    it('is refused to a member that has left', async () => {
      const membership = await context.join(context.name(), await context.topic())
      await membership.leave()
      await expect(membership.take(0)).rejects.toMatchObject({ code: 'partition-lost' })
    })
  })

  describe('releasing a partition', () => {
    it('may be done twice, and ends the right to commit', async () => {
      const [input, target] = [await context.topic(), await context.topic()]
      const owner = await context.owner(input)
      await owner.release()
      await owner.release()
      expect(await owner.commit([output(target, 'late')], at(1))).toEqual({ status: 'fenced' })
      expect(await visible(context.driver, target)).toEqual([])
    })

    it('waits for the commit in progress', async () => {
      const [input, target] = [await context.topic(), await context.topic()]
      const owner = await context.owner(input)
      let committed = false
      const commit = owner.commit([output(target, 'a')], at(1)).then(result => {
        committed = result.status === 'committed'
      })
      await owner.release()
      expect(await visible(context.driver, target)).toEqual(['a'])
      await commit
      expect(committed).toBe(true)
    })
  })
}
