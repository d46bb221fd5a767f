import { once } from 'node:events'
import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { fannoOnKafka, readmes } from '../support/fanno-on-kafka.ts'

/** In front of the registry that all tests share: away, it cuts every connection. */
let away = true
let gate: Server
const asked: string[] = []
const cluster = fannoOnKafka(() => ({
  SCHEMA_REGISTRY_URL: `http://127.0.0.1:${(gate.address() as AddressInfo).port}${new URL(inject('registryUrl')).pathname}`
}))

beforeAll(async () => {
  const { hostname, port } = new URL(inject('registryUrl'))
  gate = createServer((from, to) => {
    if (away) return void from.socket.destroy()
    const { url: path, method, headers } = from
    asked.push(`${method} ${path}`)
    const onwards = request({ hostname, port, path, method, headers }, reply => {
      to.writeHead(reply.statusCode!, reply.headers)
      reply.pipe(to)
    })
    from.pipe(onwards)
  }).listen(0, '127.0.0.1')
  await once(gate, 'listening')
})
afterAll(() => {
  gate.closeAllConnections()
  gate.close()
})

test('a registry that is away is waited for at the start; once its schemas are known, nothing waits for it', async () => {
  const run = cluster.start('run', ...readmes('avsc', 'yaml'))
  await run.says('the log cannot be reached, waiting: the schema registry')
  away = false
  await run.says('the log answers again')
  // The first line of progress: the stages run, so that all schemas are known.
  await run.says('segment-document 2 in')
  away = true
  gate.closeAllConnections()
  const known = asked.length
  const { code, stderr } = await run.ended
  expect(code, stderr).toBe(0)
  expect(stderr).toMatch(/[1-9]\d* pairs/)
  expect(asked).toHaveLength(known)
}, 120_000)
