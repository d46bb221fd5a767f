import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createEndpoint, type Endpoint } from '../../../../engine/inference/endpoints/endpoint.ts'
import { completion } from '../../../support/scripted-server.ts'

/** What the server does with a request, byte for byte: replies in pieces are no business of a script. */
let handle: (incoming: IncomingMessage, outgoing: ServerResponse) => void
let server: Server
let endpoint: Endpoint
/** Requests that the server had begun, and whose other side went away before the reply was complete. */
let disconnected: number
let begun: number

beforeEach(async () => {
  disconnected = 0
  begun = 0
  server = createServer((incoming, outgoing) => {
    begun++
    outgoing.on('close', () => {
      if (!outgoing.writableFinished) disconnected++
    })
    handle(incoming, outgoing)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
  endpoint = createEndpoint({ baseUrl, apiKey: undefined, connections: 4 })
})
afterEach(async () => {
  await endpoint.close()
  server.closeAllConnections()
  await new Promise(resolve => server.close(resolve))
})

const never = new AbortController().signal
const ask = (deadlineMs: number, signal = never) =>
  endpoint.post('/chat/completions', { model: 'tiny' }, { headers: {}, deadlineMs, signal })
const until = async (condition: () => boolean) => {
  while (!condition()) await new Promise(resolve => setImmediate(resolve))
}
const hang = () => {}
/** A body that comes a byte at a time and never ends. */
const dribble = (_: IncomingMessage, outgoing: ServerResponse) => {
  outgoing.writeHead(200, { 'content-type': 'application/json' })
  const timer = setInterval(() => outgoing.write(' '), 5)
  outgoing.on('close', () => clearInterval(timer))
}

describe('a deadline', () => {
  it('covers a body that comes byte by byte: each byte does not begin it anew', async () => {
    handle = dribble
    await expect(ask(60)).rejects.toMatchObject({ kind: 'timeout', message: expect.stringContaining('60 ms') })
  })
  it('lets a slow body through that is complete in time', async () => {
    handle = (_, outgoing) => {
      const bytes = Buffer.from(JSON.stringify(completion('grüße')))
      outgoing.writeHead(200)
      let sent = 0
      const next = () => {
        // Three bytes at a time: a character of two is cut in the middle.
        if (sent >= bytes.length) return void outgoing.end()
        outgoing.write(bytes.subarray(sent, sent + 3))
        sent += 3
        setImmediate(next)
      }
      next()
    }
    expect(await ask(30_000)).toMatchObject({ choices: [{ message: { content: 'grüße' } }] })
  })
  it('that passed leaves nothing behind: the next request is answered', async () => {
    handle = hang
    await expect(ask(20)).rejects.toMatchObject({ kind: 'timeout' })
    handle = (_, outgoing) => void outgoing.end(JSON.stringify(completion('1')))
    expect(await ask(30_000)).toMatchObject({ choices: [{}] })
  })
})

describe('the server', () => {
  it.each<[string, typeof handle]>([
    ['before its reply', hang],
    ['in the middle of a body', dribble]
  ])('sees that we hang up when the question is withdrawn %s', async (_, how) => {
    handle = how
    const withdrawal = new AbortController()
    const asked = ask(30_000, withdrawal.signal).catch((error: unknown) => error)
    await until(() => begun === 1)
    withdrawal.abort()
    expect(await asked).toMatchObject({ kind: 'shutdown' })
    await until(() => disconnected === 1)
  })
  it('sees that we hang up when the deadline has passed', async () => {
    handle = hang
    await expect(ask(20)).rejects.toMatchObject({ kind: 'timeout' })
    await until(() => disconnected === 1)
  })
  it('is not asked at all when the question was withdrawn before', async () => {
    handle = hang
    await expect(ask(30_000, AbortSignal.abort())).rejects.toMatchObject({ kind: 'shutdown' })
    expect(begun).toBe(0)
  })
  it('may send ten megabytes and not a byte more', async () => {
    const size = 10 * 1024 * 1024
    handle = (_, outgoing) => void outgoing.end(JSON.stringify('x'.repeat(size - 2)))
    expect(await ask(30_000)).toHaveLength(size - 2)
    handle = (_, outgoing) => void outgoing.end(JSON.stringify('x'.repeat(size - 1)))
    await expect(ask(30_000)).rejects.toMatchObject({ kind: 'semantic' })
  })
})

it('many requests with one signal leave no listeners on it', async () => {
  handle = (_, outgoing) => void outgoing.end('{}')
  const shared = new AbortController()
  let listeners = 0
  const add = shared.signal.addEventListener.bind(shared.signal)
  const remove = shared.signal.removeEventListener.bind(shared.signal)
  shared.signal.addEventListener = ((...given: Parameters<typeof add>) => {
    listeners++
    add(...given)
  }) as typeof add
  shared.signal.removeEventListener = ((...given: Parameters<typeof remove>) => {
    listeners--
    remove(...given)
  }) as typeof remove
  await Promise.all(Array.from({ length: 50 }, () => ask(30_000, shared.signal)))
  expect(begun).toBe(50)
  expect(listeners).toBe(0)
})
