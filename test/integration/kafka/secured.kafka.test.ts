import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import kafkajs from 'kafkajs'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
// Teaches kafkajs the compression of our topics.
import '../../../engine/log/kafka/client/connection.ts'
import { type LocalKafka, startBroker } from '../../../infra/kafka/index.ts'
import { type Access, accessOf } from '../../../services/cluster/access.ts'
import { topology } from '../../../services/topology.ts'
import {
  type ClusterUser,
  clusterUser,
  readmes,
  type Status,
  small,
  statusWhere,
  terminated
} from '../../support/kafka/cluster.ts'
import { administered, client } from '../../support/kafka/kafka-client.ts'

const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs

const stages = topology.stages.map(({ name }) => name)
const segmenting = 'segment-document'
const ofSegmenting = (pipeline: string): readonly Access[] =>
  accessOf(pipeline).filter(({ user }) => user === segmenting)

/** What a user may do who has all rights of the first stage but one. */
const lacking = {
  'without-input': [
    '.documents.v1',
    ({ name, operation }: Access) => operation === 'read' && name.endsWith('.documents.v1')
  ],
  'without-outlet': ['.passages.v1', ({ name }: Access) => name.endsWith('.passages.v1')],
  'without-group': [`.${segmenting}`, ({ resource, pattern }: Access) => resource === 'group' && pattern === 'literal'],
  'without-groups': [
    '.screen-passage',
    ({ resource, pattern }: Access) => resource === 'group' && pattern === 'prefixed'
  ],
  'without-id': [
    `.${segmenting}-`,
    ({ name, operation }: Access) => operation === 'write' && name.endsWith(`.${segmenting}-`)
  ]
} as const satisfies Record<string, readonly [string, (access: Access) => boolean]>

const operations = {
  read: 'READ',
  write: 'WRITE',
  describe: 'DESCRIBE',
  create: 'CREATE',
  delete: 'DELETE',
  'describe-configs': 'DESCRIBE_CONFIGS',
  'alter-configs': 'ALTER_CONFIGS'
} as const

/** As Kafka has it. */
const asAcl = ({ user, resource, name, pattern, operation }: Access) => ({
  principal: `User:${user}`,
  host: '*',
  permissionType: AclPermissionTypes.ALLOW,
  resourceType:
    AclResourceTypes[({ topic: 'TOPIC', group: 'GROUP', 'transactional-id': 'TRANSACTIONAL_ID' } as const)[resource]],
  resourceName: name,
  resourcePatternType: ResourcePatternTypes[({ literal: 'LITERAL', prefixed: 'PREFIXED' } as const)[pattern]],
  operation: AclOperationTypes[operations[operation]]
})

describe('a cluster that knows its users', () => {
  const data = mkdtempSync(join(tmpdir(), 'fanno-secured-'))
  let kafka: LocalKafka
  /** The administrator; others are the same with other variables. */
  let admin: ClusterUser
  beforeAll(async () => {
    kafka = await startBroker({
      data,
      sasl: { users: [...stages, 'ingest', 'operator', 'run', 'pairs-reader', ...Object.keys(lacking)] }
    })
    const { saslBootstrap, authorityFile } = kafka.secured!
    admin = await clusterUser({ KAFKA_BROKERS: saslBootstrap, KAFKA_TLS_CA_FILE: authorityFile, ...as('admin') })
    const { pipeline } = admin
    const lessOne = Object.entries(lacking).flatMap(([user, [, lacks]]) =>
      ofSegmenting(pipeline).flatMap(access => (lacks(access) ? [] : { ...access, user }))
    )
    const acl = [...accessOf(pipeline), ...lessOne].map(asAcl)
    await administered(client(kafka.bootstrap), administrator => administrator.createAcls({ acl }))
    expect(await admin.run(['topics', 'apply'], as('operator'))).toMatchObject({ code: 0 })
    expect(await admin.run(['schemas', 'register'], as('operator'))).toMatchObject({ code: 0 })
    expect(await admin.run(['ingest', ...readmes(admin, 3)], as('ingest'))).toMatchObject({ code: 0 })
  })
  afterAll(async () => {
    await kafka.kill(1)
    rmSync(data, { recursive: true, force: true })
  })

  const passwordFile = (user: string, password = kafka.secured!.passwords[user]!): string => {
    const file = join(data, `${user}.password`)
    writeFileSync(file, `${password}\n`)
    return file
  }
  const as = (user: string, mechanism = 'plain', file = passwordFile(user)) => ({
    KAFKA_SASL_MECHANISM: mechanism,
    KAFKA_SASL_USERNAME: user,
    KAFKA_SASL_PASSWORD_FILE: file
  })
  /** Values that kafkajs' own consumer sees as a member of a group, once it has seen as many as are expected. */
  async function consumedBy(user: string, records: string, count: number): Promise<readonly (Buffer | null)[]> {
    const { saslBootstrap, authorityFile, passwords } = kafka.secured!
    const sasl = { mechanism: 'plain' as const, username: user, password: passwords[user]! }
    const consumer = client(saslBootstrap, { sasl, ssl: { ca: readFileSync(authorityFile, 'utf8') } }).consumer({
      groupId: `${user}-team`,
      maxWaitTimeInMs: 50
    })
    const seen: (Buffer | null)[] = []
    await consumer.connect()
    await consumer.subscribe({ topics: [`${admin.pipeline}.${records}.v1`], fromBeginning: true })
    await consumer.run({ eachMessage: async ({ message }) => void seen.push(message.value) })
    await vi.waitUntil(() => seen.length >= count, { timeout: 30_000 })
    await consumer.disconnect()
    return seen
  }

  it.each(Object.entries(lacking))('ends a stage of a user %s, and names what is refused', async (user, [name]) => {
    const refused = await admin.run(['start', segmenting], as(user))
    expect(refused.code).toBe(77)
    expect(refused.stderr).toMatch(new RegExp(`${admin.pipeline}${name}.*the broker refuses`))
  })

  it('refuses a wrong password, and no record suffers for it', async () => {
    const refused = await admin.run(['start', segmenting], as(segmenting, 'plain', passwordFile('nobody', 'guessed')))
    expect(refused.code).toBe(77)
    expect(refused.stderr).toMatch(/authentication failed/i)
    expect(refused.stderr).not.toContain('guessed')
    expect(await admin.json<Status>(['status'])).toMatchObject({ deadLettered: {} })
  })

  it('lets each stage do its work with the rights that fanno acls prints for it, and a reader read', async () => {
    const running = stages.map(stage => admin.start(['start', stage, ...small], as(stage)))
    const { pairs } = await statusWhere(admin, ({ drained, pairs }) => drained && pairs > 0)
    expect(await terminated(...running)).toEqual(stages.map(() => 143))
    expect(await admin.run(['verify'], as('operator'))).toMatchObject({ code: 0 })

    const shown = await admin.run(['cat', 'pairs', '--json'], as('pairs-reader'))
    expect(shown.stdout.trimEnd().split('\n')).toHaveLength(pairs)
    expect(await consumedBy('pairs-reader', 'pairs', pairs)).toHaveLength(pairs)
    const { code, stderr } = await admin.run(['cat', 'pairs'], as('ingest'))
    expect([code, stderr]).toEqual([77, expect.stringContaining(`${admin.pipeline}.pairs.v1`)])
  })

  it('lets an operator look at everything and set up topics, and write no record', async () => {
    for (const looks of [
      ['topics', 'check'],
      ['topics', 'plan'],
      ['status'],
      ['cat', 'rejections'],
      ['export', '--format', 'alpaca']
    ])
      expect(await admin.run(looks, as('operator'))).toMatchObject({ code: 0 })
    const { code, stderr } = await admin.run(['ingest', ...readmes(admin, 4).slice(3)], as('operator'))
    expect([code, stderr]).toEqual([77, expect.stringContaining('the broker refuses')])
  })

  it('lets one user do all of it with fanno run, the cut included', async () => {
    const ran = await admin.run(['run', ...readmes(admin, 3), '--pairs', '2', '--quiet', ...small], as('run'))
    expect(ran).toMatchObject({ code: 0 })
    expect(await admin.cat('cuts')).toMatchObject([{ value: { pairs: 2 } }])
  })

  it.each(['scram-sha-256', 'scram-sha-512'])('knows its users by %s', async mechanism => {
    expect(await admin.run(['topics', 'check'], as('admin', mechanism))).toMatchObject({ code: 0 })
  })

  it('knows a user by a certificate', async () => {
    const { tlsBootstrap, clientCertificate } = kafka.secured!
    const { certificateFile, keyFile } = clientCertificate('admin')
    const withoutPassword = { KAFKA_SASL_MECHANISM: '', KAFKA_SASL_USERNAME: '', KAFKA_SASL_PASSWORD_FILE: '' }
    const certificate = { KAFKA_TLS_CERT_FILE: certificateFile, KAFKA_TLS_KEY_FILE: keyFile }
    const found = await admin.run(['topics', 'check'], {
      ...withoutPassword,
      ...certificate,
      KAFKA_BROKERS: tlsBootstrap
    })
    expect(found).toMatchObject({ code: 0 })
  })
})
