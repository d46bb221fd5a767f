import fc from 'fast-check'
import kafkajs from 'kafkajs'
import { describe, expect, it } from 'vitest'
import { assign, type GroupMember, stickyAssigner } from '../../../../engine/log/kafka/group/sticky-assigner.ts'

const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 7 })

/** Members that hold what they say: no partition is claimed twice, and some may be held by nobody. */
const honest = fc
  .record({ ids: names, owners: fc.array(fc.nat({ max: 9 }), { maxLength: 24 }) })
  .map(({ ids, owners }): { members: GroupMember[]; partitions: number } => ({
    members: ids.map((id, index) => ({
      id,
      held: owners.flatMap((owner, partition) => (owner === index ? [partition] : []))
    })),
    partitions: owners.length
  }))
/** Members that say anything. */
const garbled = fc.record({
  members: names.chain(ids =>
    fc.tuple(...ids.map(id => fc.record({ id: fc.constant(id), held: fc.array(fc.integer({ min: -5, max: 40 })) })))
  ),
  partitions: fc.nat({ max: 24 })
})

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n)

describe('an assignment', () => {
  it('gives each partition to exactly one member, and as evenly as can be', () => {
    fc.assert(
      fc.property(fc.oneof(honest, garbled), ({ members, partitions }) => {
        const assigned = assign(members, partitions)
        expect([...assigned.keys()].sort()).toEqual(members.map(({ id }) => id).sort())
        expect([...assigned.values()].flat().sort((a, b) => a - b)).toEqual(numbers(partitions))
        const sizes = [...assigned.values()].map(own => own.length)
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
      })
    )
  })

  it('moves no more partitions than evenness requires', () => {
    fc.assert(
      fc.property(honest, ({ members, partitions }) => {
        const assigned = assign(members, partitions)
        const fewest = Math.floor(partitions / members.length)
        const extra = partitions % members.length
        const above = members.filter(({ held }) => held.length > fewest).length
        const kept = members.map(
          ({ id, held }) => held.filter(partition => assigned.get(id)!.includes(partition)).length
        )
        const mayKeep =
          members.reduce((sum, { held }) => sum + Math.min(held.length, fewest), 0) + Math.min(above, extra)
        expect(kept.reduce((sum, count) => sum + count, 0)).toBe(mayKeep)
      })
    )
  })

  it('is the same in whatever order the members are named', () => {
    fc.assert(
      fc.property(
        fc.oneof(honest, garbled).chain(({ members, partitions }) =>
          fc.record({
            members: fc.constant(members),
            shuffled: fc.shuffledSubarray([...members], { minLength: members.length }),
            partitions: fc.constant(partitions)
          })
        ),
        ({ members, shuffled, partitions }) => {
          const sorted = (assigned: ReadonlyMap<string, readonly number[]>) => [...assigned].sort()
          expect(sorted(assign(shuffled, partitions))).toEqual(sorted(assign(members, partitions)))
        }
      )
    )
  })

  it('is stable: what it gave is what it gives again', () => {
    fc.assert(
      fc.property(fc.oneof(honest, garbled), ({ members, partitions }) => {
        const first = assign(members, partitions)
        const again = assign(
          [...first].map(([id, held]) => ({ id, held })),
          partitions
        )
        expect([...again].sort()).toEqual([...first].sort())
      })
    )
  })
})

describe('the assigner of a group', () => {
  const { MemberMetadata, MemberAssignment } = kafkajs.AssignerProtocol
  const cluster = { findTopicPartitionMetadata: () => numbers(4).map(partitionId => ({ partitionId })) }
  const assignerOf = (held: readonly number[] = []) =>
    stickyAssigner('input', () => held)({ cluster } as unknown as Parameters<ReturnType<typeof stickyAssigner>>[0])
  const assignedBy = async (members: { memberId: string; memberMetadata: Buffer }[]) => {
    const assignments = await assignerOf().assign({ members, topics: ['input'] } as never)
    return new Map(
      assignments.map(({ memberId, memberAssignment }) => [
        memberId,
        MemberAssignment.decode(memberAssignment)!.assignment.input
      ])
    )
  }

  it('leaves members what they say they hold', async () => {
    const metadata = (held: number[]) => assignerOf(held).protocol({ topics: ['input'] }).metadata
    const assigned = await assignedBy([
      { memberId: 'a', memberMetadata: metadata([1, 3]) },
      { memberId: 'b', memberMetadata: metadata([0, 2]) }
    ])
    expect(assigned).toEqual(
      new Map([
        ['a', [1, 3]],
        ['b', [0, 2]]
      ])
    )
  })

  it.each([
    ['no JSON', Buffer.from('{')],
    ['no list', Buffer.from('{"length":4}')],
    ['a list of other things', Buffer.from('["0",null,[1],1.5]')],
    ['nothing', Buffer.alloc(0)]
  ])('takes a member that says %s for one that holds nothing', async (_, userData) => {
    const memberMetadata = MemberMetadata.encode({ version: 1, topics: ['input'], userData })
    const assigned = await assignedBy([{ memberId: 'a', memberMetadata }])
    expect(assigned.get('a')).toEqual([0, 1, 2, 3])
  })

  it('takes a member whose metadata is cut short for one that holds nothing', async () => {
    const assigned = await assignedBy([{ memberId: 'a', memberMetadata: Buffer.from([0, 1, 0]) }])
    expect(assigned.get('a')).toEqual([0, 1, 2, 3])
  })
})
