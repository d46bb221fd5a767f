import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Clock } from '../../../engine/runtime/ground/clock.ts'

/** A listening socket that can go away and come back on the same port. */
export interface Listener {
  readonly port: number
  goDown(): Promise<void>
  comeBack(): Promise<void>
  /** Times it went down. */
  readonly downs: number
}

/** While the port is free, a client's outgoing connection may have taken it for a moment: try again this long. */
const rebindTries = 100
const rebindPauseMs = 50

/** @throws the system's error when the port is taken. */
export async function listenAt(
  { host, port }: { readonly host: string; readonly port: number },
  serve: RequestListener,
  clock: Clock
): Promise<Listener> {
  const server = createServer({ keepAliveTimeout: 60_000, requestTimeout: 0 }, serve)
  await bind(port)
  const bound = (server.address() as AddressInfo).port
  let downs = 0

  function bind(wanted: number): Promise<void> {
    return new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen(wanted, host, () => {
        server.off('error', reject)
        resolve()
      })
    })
  }

  return {
    port: bound,
    get downs() {
      return downs
    },
    async goDown() {
      if (!server.listening) return
      downs += 1
      const closed = new Promise<void>(resolve => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
    },
    async comeBack() {
      for (let tries = 1; !server.listening; tries++) {
        try {
          await bind(bound)
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || tries === rebindTries) throw error
          await clock.sleep(rebindPauseMs)
        }
      }
    }
  }
}
