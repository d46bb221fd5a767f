import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import avsc from 'avsc'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { DeadLetter } from '../../../engine/schemas/types.ts'
import { type LocalRegistry, startRegistry } from '../../../infra/kafka/index.ts'
import { clusterUser, health, readmes, type Status, small, terminated } from '../../support/kafka/cluster.ts'
import { client } from '../../support/kafka/kafka-client.ts'

interface Sent {
  readonly code: DeadLetter['code']
  readonly key: Buffer | null
  readonly value: Buffer | null
}

const frame = (id: number, body: Uint8Array): Buffer => {
  const head = Buffer.alloc(5)
  head.writeUInt32BE(id, 1)
  return Buffer.concat([head, body])
}

/** What a registry has as the newest schema of a subject, asked as any client would. */
async function latest(registryUrl: string, subject: string): Promise<{ readonly id: number; readonly schema: string }> {
  const answer = await fetch(`${registryUrl}/subjects/${subject}/versions/latest`)
  return (await answer.json()) as { id: number; schema: string }
}

/** Writes records by kafkajs alone. @returns them by `topic/partition/offset`. */
async function write(topic: string, records: readonly Sent[]): Promise<ReadonlyMap<string, Sent>> {
  const producer = client(inject('bootstrap')).producer()
  await producer.connect()
  const written = new Map<string, Sent>()
  for (const [index, record] of records.entries()) {
    const { key, value } = record
    const partition = topic.includes('screened-passages') ? 0 : index % 2
    const [sent] = await producer.send({ topic, messages: [{ key, value, partition }] })
    written.set(`${topic}/${partition}/${sent!.baseOffset}`, record)
  }
  await producer.disconnect()
  return written
}

/** As `fanno cat --json` shows bytes. */
const asBytes = (shown: unknown): Buffer | null => {
  if (shown === null) return null
  return typeof shown === 'string' ? Buffer.from(shown) : Buffer.from((shown as { base64: string }).base64, 'base64')
}

describe('records that are not ours, on the topics that stages read', () => {
  it('become one dead letter each, with their bytes; all others go through, and the log balances', async () => {
    const user = await clusterUser()
    expect((await user.run(['topics', 'apply'])).code).toBe(0)
    expect((await user.run(['schemas', 'register'])).code).toBe(0)
    const topicOf = (records: string) => `${user.pipeline}.${records}.v1`
    const { id, schema } = await latest(inject('registryUrl'), `${topicOf('documents')}-value`)
    const document = avsc.Type.forSchema(JSON.parse(schema), { wrapUnions: 'never' })
    const content = Buffer.from('A document of somebody else.')
    const whole = frame(id, document.toBuffer({ ...(document.random() as object), givenId: 'theirs', content }))
    const key = Buffer.from('theirs')
    const bad: readonly Sent[] = [
      { code: 'unknown-schema', key, value: frame(2 ** 31 - 1, randomBytes(20)) },
      { code: 'bad-frame', key, value: whole.subarray(0, 3) },
      { code: 'bad-frame', key, value: whole.subarray(0, -1) },
      { code: 'bad-frame', key, value: Buffer.concat([whole, Buffer.of(7)]) },
      { code: 'bad-frame', key: randomBytes(8), value: Buffer.concat([Buffer.of(1), randomBytes(200)]) },
      { code: 'bad-frame', key, value: null },
      { code: 'bad-frame', key: null, value: Buffer.alloc(0) },
      { code: 'wrong-key', key: Buffer.from('ours'), value: whole },
      { code: 'wrong-key', key: null, value: whole }
    ]
    // Read by a stage that asks a model, by one that decides in order, and by one beside a view.
    const elsewhere = bad.filter(({ code }) => code !== 'wrong-key')
    const sent = new Map([
      ...(await write(topicOf('documents'), bad)),
      ...(await write(topicOf('passages'), elsewhere)),
      ...(await write(topicOf('screened-passages'), elsewhere)),
      ...(await write(topicOf('drafts'), elsewhere))
    ])

    const run = await user.run(['run', ...readmes(user, 3), ...small])

    expect(run).toMatchObject({ code: 0 })
    const letters = (await user.cat<Record<keyof DeadLetter, unknown>>('dead-letters')).map(({ value }) => value)
    const found = letters.map(({ inputTopic, inputPartition, inputOffset, code, key, value }) => [
      `${inputTopic}/${inputPartition}/${inputOffset}`,
      { code, key: asBytes(key), value: asBytes(value) }
    ])
    expect(found.sort()).toEqual([...sent].sort())
    expect(await user.json<Status>(['status'])).toMatchObject({ drained: true, pairs: expect.toSatisfy(n => n > 0) })
    expect(await user.run(['verify'])).toMatchObject({ code: 0 })
  })
})

describe('a schema registry that goes away', () => {
  const data = mkdtempSync(join(tmpdir(), 'fanno-registry-'))
  let registry: LocalRegistry
  beforeAll(async () => {
    registry = await startRegistry({ data })
  })
  afterAll(async () => {
    await registry.kill()
    rmSync(data, { recursive: true, force: true })
  })

  it('stops no stage that runs, makes readers say so, and is waited for by what starts', async () => {
    const user = await clusterUser({ SCHEMA_REGISTRY_URL: registry.url })
    expect((await user.run(['topics', 'apply'])).code).toBe(0)
    expect((await user.run(['schemas', 'register'])).code).toBe(0)
    await user.json(['ingest', ...readmes(user, 3)])
    // Until the registry is gone there are no responses, and so no pairs.
    user.model.setFaults([{ do: '503', when: { stage: 'respond-instruction' } }])
    const running = user.start(['start', ...small, '--port', '0'])
    await running.says('is running')
    const ask = await health(running)
    const pairs = async () => {
      const { text } = await ask('/metrics')
      return Number(/^fanno_stage_outputs_total\{fanno_stage="judge-response"\} (\d+)/m.exec(text)?.[1] ?? 0)
    }

    await registry.kill()
    expect(await pairs()).toBe(0)
    user.model.setFaults([])
    await expect.poll(pairs, { timeout: 40_000, interval: 200 }).toBeGreaterThan(3)
    const read = await user.run(['cat', 'pairs'])
    expect(read.code).toBe(69)
    expect(read.stderr).toContain(`the schema registry at ${registry.url} cannot be reached`)
    const late = user.start(['start', 'judge-response', ...small])
    await late.says('waiting: the schema registry')

    await registry.restart()
    await late.says('is running')
    expect(late.said()).toContain('answers again')
    expect(await terminated(running, late)).toEqual([143, 143])
    expect(await user.json<Status>(['status'])).toMatchObject({ deadLettered: {} })
    expect(await user.run(['verify'])).toMatchObject({ code: 0 })
  })
})
