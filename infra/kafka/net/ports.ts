import { randomInt } from 'node:crypto'
import { createServer, type Server } from 'node:net'
import { LocalKafkaError } from '../errors.ts'
import { waitUntil } from '../wait-until.ts'

/**
 * Ports lie below those that systems lend to outgoing connections (from 32,768 on Linux, 49,152 elsewhere): a port lent
 * while a broker is down would be lost to it, and a client that keeps dialling it could even reach itself.
 */
const firstPort = 20_000
const lastPort = 32_000

/** So many ports of 127.0.0.1 that nobody listens on, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const held: Server[] = []
  try {
    const ports: number[] = []
    while (ports.length < count) {
      const port = randomInt(firstPort, lastPort)
      const server = await listenOn(port)
      if (!server) continue
      held.push(server)
      ports.push(port)
    }
    return ports
  } finally {
    await Promise.all(held.map(close))
  }
}

/**
 * What ended a moment ago may still be about to give its port back: that is waited for.
 * @throws LocalKafkaError where another program listens there.
 */
export async function needFree(port: number, owner: string): Promise<void> {
  if (await waitUntil(() => isFree(port), givenBackMs)) return
  throw new LocalKafkaError(
    `Another program listens on port ${port}, which belongs to ${owner}. Stop that program, or delete the data folder to select new ports.`
  )
}

const givenBackMs = 2_000

async function isFree(port: number): Promise<boolean> {
  const server = await listenOn(port)
  if (server) await close(server)
  return server !== undefined
}

const listenOn = (port: number): Promise<Server | undefined> =>
  new Promise(resolve => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen(port, '127.0.0.1', () => resolve(server))
  })

const close = (server: Server): Promise<void> => new Promise(resolve => server.close(() => resolve()))
