import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { InferenceService } from '../../../engine/inference/inference.ts'
import { aPassage, askContext, inferenceAt, isGood, pipelineSecret } from '../../support/records/questions.ts'
import {
  goodModel,
  type ScriptedReply,
  type ScriptedServer,
  startScriptedServer
} from '../../support/scripted-server.ts'

const open: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close()
})

const until = async (condition: () => boolean) => {
  while (!condition()) await new Promise(resolve => setImmediate(resolve))
}

async function scripted(): Promise<ScriptedServer> {
  const server = await startScriptedServer()
  open.push(() => server.close())
  return server
}

async function inferring(...servers: ScriptedServer[]) {
  const { inference, notices } = inferenceAt(servers.map(({ url }) => url))
  open.push(() => inference.close())
  inference.prepare([isGood], pipelineSecret)
  await inference.identify()
  return { inference, notices }
}

const ask = (inference: InferenceService, record: string, signal = new AbortController().signal) =>
  inference.answer(isGood, aPassage(), askContext({ record, signal }))
const asks = (inference: InferenceService, count: number) =>
  Array.from({ length: count }, (_, index) => ask(inference, `r${index}`))
const recordsSeenBy = (server: ScriptedServer) => server.asked('/chat/completions').filter(isRecords)
const isRecords = ({ headers }: { headers: Record<string, unknown> }) => headers['x-fanno-record'] !== undefined
const probesSeenBy = (server: ScriptedServer) => server.received.filter(({ path }) => path === '/models').length

describe('while the whole pool is down', () => {
  const ways: [string, ScriptedReply][] = [
    ['resets every connection', { instead: 'reset' }],
    ['answers 500', { status: 500, body: { error: { message: 'engine is dead' } } }],
    ['answers 502 with a page', { status: 502, body: '<html>Bad Gateway</html>' }],
    ['sends half of each reply', { instead: 'cut', body: { data: [] } }],
    ['sends pages with status 200', { body: '<html>Starting up</html>' }]
  ]
  it.each(ways)('a server that %s gets no records, and everything is answered when it is back', async (_, way) => {
    const server = await scripted()
    const { inference, notices } = await inferring(server)
    server.answer(() => way)
    const running = asks(inference, 30)
    await until(() => inference.paused() !== undefined)
    const probed = async (more: number) => {
      const before = probesSeenBy(server)
      await until(() => probesSeenBy(server) >= before + more)
    }
    // Those that were on their way when the breaker opened may still arrive.
    await probed(5)
    const before = recordsSeenBy(server).length
    await probed(20)
    expect(before).toBeGreaterThan(0)
    expect(recordsSeenBy(server)).toHaveLength(before)
    expect(inference.paused()).toContain(server.url)
    server.answer(() => undefined)
    for (const { answer } of await Promise.all(running)) expect(answer).toMatchObject({ evidence: 'log-probabilities' })
    expect(inference.paused()).toBeUndefined()
    expect(notices).toEqual([expect.stringContaining('waiting for it'), `${server.url} answers again`])
  })
  it('a question that is withdrawn ends, the others wait on', async () => {
    const server = await scripted()
    const { inference } = await inferring(server)
    server.answer(() => ({ instead: 'reset' }))
    const withdrawal = new AbortController()
    const withdrawn = ask(inference, 'withdrawn', withdrawal.signal)
    const waiting = asks(inference, 3)
    await until(() => inference.paused() !== undefined)
    withdrawal.abort()
    await expect(withdrawn).rejects.toMatchObject({ kind: 'shutdown' })
    server.answer(() => undefined)
    expect(await Promise.all(waiting)).toHaveLength(3)
  })
  it('a key that was revoked in the meantime is told as configuration', async () => {
    const server = await scripted()
    const { inference } = await inferring(server)
    server.answer(() => ({ instead: 'reset' }))
    const running = ask(inference, 'r')
    running.catch(() => {})
    await until(() => inference.paused() !== undefined)
    server.answer(() => ({ status: 401, body: { error: 'Unauthorized' } }))
    await expect(running).rejects.toMatchObject({ kind: 'configuration', status: 401 })
  })
})

describe('of two replicas', () => {
  it('the dead one is avoided, and used again when it is back', async () => {
    const [dying, well] = [await scripted(), await scripted()]
    const { inference } = await inferring(dying, well)
    dying.answer(() => ({ instead: 'reset' }))
    await Promise.all(asks(inference, 30))
    expect(recordsSeenBy(well).length).toBeGreaterThanOrEqual(30)
    expect(inference.paused()).toBeUndefined()
    const before = recordsSeenBy(dying).length
    await Promise.all(asks(inference, 30))
    expect(recordsSeenBy(dying)).toHaveLength(before)
    dying.answer(() => undefined)
    for (let rounds = 0; recordsSeenBy(dying).length === before; rounds++) {
      expect(rounds).toBeLessThan(1_000)
      await Promise.all(asks(inference, 8))
    }
  })
})

describe('an endpoint where nothing listens yet', () => {
  const listen = async (port: number): Promise<Server> => {
    const server = createServer((incoming, outgoing) => {
      const request = { path: incoming.url!.replace('/v1', ''), headers: incoming.headers, body: {}, number: 1 }
      incoming.resume().on('end', () => outgoing.end(JSON.stringify(goodModel(request)!.body)))
    })
    await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
    return server
  }
  const stop = async (server: Server) => {
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
  }
  const freePort = async (): Promise<number> => {
    const server = await listen(0)
    const { port } = server.address() as AddressInfo
    await stop(server)
    return port
  }
  it('is waited for, with one notice, and found as soon as it is there', async () => {
    const port = await freePort()
    const { inference, notices } = inferenceAt(`http://127.0.0.1:${port}/v1`)
    open.push(() => inference.close())
    const identified = inference.identify()
    await until(() => inference.paused() !== undefined)
    expect(notices).toEqual([expect.stringMatching(/ECONNREFUSED.*waiting for it/)])
    const server = await listen(port)
    open.push(() => stop(server))
    await identified
    expect(inference.model('teacher')).toEqual({ alias: 'teacher', model: 'tiny', rehearsal: false })
    expect(notices.at(-1)).toContain('answers again')
  })
  it('is not waited for when the wait is withdrawn', async () => {
    const { inference } = inferenceAt(`http://127.0.0.1:${await freePort()}/v1`)
    open.push(() => inference.close())
    const withdrawal = new AbortController()
    const identified = inference.identify(withdrawal.signal)
    identified.catch(() => {})
    await until(() => inference.paused() !== undefined)
    withdrawal.abort()
    await expect(identified).rejects.toMatchObject({ kind: 'shutdown' })
  })
})
