import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type HealthServer, type HealthState, serveHealth } from '../../../services/cli/health.ts'

describe('the health of a process that serves', () => {
  const problem: { failed: string | undefined; waits: string | undefined } = { failed: undefined, waits: undefined }
  const state: HealthState = {
    failed: () => problem.failed,
    waits: () => problem.waits,
    metrics: async () => 'fanno_models_paused 0'
  }
  let server: HealthServer
  const get = async (path: string, headers: Record<string, string> = {}, method = 'GET') => {
    const reply = await fetch(`http://127.0.0.1:${server.port}${path}`, { headers, method })
    return { status: reply.status, text: await reply.text() }
  }
  beforeEach(async () => {
    Object.assign(problem, { failed: undefined, waits: undefined })
    server = await serveHealth(state, { port: 0, host: '127.0.0.1', token: 'a token' })
  })
  afterEach(() => server.close())

  it('is alive and ready while nothing is wrong', async () => {
    expect([(await get('/livez')).status, (await get('/readyz?verbose')).status]).toEqual([200, 200])
  })

  it('is alive and not ready while it waits for something, and says for what', async () => {
    problem.waits = 'the log cannot be reached'
    expect((await get('/livez')).status).toBe(200)
    expect(await get('/readyz')).toEqual({ status: 503, text: 'the log cannot be reached\n' })
  })

  it('is neither when it has halted', async () => {
    problem.failed = 'halted'
    expect([(await get('/livez')).status, (await get('/readyz')).status]).toEqual([503, 503])
  })

  it('shows metrics to whoever has the token, and to nobody else', async () => {
    expect((await get('/metrics')).status).toBe(401)
    expect((await get('/metrics', { authorization: 'Bearer another' })).status).toBe(401)
    const { status, text } = await get('/metrics', { authorization: 'Bearer a token' })
    expect(status).toBe(200)
    expect(text).toContain('fanno_models_paused 0')
  })

  it('does nothing but answer', async () => {
    expect((await get('/livez', {}, 'POST')).status).toBe(405)
    expect((await get('/etc/passwd')).status).toBe(404)
  })
})
