import { setImmediate as nextTurn } from 'node:timers/promises'
import { LogError } from '../errors.ts'
import type { AssignmentListener, Fetched, Membership, PartitionOwner, Writer } from '../port.ts'
import { commitFor, type OpenLog } from './committing.ts'
import { fetch, type Place, placeOf, topicOf } from './reading.ts'
import type { EpochKey } from './tables.ts'

/** The one live membership of each group and topic. */
export type Members = Map<string, { readonly listener: AssignmentListener; readonly partitions: readonly number[] }>

/**
 * Joins a group: its only member at once, since one process runs the stages. An earlier membership of this process is
 * revoked. `listener.assigned` is called before the promise of the membership resolves.
 */
export async function join(
  log: OpenLog,
  members: Members,
  group: string,
  topic: string,
  listener: AssignmentListener
): Promise<Membership> {
  log.tables.refresh()
  const partitions = Array.from({ length: topicOf(log.tables, topic).partitions }, (_, partition) => partition)
  const name = `${group}/${topic}`
  const member = { listener, partitions }
  const before = members.get(name)
  members.set(name, member)
  before?.listener.revoked(before.partitions)
  listener.assigned(partitions)
  return {
    async take(partition) {
      log.checkOpen()
      if (members.get(name) !== member)
        throw new LogError('partition-lost', `group ${group} no longer assigns ${topic}/${partition} to this member`)
      return takePartition(log, group, placeOf(log.tables, topic, partition))
    },
    async leave() {
      if (members.get(name) === member) members.delete(name)
    }
  }
}

async function takePartition(log: OpenLog, group: string, place: Place): Promise<PartitionOwner> {
  const { topic, partition } = place
  const owner: EpochKey = ['partition', group, topic, partition]
  const { epoch, commit: commitAtTake } = await take(log, owner)
  let released = false
  let inProgress: Promise<unknown> = Promise.resolve()

  const look = (from: number, limits: { readonly maxRecords: number; readonly maxBytes: number }): Fetched => {
    log.checkOpen()
    log.tables.refresh()
    if (released || log.tables.epochs.get(owner) !== epoch)
      throw new LogError('partition-lost', `${topic}/${partition} was ${released ? 'released' : 'taken by another'}`)
    return fetch(log.tables, place, from, limits)
  }

  return {
    topic,
    partition,
    commitAtTake,
    async next(from, limits, signal) {
      // Lets other work have its turn even where there is always something to fetch.
      await nextTurn()
      const until = performance.now() + limits.waitMs
      while (!signal.aborted) {
        const fetched = look(from, limits)
        const leftMs = until - performance.now()
        if (fetched.records.length > 0 || leftMs <= 0) return fetched
        await log.appends.wait(topic, leftMs, signal)
      }
      return { records: [], nextOffset: from }
    },
    async commit(outputs, position) {
      if (released) return { status: 'fenced' }
      const committing = commitFor(log, owner, epoch, outputs, position)
      inProgress = committing.catch(() => {})
      return committing
    },
    async release() {
      released = true
      await inProgress
    }
  }
}

/** A writer without a partition; a later one of the same id, in any process, fences it. */
export async function openWriter(log: OpenLog, id: string): Promise<Writer> {
  const owner: EpochKey = ['writer', id]
  const { epoch } = await take(log, owner)
  let closed = false
  let inProgress: Promise<unknown> = Promise.resolve()
  return {
    async commit(outputs) {
      if (closed) return { status: 'fenced' }
      const committing = commitFor(log, owner, epoch, outputs, undefined)
      inProgress = committing.catch(() => {})
      return committing
    },
    async close() {
      closed = true
      await inProgress
    }
  }
}

async function take(log: OpenLog, owner: EpochKey) {
  log.checkOpen()
  const reply = await log.writes.request({ kind: 'take', owner })
  if (reply.kind !== 'taken') throw new Error(`the log answered a take with ${reply.kind}`)
  return reply
}
