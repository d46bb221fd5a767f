/**
 * The conformance suite of LogDriver: what the runtime relies on, whatever log is underneath.
 *
 * It assumes no more than the port promises. Offsets may have holes, positions may be reported late, a hint may be
 * missed; so it never counts offsets, polls for what is promised eventually, and uses each topic, group and writer once.
 */
import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe } from 'vitest'
import type { LogDriver, Membership, PartitionOwner, Writer } from '../../engine/log/port.ts'
import { type ContractContext, type DriverUnderTest, eventually } from '../support/log-driver-context.ts'
import { fetchingContract } from './log-driver-fetching.ts'
import { ownershipContract } from './log-driver-ownership.ts'
import { recordsContract } from './log-driver-records.ts'
import { topicsContract } from './log-driver-topics.ts'
import { writersContract } from './log-driver-writers.ts'

export type { DriverUnderTest } from '../support/log-driver-context.ts'

export function logDriverContract(name: string, makeDriver: () => Promise<DriverUnderTest>): void {
  describe(`the ${name} log`, () => {
    let under: DriverUnderTest
    let others: LogDriver[] = []
    let memberships: Membership[] = []
    let owners: PartitionOwner[] = []
    let writers: Writer[] = []

    beforeAll(async () => {
      under = await makeDriver()
    })
    afterEach(async () => {
      await Promise.all(owners.map(owner => owner.release()))
      await Promise.all(memberships.map(membership => membership.leave()))
      await Promise.all(writers.map(writer => writer.close()))
      await Promise.all(others.map(other => other.close()))
      owners = []
      memberships = []
      writers = []
      others = []
    })
    afterAll(() => under.cleanup())

    const context: ContractContext = {
      get driver() {
        return under.driver
      },
      make: makeDriver,
      async reopen() {
        const other = await under.reopen()
        others.push(other)
        return other
      },
      name: () => `n-${randomUUID()}`,
      async topic(partitions = 1) {
        const topic = `t-${randomUUID()}`
        await under.driver.createTopics([{ topic, partitions }])
        return topic
      },
      async join(group, topic) {
        const assigned = new Set<number>()
        const membership = await under.driver.join(group, topic, {
          assigned: partitions => {
            for (const partition of partitions) assigned.add(partition)
          },
          revoked: partitions => {
            for (const partition of partitions) assigned.delete(partition)
          },
          crashed: cause => {
            throw cause
          }
        })
        memberships.push(membership)
        const { partitions } = (await under.driver.topics()).get(topic)!
        await eventually(() => assigned.size === partitions)
        return membership
      },
      async owner(topic, partition = 0, group = context.name()) {
        const owner = await (await context.join(group, topic)).take(partition)
        owners.push(owner)
        return owner
      },
      async writer(id = context.name()) {
        const writer = await under.driver.writer(id)
        writers.push(writer)
        return writer
      }
    }

    topicsContract(context)
    recordsContract(context)
    ownershipContract(context)
    fetchingContract(context)
    writersContract(context)
  })
}
