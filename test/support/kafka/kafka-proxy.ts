/**
 * A TCP proxy in front of one broker that makes chosen requests fail.
 *
 * It reads the frames of the Kafka protocol as far as it must: a request is a length, then api key, version and
 * correlation id; a response is a length, then the correlation id. So that clients stay behind it, the broker's address in
 * Metadata and FindCoordinator responses is replaced by the proxy's; both are on 127.0.0.1, so only the port differs.
 */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** Requests by their key in the protocol. */
export const apiKeys = {
  Produce: 0,
  Fetch: 1,
  ListOffsets: 2,
  Metadata: 3,
  OffsetFetch: 9,
  FindCoordinator: 10,
  JoinGroup: 11,
  Heartbeat: 12,
  InitProducerId: 22,
  AddPartitionsToTxn: 24,
  AddOffsetsToTxn: 25,
  EndTxn: 26,
  TxnOffsetCommit: 28
} as const
export type Api = keyof typeof apiKeys

export interface Fault {
  readonly apis: readonly Api[]
  /**
   * - `drop`: the broker never sees the request, and the connection is cut.
   * - `execute-and-cut`: the broker carries it out; instead of the reply, the connection is cut.
   * - `execute-and-hang`: the broker carries it out; the reply never comes, the connection stays.
   * - `delay`: the broker sees it later by `delayMs`, and all that follows on the connection with it.
   */
  readonly how: 'drop' | 'execute-and-cut' | 'execute-and-hang' | 'delay'
  readonly delayMs?: number
  /** Only so many requests. Default: all. */
  readonly next?: number
  /** Every so manieth request of each api. Default 1. */
  readonly oneIn?: number
}

/** A fault that is in force. */
export interface Rule {
  /** Requests that it has hit. */
  readonly hits: number
  lift(): void
}

export interface KafkaProxy {
  readonly bootstrap: string
  inject(fault: Fault): Rule
  /** Connections of clients that are open. */
  connections(): number
  /** Cuts all connections, and refuses new ones until `heal`. */
  sever(): void
  heal(): void
  close(): Promise<void>
}

const host = '127.0.0.1'

/** @param broker `host:port` of a cluster of one. */
export async function startKafkaProxy(broker: string): Promise<KafkaProxy> {
  const brokerPort = Number(broker.split(':')[1])
  const rules = new Set<ActiveRule>()
  const clients = new Set<Socket>()
  let isSevered = false
  const server = createServer({ noDelay: true }, client => {
    if (isSevered) return void client.resetAndDestroy()
    clients.add(client)
    client.on('close', () => clients.delete(client))
    relay(client, connect({ host, port: brokerPort, noDelay: true }), { from: brokerPort, to: port }, rules)
  })
  server.listen(0, host)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  const sever = () => {
    isSevered = true
    for (const client of clients) client.resetAndDestroy()
  }
  return {
    bootstrap: `${host}:${port}`,
    inject(fault) {
      const rule = activeRule(fault)
      rules.add(rule)
      return {
        get hits() {
          return rule.hits
        },
        lift: () => void rules.delete(rule)
      }
    },
    connections: () => clients.size,
    sever,
    heal() {
      isSevered = false
    },
    async close() {
      sever()
      server.close()
      await once(server, 'close')
    }
  }
}

interface ActiveRule {
  readonly fault: Fault
  hits: number
  /** Counts a request. @returns whether the fault hits it. */
  meets(apiKey: number): boolean
}

function activeRule(fault: Fault): ActiveRule {
  const { apis, next = Number.POSITIVE_INFINITY, oneIn = 1 } = fault
  const seen = new Map<number, number>(apis.map(api => [apiKeys[api], 0]))
  return {
    fault,
    hits: 0,
    meets(apiKey) {
      const count = seen.get(apiKey)
      if (count === undefined || this.hits >= next) return false
      seen.set(apiKey, count + 1)
      if ((count + 1) % oneIn !== 0) return false
      this.hits++
      return true
    }
  }
}

/** One connection: requests to the broker, responses to the client, and what the rules make of them. */
function relay(client: Socket, broker: Socket, ports: { from: number; to: number }, rules: Set<ActiveRule>): void {
  /** Requests that have no response yet. */
  const asked = new Map<number, { apiKey: number; fault: Fault | undefined }>()
  const cut = () => {
    client.resetAndDestroy()
    broker.resetAndDestroy()
  }
  for (const socket of [client, broker]) socket.on('error', cut).on('close', cut)

  frames(client, async request => {
    const apiKey = request.readInt16BE(4)
    const fault = [...rules].find(rule => rule.meets(apiKey))?.fault
    if (fault?.how === 'drop') return cut()
    if (fault?.how === 'delay') await new Promise(resolve => setTimeout(resolve, fault.delayMs))
    asked.set(request.readInt32BE(8), { apiKey, fault })
    broker.write(request)
  })
  frames(broker, async response => {
    const correlation = response.readInt32BE(4)
    const { apiKey, fault } = asked.get(correlation) ?? {}
    asked.delete(correlation)
    if (fault?.how === 'execute-and-cut') return cut()
    if (fault?.how === 'execute-and-hang') return
    if (apiKey === apiKeys.Metadata || apiKey === apiKeys.FindCoordinator) replaceAddress(response, ports)
    client.write(response)
  })
}

/** Calls for each whole frame, length included, one after the other. */
function frames(socket: Socket, each: (frame: Buffer) => Promise<void>): void {
  let rest: Buffer = Buffer.alloc(0)
  let last = Promise.resolve()
  socket.on('data', chunk => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
      const end = 4 + rest.readInt32BE(0)
      // A copy: the address in it may be replaced.
      const frame = Buffer.from(rest.subarray(0, end))
      rest = rest.subarray(end)
      last = last.then(() => each(frame))
    }
  })
}

/** A host is a string with its length in two bytes, and the port's four bytes follow. */
function replaceAddress(response: Buffer, { from, to }: { from: number; to: number }): void {
  const address = Buffer.alloc(2 + host.length + 4)
  address.writeInt16BE(host.length, 0)
  address.write(host, 2)
  address.writeInt32BE(from, 2 + host.length)
  for (let at = response.indexOf(address); at >= 0; at = response.indexOf(address, at + 1))
    response.writeInt32BE(to, at + 2 + host.length)
}
