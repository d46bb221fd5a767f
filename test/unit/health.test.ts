import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { StageProgress } from '../../engine/runtime/pipeline.ts'
import { type HealthServer, type HealthState, serveHealth } from '../../services/cli/health.ts'
import { metricsText } from '../../services/cli/metrics-text.ts'

const progress = (more: Partial<StageProgress> = {}): StageProgress => ({
  stage: 'judge-response',
  emitted: 7,
  rejected: 2,
  deadLettered: 1,
  outputs: 7,
  deferred: 0,
  inFlight: 3,
  lag: 12,
  paused: false,
  reasons: { 'low-score': 2, 'a "quoted" \\ one\n': 1 },
  ...more
})

describe('the health of a process that serves', () => {
  const problem: { failed: string | undefined; waits: string | undefined } = { failed: undefined, waits: undefined }
  const state: HealthState = {
    failed: () => problem.failed,
    waits: () => problem.waits,
    metrics: async () => metricsText([progress()])
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
    expect(text).toContain('fanno_records_settled_total{stage="judge-response",outcome="emitted"} 7')
  })

  it('does nothing but answer', async () => {
    expect((await get('/livez', {}, 'POST')).status).toBe(405)
    expect((await get('/etc/passwd')).status).toBe(404)
  })
})

describe('metrics', () => {
  it('are lines of Prometheus, each name explained once before its values', () => {
    const text = metricsText([progress(), progress({ stage: 'vet-draft', lag: undefined, paused: true })])
    const names: string[] = []
    for (const line of text.trimEnd().split('\n')) {
      const [, comment, sample] =
        /^(?:# (?:HELP|TYPE) (\w+) .+|(\w+)\{\w+="(?:[^"\\\n]|\\.)*"(?:,\w+="(?:[^"\\\n]|\\.)*")*\} \d+)$/.exec(line) ??
        []
      if (!comment && !sample) throw new Error(`no line of Prometheus: ${line}`)
      if (comment && names.at(-1) !== comment) {
        expect(names).not.toContain(comment)
        names.push(comment)
      } else if (sample) expect(names.at(-1)).toBe(sample)
    }
    expect(names.length).toBeGreaterThan(5)
    expect(text).toContain('reason="a \\"quoted\\" \\\\ one\\n"} 1')
  })

  it('leave out what cannot be told', () => {
    expect(metricsText([progress({ lag: undefined })])).not.toMatch(/^fanno_lag_records\{/m)
  })
})
