import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { type LocalKafka, startBroker } from '../../infra/kafka/index.ts'
import { type Access, accessOf } from '../../services/cluster/access.ts'
import { topology } from '../../services/topology.ts'
import { eventually } from '../contract/log-driver-context.ts'
import { fanno, type RunningFanno, startFanno } from '../support/fanno.ts'
import { readmes } from '../support/fanno-on-kafka.ts'
import { administered, client } from '../support/kafka-client.ts'

const stages = topology.stages.map(({ name }) => name)
const pipeline = 'secured-rehearsal'
let dir: string
let kafka: LocalKafka

/** How a user reaches the brokers: PLAIN over TLS, the password in a file. */
function as(user: string, password = kafka.secured!.passwords[user]!): Record<string, string> {
  const file = join(dir, `password-of-${user}`)
  writeFileSync(file, `${password}\n`)
  return {
    ...common(),
    KAFKA_BROKERS: kafka.secured!.saslBootstrap,
    KAFKA_SASL_MECHANISM: 'plain',
    KAFKA_SASL_USERNAME: user,
    KAFKA_SASL_PASSWORD_FILE: file,
    KAFKA_TLS_CA_FILE: kafka.secured!.authorityFile
  }
}
const common = () => ({
  FANNO_LOG: 'kafka',
  FANNO_PIPELINE: 'secured',
  FANNO_PARTITIONS: '1',
  SCHEMA_REGISTRY_URL: inject('registryUrl')
})
const asAdmin = (...parameters: string[]) =>
  fanno(dir, parameters, { environment: { ...common(), KAFKA_BROKERS: kafka.bootstrap } })

// By number: these names are no exports of an ES module. 3 allows.
const aclOf = ({ user, resource, name, pattern, operation }: Access) => ({
  principal: `User:${user}`,
  host: '*',
  permissionType: 3 as AclPermissionTypes,
  resourceName: name,
  resourceType: { topic: 2, group: 3, 'transactional-id': 5 }[resource] as AclResourceTypes,
  resourcePatternType: { literal: 3, prefixed: 4 }[pattern] as ResourcePatternTypes,
  operation: { read: 3, write: 4, describe: 8 }[operation] as AclOperationTypes
})

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'fanno-secured-'))
  kafka = await startBroker({ data: join(dir, 'kafka'), sasl: { users: [...stages, 'ingest', 'stranger'] } })
  for (const command of [
    ['topics', 'apply'],
    ['schemas', 'register']
  ])
    expect((await asAdmin(...command)).code).toBe(0)
  await administered(client(kafka.bootstrap), admin => admin.createAcls({ acl: accessOf(pipeline).map(aclOf) }))
}, 120_000)
afterAll(async () => {
  await kafka.stop()
  rmSync(dir, { recursive: true, force: true })
})

describe('a cluster on which everything is forbidden that is not allowed', () => {
  test('lets each stage and ingest do their work with what `fanno acls` gives them, over TLS, with passwords from files', async () => {
    const running: RunningFanno[] = stages.map(stage => startFanno(dir, ['start', stage], { environment: as(stage) }))
    try {
      const ingested = await fanno(dir, ['ingest', ...readmes('avsc')], { environment: as('ingest') })
      expect(ingested.code, ingested.stderr).toBe(0)
      const work = eventually(async () => {
        const { drained, pairs } = JSON.parse((await asAdmin('status', '--json')).stdout)
        return drained && pairs > 0
      })
      // Whoever is refused something ends.
      const ended = await Promise.race([work, ...running.map(({ ended }) => ended)])
      expect(ended).toBeUndefined()
    } finally {
      for (const { process } of running) process.kill('SIGTERM')
    }
    for (const { ended } of running) {
      const { code, stderr } = await ended
      expect(code, stderr).toBe(143)
    }
    expect((await asAdmin('verify')).code).toBe(0)
  }, 240_000)

  // Topics are hidden from whoever may not see them.
  test.each<{ who: string; environment: () => Record<string, string>; says: RegExp; exit: number }>([
    { who: 'a user who is allowed nothing', environment: () => as('stranger'), says: /documents.* may see/, exit: 78 },
    { who: 'a user of another stage', environment: () => as('vet-draft'), says: /not authorized to access/i, exit: 77 },
    { who: 'a wrong password', environment: () => as('ingest', 'guessed'), says: /authentication failed/i, exit: 77 }
  ])('ends a process of $who, and says what was refused', async ({ environment, says, exit }) => {
    const { code, stderr } = await fanno(dir, ['start', 'segment-document'], { environment: environment() })
    expect(stderr).toMatch(says)
    expect(code).toBe(exit)
  })

  test.each(['scram-sha-256', 'scram-sha-512'])('knows users by %s too', async mechanism => {
    const environment = { ...as('admin'), KAFKA_SASL_MECHANISM: mechanism }
    expect((await fanno(dir, ['topics', 'check'], { environment })).code).toBe(0)
  })

  test('knows users by their certificates', async () => {
    const { tlsBootstrap, authorityFile, clientCertificate } = kafka.secured!
    const { certificateFile, keyFile } = clientCertificate('admin')
    const environment = {
      ...common(),
      KAFKA_BROKERS: tlsBootstrap,
      KAFKA_TLS_CA_FILE: authorityFile,
      KAFKA_TLS_CERT_FILE: certificateFile,
      KAFKA_TLS_KEY_FILE: keyFile
    }
    const { code, stderr } = await fanno(dir, ['topics', 'check'], { environment })
    expect(code, stderr).toBe(0)
  })
})
