import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { figuresOf } from '../../../engine/telemetry/figures.ts'
import { type Collector, startCollector } from '../../support/collector.ts'

interface Told {
  readonly shutdownMs: number
  readonly notices: readonly string[]
  /** Modules of OpenTelemetry that it had loaded. */
  readonly loaded: number
  readonly stderr: string
}

const script = fileURLToPath(new URL('../../support/telemetry-process.ts', import.meta.url))
const json = { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' }
const closings: (() => Promise<void>)[] = []

afterAll(async () => {
  for (const close of closings) await close()
})

/** A process of its own, with these variables and no others. */
const run = (records: number, environment: Readonly<Record<string, string>>): Promise<Told> =>
  new Promise((resolve, reject) => {
    const parameters = [script, String(records), '--key=a-key-on-the-command-line']
    execFile(process.execPath, parameters, { env: { ...environment } }, (error, stdout, stderr) =>
      error ? reject(error) : resolve({ ...JSON.parse(stdout), stderr })
    )
  })
async function collecting(answers = true): Promise<Collector> {
  const collector = await startCollector(answers)
  closings.push(collector.close)
  return collector
}

describe('a process whose environment asks for no telemetry', () => {
  it('loads nothing of OpenTelemetry', async () => {
    expect(await run(1, {})).toMatchObject({ loaded: 0, notices: [], stderr: '' })
  })
  it('exports nothing when the SDK is disabled', async () => {
    const collector = await collecting()
    const told = await run(1, { ...json, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_SDK_DISABLED: 'true' })
    expect(told.loaded).toBe(0)
    expect(collector.received).toEqual([])
  })
})

describe('a process with a collector', () => {
  it('hands over all spans and metrics before it ends, under the ids it was told', async () => {
    const collector = await collecting()
    const told = await run(1_500, { ...json, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url })
    expect(told).toMatchObject({ notices: [], stderr: '' })
    const spans = collector.spans()
    const records = spans.filter(({ name }) => name === 'process topic')
    expect(records.length).toBe(1_500)
    expect(records.every(({ traceId }) => traceId === 'ab'.repeat(16))).toBe(true)
    const parents = new Set(records.map(({ spanId }) => spanId))
    expect(parents).toContain('0000000000000001')
    expect(parents.size).toBe(1_500)
    const calls = spans.filter(({ name }) => name === 'chat m')
    expect(calls.length).toBe(1_500)
    expect(calls.every(({ parentSpanId }) => parents.has(parentSpanId!))).toBe(true)
    expect(collector.metricNames()).toEqual(expect.arrayContaining(figuresOf('fanno').map(({ name }) => name)))
  })
  it('names the service and the instance, and nothing of its command line and owner', async () => {
    const collector = await collecting()
    await run(1, { ...json, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url })
    const resource = collector.resource()
    expect(resource['service.name']).toBe('fanno')
    expect(resource['service.instance.id']).toMatch(/^[0-9a-f-]{36}$/)
    expect(Object.keys(resource).filter(key => key.startsWith('process.'))).toEqual([])
    expect(collector.received.map(({ body }) => body).join()).not.toContain('a-key-on-the-command-line')
  })
  it.each([[{ OTEL_SERVICE_NAME: 'mine' }], [{ OTEL_RESOURCE_ATTRIBUTES: 'team=x,service.name=mine' }]])(
    'takes the name that its environment gives: %o',
    async environment => {
      const collector = await collecting()
      await run(1, { ...json, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...environment })
      expect(collector.resource()['service.name']).toBe('mine')
    }
  )
  it('samples as its environment says', async () => {
    const collector = await collecting()
    await run(5, { ...json, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_TRACES_SAMPLER: 'always_off' })
    expect(collector.spans()).toEqual([])
    expect(collector.metricNames()).toContain('gen_ai.client.operation.duration')
  })
  it('says in one line that spans are lost when more end than can be exported', async () => {
    const collector = await collecting()
    const environment = { ...json, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.url}/v1/traces` }
    const { notices } = await run(3_000, { ...environment, OTEL_BSP_MAX_QUEUE_SIZE: '10' })
    expect(notices).toEqual([expect.stringContaining('OTEL_TRACES_SAMPLER')])
  })
  it('exports only the signal that has an endpoint', async () => {
    const collector = await collecting()
    await run(1, { ...json, OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${collector.url}/v1/metrics` })
    expect(new Set(collector.received.map(({ path }) => path))).toEqual(new Set(['/v1/metrics']))
  })
})

// Side by side: they wait, and do nothing.
describe.concurrent('a process whose collector is out of reach', () => {
  it.each([
    ['refuses', async () => 'http://127.0.0.1:9'],
    ['never replies', async () => (await collecting(false)).url]
  ])('ends in time, and says so in one line: the collector %s', async (_, place) => {
    const told = await run(2_000, { ...json, OTEL_EXPORTER_OTLP_ENDPOINT: await place() })
    // A bound of its own, not a measurement: the SDK alone would take ten seconds and more.
    expect(told.shutdownMs).toBeLessThan(6_000)
    expect(told.notices).toEqual([expect.stringContaining('could not be exported')])
    expect(told.stderr).toBe('')
  })
  it('ends with its variables wrong', async () => {
    const told = await run(3, { OTEL_EXPORTER_OTLP_ENDPOINT: 'rubbish', OTEL_TRACES_SAMPLER: 'rubbish' })
    expect(told.notices.length).toBe(1)
  })
})
