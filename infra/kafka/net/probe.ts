import { callBroker } from './wire.ts'

/** Metadata, version 1. An empty list of topics asks for none. */
const metadata = { apiKey: 3, version: 1, flexible: false, body: Buffer.alloc(4) }

/**
 * Asks a broker for the brokers of its cluster. One is listed once clients may use it, so this tells more than an open
 * port does.
 * @returns their ids; undefined when there was no well-formed answer in time.
 */
export async function knownBrokers(port: number, deadlineMs = 2_000): Promise<number[] | undefined> {
  const answer = await callBroker(port, metadata, deadlineMs)
  try {
    return answer && brokerIds(answer)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** @throws RangeError when the answer ends early. */
function brokerIds(answer: Buffer): number[] {
  const ids: number[] = []
  let at = 4
  for (let left = answer.readInt32BE(0); left > 0; left--) {
    ids.push(answer.readInt32BE(at))
    at += 4
    // Its host and port.
    at += 2 + answer.readInt16BE(at) + 4
    // Its rack: null is written as length -1.
    at += 2 + Math.max(0, answer.readInt16BE(at))
  }
  return ids
}
