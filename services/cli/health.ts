import { timingSafeEqual } from 'node:crypto'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What a process that serves says of itself. */
export interface HealthState {
  /** Why it should be started anew; undefined while it lives. */
  failed(): string | undefined
  /** Why it does not work at present; undefined when it does. */
  waits(): string | undefined
  /** Prometheus' text format. */
  metrics(): Promise<string>
}

export interface HealthOptions {
  /** 0 takes a free one. */
  readonly port: number
  /** Anything but the loopback interface needs a token. */
  readonly host: string
  /** Asked of whoever wants /metrics, as a bearer token. */
  readonly token: string | undefined
}

export interface HealthServer {
  readonly port: number
  close(): Promise<void>
}

/** `/livez` and `/readyz` for whoever starts processes, `/metrics` for whoever watches them. GET only. */
export async function serveHealth(state: HealthState, { port, host, token }: HealthOptions): Promise<HealthServer> {
  const server = createServer(async ({ method, url = '/', headers }, reply) => {
    const [path] = url.split('?')
    if (method !== 'GET' && method !== 'HEAD') return answer(reply, 405, 'only GET is allowed')
    if (path === '/livez') return status(reply, state.failed())
    if (path === '/readyz') return status(reply, state.failed() ?? state.waits())
    if (path !== '/metrics') return answer(reply, 404, 'not found; use /livez, /readyz or /metrics')
    if (token !== undefined && !isSame(headers.authorization, `Bearer ${token}`))
      return answer(reply, 401, 'a bearer token is required')
    try {
      answer(reply, 200, await state.metrics(), 'text/plain; version=0.0.4; charset=utf-8')
    } catch (error) {
      answer(reply, 503, (error as Error).message)
    }
  })
  await listening(server, port, host)
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
  }
}

const listening = (server: Server, port: number, host: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })

const status = (reply: ServerResponse, problem: string | undefined): void =>
  answer(reply, problem === undefined ? 200 : 503, problem ?? 'ok')

function answer(reply: ServerResponse, code: number, text: string, type = 'text/plain; charset=utf-8'): void {
  reply.writeHead(code, { 'content-type': type, 'cache-control': 'no-store' })
  reply.end(text.endsWith('\n') ? text : `${text}\n`)
}

/** Takes as long whatever differs. */
function isSame(given: string | undefined, wanted: string): boolean {
  const [left, right] = [Buffer.from(given ?? ''), Buffer.from(wanted)]
  return left.length === right.length && timingSafeEqual(left, right)
}
