import { once } from 'node:events'
import { connect } from 'node:net'

/** A request of the Kafka protocol, whose numbers and layouts are in Kafka's protocol guide. */
export interface Call {
  readonly apiKey: number
  readonly version: number
  /** Whether this version of it has tagged fields ("flexible"). */
  readonly flexible: boolean
  readonly body: Buffer
}

/** @returns the body of the answer; undefined when no well-formed one came in time. */
export async function callBroker(port: number, call: Call, deadlineMs: number): Promise<Buffer | undefined> {
  const socket = connect(port, '127.0.0.1')
  socket.setTimeout(deadlineMs, () => socket.destroy())
  // A failure ends the wait or the loop below.
  socket.on('error', () => {})
  try {
    await once(socket, 'connect')
    const correlation = Math.floor(performance.now())
    socket.write(framed(call, correlation))
    let answer = Buffer.alloc(0)
    for await (const chunk of socket) {
      answer = Buffer.concat([answer, chunk])
      if (answer.length < 8 || answer.length < 4 + answer.readInt32BE(0)) continue
      return answer.readInt32BE(4) === correlation ? answer.subarray(call.flexible ? 9 : 8) : undefined
    }
    return undefined
  } catch {
    return undefined
  } finally {
    socket.destroy()
  }
}

function framed({ apiKey, version, flexible, body }: Call, correlation: number): Buffer {
  const header = Buffer.alloc(flexible ? 15 : 14)
  header.writeInt32BE(header.length - 4 + body.length, 0)
  header.writeInt16BE(apiKey, 4)
  header.writeInt16BE(version, 6)
  header.writeInt32BE(correlation, 8)
  // No name of a client; the last byte of a flexible header says that no tagged fields follow.
  header.writeInt16BE(-1, 12)
  return Buffer.concat([header, body])
}
