import { createServer as createHttp, type Server as HttpServer } from 'node:http'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { InferenceService } from '../../engine/inference/inference.ts'
import { everyAsk, inferenceAt, pipelineSecret, quickTiming } from '../support/records/questions.ts'
import { startScriptedServer } from '../support/scripted-server.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function listening(server: Server | HttpServer): Promise<number> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => server.close())
  return (server.address() as AddressInfo).port
}

function asked(url: string, timing = {}): { notices: string[]; identified: Promise<unknown>; stop: AbortController } {
  const { inference, notices }: { inference: InferenceService; notices: string[] } = inferenceAt(url, {
    timing: { ...quickTiming, ...timing }
  })
  const stop = new AbortController()
  inference.prepare(everyAsk, pipelineSecret)
  const identified = inference.identify(stop.signal).then(
    () => 'identified',
    (error: unknown) => error
  )
  closing.push(async () => {
    stop.abort()
    await identified
    await inference.close()
  })
  return { notices, identified, stop }
}

describe('an address that leads nowhere is configuration, with what to check', () => {
  it('an unknown host', async () => {
    expect(await asked('http://no-such-host.invalid/v1').identified).toMatchObject({
      kind: 'configuration',
      message: expect.stringContaining('no-such-host.invalid'),
      remedy: expect.stringContaining('name')
    })
  })
  it('a port that no HTTP client uses', async () => {
    expect(await asked('http://127.0.0.1:1/v1').identified).toMatchObject({ kind: 'configuration' })
  })
  it('https where http is spoken', async () => {
    const port = await listening(createHttp((_, reply) => reply.end('{}')))
    expect(await asked(`https://127.0.0.1:${port}/v1`).identified).toMatchObject({
      kind: 'configuration',
      message: expect.not.stringContaining('openssl/ssl'),
      remedy: expect.stringContaining('http://')
    })
  })
  it('a port where something else is spoken', async () => {
    const port = await listening(
      createServer(socket => socket.on('error', () => {}).on('data', () => socket.end('SSH-2.0-OpenSSH_9.6\r\n')))
    )
    expect(await asked(`http://127.0.0.1:${port}/v1`).identified).toMatchObject({
      kind: 'configuration',
      remedy: expect.stringContaining('port')
    })
  })
})

describe('an endpoint that never answered', () => {
  it('and refuses connections is told at once, with its address, the error and what to check, and again', async () => {
    const port = await listening(createServer())
    await closing.pop()!()
    const { notices } = asked(`http://127.0.0.1:${port}/v1`, { noticeMs: 50 })
    await vi.waitUntil(() => notices.length > 1, { timeout: 10_000 })
    expect(notices[0]).toMatch(new RegExp(`127\\.0\\.0\\.1:${port}.*ECONNREFUSED.*OPENAI_BASE_URL`))
  })
  it('and keeps silent is told before its first request has run out of time', async () => {
    const port = await listening(createServer(() => {}))
    const { notices } = asked(`http://127.0.0.1:${port}/v1`, { firstNoticeMs: 50, probeDeadlineMs: 3_000 })
    await vi.waitUntil(() => notices.length > 0, { timeout: 10_000 })
    expect(notices[0]).toMatch(/has not answered for .* s; .*OPENAI_BASE_URL/)
  })
  it('answers in the end, and the run goes on', async () => {
    const server = await startScriptedServer(() => ({ instead: 'reset' }))
    closing.push(server.close)
    const { notices, identified } = asked(server.url)
    await vi.waitUntil(() => notices.length > 0, { timeout: 10_000 })
    server.answer(() => undefined)
    expect(await identified).toBe('identified')
    expect(notices.at(-1)).toContain('answers again')
  })
})
