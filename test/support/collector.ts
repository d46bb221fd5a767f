import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** As much of OTLP's JSON as tests look at. */
interface Told {
  readonly resourceSpans?: readonly OfResource[]
  readonly resourceMetrics?: readonly OfResource[]
}
interface OfResource {
  readonly resource: { readonly attributes: readonly { readonly key: string; readonly value: object }[] }
  readonly scopeSpans?: readonly OfScope[]
  readonly scopeMetrics?: readonly OfScope[]
}
interface OfScope {
  readonly spans?: readonly CollectedSpan[]
  readonly metrics?: readonly { readonly name: string }[]
}

export interface CollectedSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
}

/** A collector that takes OTLP over HTTP as JSON, and keeps what it is given. */
export interface Collector {
  readonly url: string
  /** Whole bodies by path. */
  readonly received: { readonly path: string; readonly body: string }[]
  spans(): CollectedSpan[]
  metricNames(): string[]
  /** Of the first resource it was told of. */
  resource(): Readonly<Record<string, unknown>>
  close(): Promise<void>
}

/** @param answers false: it takes connections and requests, and never replies. */
export async function startCollector(answers = true): Promise<Collector> {
  const received: { path: string; body: string }[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    received.push({ path: request.url!, body: Buffer.concat(chunks).toString() })
    if (answers) response.setHeader('content-type', 'application/json').end('{}')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const bodies = (path: string): Told[] =>
    received.filter(each => each.path === path).map(({ body }) => JSON.parse(body) as Told)
  const scopes = (path: string) =>
    bodies(path).flatMap(({ resourceSpans, resourceMetrics }) =>
      [...(resourceSpans ?? []), ...(resourceMetrics ?? [])].flatMap(each => [
        ...(each.scopeSpans ?? []),
        ...(each.scopeMetrics ?? [])
      ])
    )
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    spans: () => scopes('/v1/traces').flatMap(({ spans }) => spans ?? []),
    metricNames: () => scopes('/v1/metrics').flatMap(({ metrics }) => (metrics ?? []).map(({ name }) => name)),
    resource() {
      const [told] = [...bodies('/v1/traces'), ...bodies('/v1/metrics')]
      const { attributes } = (told!.resourceSpans ?? told!.resourceMetrics)![0]!.resource
      return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))
    },
    close: () =>
      new Promise(resolve => {
        server.closeAllConnections()
        server.close(() => resolve())
      })
  }
}
