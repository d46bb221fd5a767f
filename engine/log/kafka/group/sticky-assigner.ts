import kafkajs, { type PartitionAssigner } from 'kafkajs'

const { AssignerProtocol } = kafkajs

/** Protocol of a group, by default. All its members must name the same. */
export const defaultProtocol = 'dataflow-sticky'
const version = 1

export interface GroupMember {
  readonly id: string
  /** What it held before. */
  readonly held: readonly number[]
}

/**
 * Partitions by member: as even as can be, and each left where it is as far as that allows, so that calls in flight go on
 * where they were begun. The same for the same members, whatever their order.
 */
export function assign(members: readonly GroupMember[], partitions: number): ReadonlyMap<string, readonly number[]> {
  const sorted = [...members].sort((a, b) => (a.id < b.id ? -1 : 1))
  const fewest = Math.floor(partitions / sorted.length)
  let withOneMore = partitions % sorted.length
  const free = new Set(Array.from({ length: partitions }, (_, partition) => partition))
  const kept = new Map(
    sorted.map(({ id, held }) => {
      const wanted = [...new Set(held)].filter(partition => free.has(partition)).sort((a, b) => a - b)
      const mayKeep = wanted.length > fewest && withOneMore > 0 ? fewest + 1 : fewest
      if (wanted.length > fewest && withOneMore > 0) withOneMore--
      const keeps = wanted.slice(0, mayKeep)
      for (const partition of keeps) free.delete(partition)
      return [id, keeps]
    })
  )
  for (const partition of free) {
    const next = sorted.map(({ id }) => kept.get(id)!).reduce((least, own) => (own.length < least.length ? own : least))
    next.push(partition)
  }
  for (const own of kept.values()) own.sort((a, b) => a - b)
  return kept
}

/**
 * The assigner of one member, for groups that read one topic. Members tell the leader what they hold when they join (the
 * user data of the consumer protocol).
 * @param name of the protocol.
 */
export function stickyAssigner(
  topic: string,
  held: () => readonly number[],
  name: string = defaultProtocol
): PartitionAssigner {
  return ({ cluster }) => ({
    name,
    version,
    protocol: ({ topics }) => ({
      name,
      metadata: AssignerProtocol.MemberMetadata.encode({
        version,
        topics,
        userData: Buffer.from(JSON.stringify(held()))
      })
    }),
    assign: async ({ members }) => {
      const { length } = cluster.findTopicPartitionMetadata(topic)
      const known = members.map(({ memberId, memberMetadata }) => ({ id: memberId, held: heldBy(memberMetadata) }))
      return [...assign(known, length)].map(([memberId, partitions]) => ({
        memberId,
        memberAssignment: AssignerProtocol.MemberAssignment.encode({
          version,
          assignment: { [topic]: [...partitions] },
          userData: Buffer.alloc(0)
        })
      }))
    }
  })
}

/** None, where a member says nothing that can be read. */
function heldBy(metadata: Buffer): readonly number[] {
  try {
    const { userData } = AssignerProtocol.MemberMetadata.decode(metadata) ?? {}
    const held: unknown = JSON.parse(userData?.toString() ?? '[]')
    return Array.isArray(held) ? held.filter(Number.isSafeInteger) : []
  } catch {
    return []
  }
}
