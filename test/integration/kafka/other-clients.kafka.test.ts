import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, inject, it } from 'vitest'
import type { Document } from '../../../schemas/types.ts'
import { clusterUser, readmes, type Status, small } from '../../support/kafka/cluster.ts'
import { decodeTopic, whyNoReader, writeDocuments } from '../../support/kafka/independent-reader.ts'

describe('a client that is not ours', () => {
  it('decodes every pair with the schema that its frame names, and sees what fanno cat shows', async ({ skip }) => {
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

  it('writes documents by the rules of docs/kafka.md: each is worked on once, whichever way it came', async ({
    skip
  }) => {
    const reason = whyNoReader()
    if (reason !== undefined && process.env.KAFKA_TESTS === 'required') throw new Error(reason)
    skip(reason !== undefined, reason)

    const user = await clusterUser()
    const { pipeline } = user
    const texts = readmes(user, 6).map(path => ({ path, text: readFileSync(join(user.folder, path), 'utf8') }))
    const lines = texts.map(({ path, text }) => JSON.stringify({ id: path, text, mediaType: 'text/markdown' }))
    writeFileSync(join(user.folder, 'd.jsonl'), lines.join('\n'))
    for (const sets of [
      ['topics', 'apply'],
      ['schemas', 'register'],
      ['ingest', 'd.jsonl']
    ])
      expect(await user.run(sets)).toMatchObject({ code: 0 })
    // The same documents once more, from a stranger: repeats, if they come to the same partitions.
    const documents = (await user.cat<Document>('documents')).map(({ value }) => value)
    writeDocuments(inject('bootstrap'), inject('registryUrl'), `${pipeline}.documents.v1`, 'murmur2_random', documents)

    expect(await user.run(['run', 'd.jsonl', ...small])).toMatchObject({ code: 0 })
    const status = await user.json<Status & { rejected: Record<string, Record<string, number>> }>(['status'])
    expect(status.deadLettered).toEqual({})
    expect(status.rejected['segment-document']).toMatchObject({ duplicate: documents.length })
    expect(await user.run(['verify'])).toMatchObject({ code: 0 })
  })
})
