import type { IncomingMessage } from 'node:http'
import { isDeeperThan } from '../../nesting.ts'
import type { Refusal } from '../model/chat-request.ts'

/** Longest request body, in bytes. */
const longestBody = 32 * 1_048_576
const maxLevels = 100

/** The JSON object in a request's body, or why there is none. @throws when the connection breaks. */
export async function readBody(
  request: IncomingMessage
): Promise<{ readonly body: Readonly<Record<string, unknown>> } | Refusal> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes <= longestBody) chunks.push(chunk) // the rest is read and let go, or the client would never see the reply
  }
  if (bytes > longestBody) return { status: 413, message: `The body is longer than ${longestBody} bytes.`, param: null }
  try {
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString())
    if (isDeeperThan(maxLevels, body))
      return { status: 400, message: `The body is nested more than ${maxLevels} levels deep.`, param: 'body' }
    if (typeof body === 'object' && body !== null && !Array.isArray(body))
      return { body: body as Record<string, unknown> }
    return { status: 400, message: 'The body must be a JSON object.', param: 'body' }
  } catch (error) {
    return { status: 400, message: `The body is not JSON: ${(error as Error).message}`, param: 'body' }
  }
}
