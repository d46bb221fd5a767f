import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, inject, it } from 'vitest'
import { kafkaRegistry, type RegistryConnection } from '../../../engine/log/kafka/registry/kafka-registry.ts'

const text = JSON.stringify({ type: 'record', name: 'Told', fields: [{ name: 'id', type: 'string' }] })
const servers: Server[] = []
const sockets = new Set<Socket>()
afterEach(async () => {
  for (const socket of sockets) socket.destroy()
  for (const server of servers.splice(0)) await new Promise(resolve => server.close(resolve))
})

async function listening(server: Server): Promise<string> {
  servers.push(server)
  server.on('connection', socket => void sockets.add(socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
const serving = (listener: RequestListener) => listening(createServer(listener))
const answering = (status: number, body: object | string = { error_code: status, message: 'says the registry' }) =>
  serving((_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  })
const registryAt = (url: string, more: Partial<RegistryConnection> = {}) =>
  kafkaRegistry({ url, mayRegister: true, ...more })

/** What both questions to a registry end in. */
async function codes(url: string): Promise<unknown[]> {
  const registry = registryAt(url)
  const outcomes = await Promise.allSettled([registry.idOf('s-value', text), registry.schemaOf(1)])
  return outcomes.map(outcome => (outcome.status === 'rejected' ? outcome.reason.code : 'answered'))
}

describe('an id that the registry does not know', () => {
  /** A follower: what its leader registered it learns after some answers. */
  const following = (after: number) => {
    let answers = 0
    return serving((_, response) => {
      const known = ++answers > after
      response.writeHead(known ? 200 : 404, { 'content-type': 'application/json' })
      response.end(JSON.stringify(known ? { schema: text } : { error_code: 40403, message: 'Schema not found' }))
    })
  }
  it('is asked for again for some seconds, since a follower may not know it yet', async () => {
    expect(JSON.parse(await registryAt(await following(3)).schemaOf(7))).toMatchObject({ name: 'Told' })
  })
  it('is unknown after that, and others that follow hold nobody up', async () => {
    const registry = registryAt(await following(Number.POSITIVE_INFINITY))
    await expect(registry.schemaOf(7)).rejects.toMatchObject({ code: 'unknown-schema' })
    let asked = 0
    for (let id = 100; id < 300; id++) await registry.schemaOf(id).catch(() => asked++)
    expect(asked).toBe(200)
  })
})

describe('a registry that does not do its work', () => {
  it('is unavailable when it is down', async () => {
    const url = await answering(200)
    await new Promise(resolve => servers.splice(0)[0]!.close(resolve))
    expect(await codes(url)).toEqual(['unavailable', 'unavailable'])
  })

  it('is unavailable when it hangs', async () => {
    const url = await listening(createTcpServer(() => {}))
    expect(await codes(url)).toEqual(['unavailable', 'unavailable'])
  })

  it.each([429, 500, 503])('is unavailable when it says %i', async status => {
    expect(await codes(await answering(status))).toEqual(['unavailable', 'unavailable'])
  })

  it('is unavailable when something else answers there', async () => {
    expect(await codes(await answering(200, '<html>a proxy</html>'))).toEqual(['unavailable', 'unavailable'])
  })

  it.each([401, 403])('refuses us when it says %i', async status => {
    expect(await codes(await answering(status))).toEqual(['not-authorised', 'not-authorised'])
  })

  it('is asked again after a failure, and not after an answer', async () => {
    let asked = 0
    const url = await serving((_, response) => {
      asked++
      response.writeHead(asked === 1 ? 503 : 200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ schema: text }))
    })
    const registry = registryAt(url)
    await expect(registry.schemaOf(7)).rejects.toMatchObject({ code: 'unavailable' })
    expect(JSON.parse(await registry.schemaOf(7))).toEqual(JSON.parse(text))
    const before = asked
    await registry.schemaOf(7)
    expect(asked).toBe(before)
  })

  it('is told who asks', async () => {
    const told: (string | undefined)[] = []
    const url = await serving((request, response) => {
      told.push(request.headers.authorization)
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ schema: text }))
    })
    await registryAt(url, { auth: { username: 'judge', password: 'secret' } }).schemaOf(1)
    expect(told).toEqual([`Basic ${Buffer.from('judge:secret').toString('base64')}`])
  })
})

describe('the registry that all tests share', () => {
  const url = inject('registryUrl')

  it('knows no schema under a number nobody was given', async () => {
    await expect(registryAt(url).schemaOf(1_900_000_000)).rejects.toMatchObject({ code: 'unknown-schema' })
  })

  it('holds schemas that are not Avro, which no record of ours can have', async () => {
    const jsonSchema = { $schema: 'http://json-schema.org/draft-07/schema#', type: 'object' }
    const response = await fetch(`${url}/subjects/json-value/versions`, {
      method: 'POST',
      headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
      body: JSON.stringify({ schemaType: 'JSON', schema: JSON.stringify(jsonSchema) })
    })
    const { id } = (await response.json()) as { id: number }
    await expect(registryAt(url).schemaOf(id)).rejects.toMatchObject({
      code: 'unknown-schema',
      message: `schema ${id} is not Avro`
    })
  })

  it('is given no schema by whoever may not register', async () => {
    const schema = text.replace('Told', 'NeverRegistered')
    await expect(
      registryAt(url, { mayRegister: false, remedy: 'Register it.' }).idOf('never-value', schema)
    ).rejects.toMatchObject({
      code: 'unknown-schema',
      message: expect.stringContaining('Register it.')
    })
  })

  it('refuses a schema that cannot follow the one before', async () => {
    const registry = registryAt(url)
    const subject = `evolving-${Math.floor(performance.timeOrigin)}-value`
    await registry.idOf(subject, text)
    const incompatible = text.replace('"id","type":"string"', '"other","type":"long"')
    await expect(registry.idOf(subject, incompatible)).rejects.toMatchObject({ code: 'schema-incompatible' })
  })
})
