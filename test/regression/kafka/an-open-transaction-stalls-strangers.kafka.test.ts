import { randomUUID } from 'node:crypto'
import { expect, inject, it, vi } from 'vitest'
import { clusterUser, health, readmes, terminated } from '../../support/kafka/cluster.ts'
import { client } from '../../support/kafka/kafka-client.ts'

interface Found {
  readonly drained: boolean
  readonly heldBack: readonly { readonly topic: string; readonly partition: number; readonly behind: number }[]
  readonly stages: readonly { readonly stage: string; readonly settled: number; readonly waiting: number }[]
}

/**
 * A producer of another team keeps a transaction open on one partition of documents (usual for Flink and Connect). A stage
 * that started meanwhile settled nothing on any partition, status failed, the log was said to be away every 5 s, and the
 * lag vanished from the metrics.
 */
it('an open transaction of a stranger holds up its own partition alone, and is shown and no outage', async () => {
  const user = await clusterUser({ FANNO_PARTITIONS: '4' })
  for (const sets of [
    ['topics', 'apply'],
    ['schemas', 'register'],
    ['ingest', ...readmes(user, 24)]
  ])
    expect(await user.run(sets)).toMatchObject({ code: 0 })
  const documents = `${user.pipeline}.documents.v1`
  const stranger = client(inject('bootstrap')).producer({
    transactionalId: `stranger-${randomUUID()}`,
    transactionTimeout: 120_000,
    idempotent: true,
    maxInFlightRequests: 1
  })
  await stranger.connect()
  const transaction = await stranger.transaction()
  await transaction.send({ topic: documents, messages: [{ partition: 2, key: 'x', value: 'no Avro' }] })
  // Behind it, by others: committed, and still not to be read.
  expect(await user.run(['ingest', ...readmes(user, 40).slice(24)])).toMatchObject({ code: 0 })

  const running = user.start(['start', 'segment-document', 'screen-passage', '--port', '0'])
  const ask = await health(running)
  const status = () => user.json<Found>(['status'])
  const segmented = (found: Found) => found.stages.find(({ stage }) => stage === 'segment-document')!
  await vi.waitUntil(async () => segmented(await status()).waiting === 0, { timeout: 60_000, interval: 500 })
  const held = await status()
  expect(segmented(held).settled).toBeGreaterThan(24)
  expect(held.heldBack).toMatchObject([{ topic: documents, partition: 2 }])
  expect(held.drained).toBe(false)
  expect((await user.run(['status'])).stdout).toContain(
    `${documents}/2: another producer has had a transaction open since`
  )

  await vi.waitUntil(async () => (await ask('/readyz')).status === 200, { timeout: 20_000 })
  const { text } = await ask('/metrics')
  expect(text).toMatch(/^fanno_stage_lag\{[^}]*segment-document[^}]*\} \d+/m)
  expect(text).toMatch(/^fanno_stage_input_held_back\{[^}]*segment-document[^}]*\} 1$/m)
  expect(await user.run(['verify'])).toMatchObject({ code: 0 })

  await transaction.abort()
  await stranger.disconnect()
  await vi.waitUntil(async () => segmented(await status()).settled === 40, { timeout: 60_000, interval: 500 })
  expect((await status()).heldBack).toEqual([])
  expect(running.said()).not.toMatch(/cannot be reached|answers again/)
  expect(await terminated(running)).toEqual([143])
}, 240_000)
