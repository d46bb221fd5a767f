import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { brokerArtifact, fetchArtifact } from '../../../infra/kafka/artifacts.ts'
import { isAvailable, type LocalKafka, startBroker } from '../../../infra/kafka/index.ts'
import { knownBrokers } from '../../../infra/kafka/net/probe.ts'
import { readState } from '../../../infra/kafka/state.ts'
import { administered, client, countOf, createTopic, send } from '../../support/kafka/kafka-client.ts'

const base = mkdtempSync(join(tmpdir(), 'kafka-local-'))
const folder = (name: string): string => join(base, name)
const portOf = (data: string): number => readState(data).brokers[0]!.port
const pidOf = (data: string): number => readState(data).brokers[0]!.pid!
afterAll(() => rmSync(base, { recursive: true, force: true }))

const { reason } = isAvailable()

// Where Java is there, all of this must pass; where it is not, the reason must help.
if (reason !== undefined) {
  it('says what to install', () => expect(reason).toContain('apt-get install'))
} else {
  beforeAll(async () => {
    await fetchArtifact(brokerArtifact, () => {})
  }, 300_000)

  describe('a broker on this machine', () => {
    const data = folder('one')
    let kafka: LocalKafka
    beforeAll(async () => {
      kafka = await startBroker({ data })
      await createTopic(client(kafka.bootstrap), 'kept')
      await send(client(kafka.bootstrap), 'kept', 'before')
    })
    afterAll(() => kafka.kill(1))

    it('serves clients when it is called started, and is left alone by another start', async () => {
      const pid = pidOf(data)
      expect(await knownBrokers(portOf(data))).toEqual([1])
      expect((await startBroker({ data, brokers: 1 })).bootstrap).toBe(kafka.bootstrap)
      expect(pidOf(data)).toBe(pid)
    })

    it('answers no more after a stop, and comes back on the same address with its records', async () => {
      const { bootstrap } = kafka
      await kafka.stop()
      expect(await knownBrokers(portOf(data))).toBeUndefined()
      await kafka.stop()
      kafka = await startBroker({ data })
      expect(kafka.bootstrap).toBe(bootstrap)
      expect(await countOf(client(bootstrap), 'kept')).toBe(1)
    })

    it('comes back after kill -9 with every record that was answered for', async () => {
      await send(client(kafka.bootstrap), 'kept', 'answered')
      await kafka.kill(1)
      expect(await knownBrokers(portOf(data))).toBeUndefined()
      await kafka.restart(1)
      expect(await countOf(client(kafka.bootstrap), 'kept')).toBe(2)
      await send(client(kafka.bootstrap), 'kept', 'after')
      expect(await countOf(client(kafka.bootstrap), 'kept')).toBe(3)
    })

    it('makes no topic for a misspelt name', async () => {
      const quick = client(kafka.bootstrap, { retry: { retries: 1 } })
      await expect(send(quick, 'kpet', 'lost')).rejects.toThrow('does not host this topic-partition')
    })

    it('refuses a broker and a size that are not those of its folder', async () => {
      await expect(kafka.restart(2)).rejects.toThrow('no broker 2')
      await expect(startBroker({ data, brokers: 3 })).rejects.toThrow('holds a cluster of 1, not of 3')
      await expect(startBroker({ data, sasl: true })).rejects.toThrow('Stop the cluster')
    })

    it('names the port that another program holds, and the end of its log where it ends by itself', async () => {
      await kafka.kill(1)
      const squatter = createServer().listen(portOf(data), '127.0.0.1')
      await expect(kafka.restart(1)).rejects.toThrow(`Another program listens on port ${portOf(data)}`)
      await new Promise(resolve => squatter.close(resolve))

      const meta = join(data, 'broker-1', 'records', 'meta.properties')
      writeFileSync(meta, readFileSync(meta, 'utf8').replace('node.id=1', 'node.id=7'))
      await expect(kafka.restart(1)).rejects.toThrow(/ended while it started[\s\S]*Stored node id 7/)
    })
  })

  describe('three brokers', () => {
    let kafka: LocalKafka
    beforeAll(async () => {
      kafka = await startBroker({ data: folder('three'), brokers: 3 })
    })
    // In order, three brokers that stop at once take five seconds to miss each other.
    afterAll(() => Promise.all(kafka.brokerIds.map(id => kafka.kill(id))))

    it('know each other, and take writes while one of them is dead', async () => {
      const kafkajs = client(kafka.bootstrap)
      for (const { port } of readState(folder('three')).brokers)
        expect((await knownBrokers(port))?.toSorted()).toEqual([1, 2, 3])
      await createTopic(kafkajs, 'replicated', 3)
      await send(kafkajs, 'replicated', 'with three')
      await kafka.kill(2)
      await send(kafkajs, 'replicated', 'with two')
      await kafka.restart(2)
      expect(await knownBrokers(readState(folder('three')).brokers[1]!.port)).toContain(2)
      expect(await countOf(kafkajs, 'replicated')).toBe(2)
    })
  })

  describe('a cluster with users', () => {
    let kafka: LocalKafka
    beforeAll(async () => {
      kafka = await startBroker({ data: folder('users'), sasl: { users: ['judge'] } })
    })
    afterAll(() => kafka.kill(1))

    type Mechanism = 'plain' | 'scram-sha-256' | 'scram-sha-512'
    const as = (username: string, mechanism: Mechanism, guessed?: string) => {
      const { saslBootstrap, authorityFile, passwords } = kafka.secured!
      const sasl = { mechanism: mechanism as 'plain', username, password: guessed ?? passwords[username]! }
      return client(saslBootstrap, { ssl: { ca: readFileSync(authorityFile, 'utf8') }, sasl })
    }

    it.each(['plain', 'scram-sha-256', 'scram-sha-512'] as const)(
      'knows its users by %s, and no others',
      async mechanism => {
        await createTopic(as('admin', mechanism), mechanism)
        await expect(createTopic(as('judge', mechanism, 'guessed'), mechanism)).rejects.toThrow(
          /authentication failed/i
        )
        expect(await administered(as('judge', mechanism), admin => admin.listTopics())).toEqual([])
      }
    )

    it('knows a user by a certificate, and wants one', async () => {
      const { tlsBootstrap, authorityFile, clientCertificate } = kafka.secured!
      const { certificateFile, keyFile } = clientCertificate('admin')
      const ca = readFileSync(authorityFile)
      const pair = { cert: readFileSync(certificateFile), key: readFileSync(keyFile) }
      await createTopic(client(tlsBootstrap, { ssl: { ca, ...pair } }), 'by-certificate')
      const without = client(tlsBootstrap, { ssl: { ca }, retry: { retries: 1 } })
      await expect(administered(without, admin => admin.listTopics())).rejects.toThrow('certificate')
    })
  })
}
