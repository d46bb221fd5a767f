import { describe, expect, inject, test } from 'vitest'
import { clusterUser, readmes, small } from '../support/cluster.ts'
import { decodeTopic, whyNoReader } from '../support/independent-reader.ts'

describe('a client that is not ours', () => {
  test('decodes every pair with the schema that its frame names, and sees what fanno cat shows', async ({ skip }) => {
    const reason = whyNoReader()
    if (reason !== undefined && process.env.KAFKA_TESTS === 'required') throw new Error(reason)
    skip(reason !== undefined, reason)

    const user = await clusterUser()
    expect((await user.run(['run', ...readmes(user, 4), ...small])).code).toBe(0)
    const shown = (await user.cat('pairs')).map(({ partition, offset, key, value }) => ({
      partition,
      offset,
      key,
      value
    }))
    expect(shown.length).toBeGreaterThan(3)

    const decoded = decodeTopic(inject('bootstrap'), inject('registryUrl'), `${user.pipeline}.pairs.v1`)

    const inOrder = (records: readonly { readonly partition: number; readonly offset: number }[]) =>
      records.toSorted((a, b) => a.partition - b.partition || a.offset - b.offset)
    expect(inOrder(decoded)).toEqual(inOrder(shown))
  })
})
