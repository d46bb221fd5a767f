import type { ServerResponse } from 'node:http'
import type { Clock } from '../../../engine/runtime/ground/clock.ts'
import type { Fault } from '../faults/faults.ts'
import { errorReply, json, type Reply } from './reply.ts'

/** The reply that a fault gives in place of an answer, before anything is computed; undefined for all other faults. */
export function replyInstead(fault: Fault): Reply | undefined {
  const wait = fault.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: fault.retryAfterSeconds }
  switch (fault.do) {
    case '401':
      return json(401, { error: 'Unauthorized' })
    case '429':
      return { ...errorReply({ status: 429, message: 'Too many requests.', param: null }), ...wait }
    case '500':
      return errorReply({ status: 500, message: 'EngineCore encountered an issue.', param: null })
    case '503':
      return { ...errorReply({ status: 503, message: 'The engine is currently busy.', param: null }), ...wait }
    case 'empty':
      return { status: 200, body: '' }
    case 'html':
      return { status: 200, contentType: 'text/html', body: '<!doctype html><title>Welcome</title><p>It works!</p>\n' }
    default:
      return undefined
  }
}

export interface Delivery {
  readonly reply: Reply
  readonly fault: Fault | undefined
  readonly gone: AbortSignal
  /** Called right before the last byte is handed over, and only then. */
  answered(): void
}

/** Sends a reply, the way the fault would have it. */
export async function deliver(
  response: ServerResponse,
  { reply, fault, gone, answered }: Delivery,
  clock: Clock
): Promise<void> {
  const whole = Buffer.from(reply.body)
  const body = fault?.do === 'truncated-json' ? whole.subarray(0, whole.length >> 1) : whole
  response.writeHead(reply.status, {
    'content-type': reply.contentType ?? 'application/json',
    'content-length': body.length,
    ...(reply.retryAfterSeconds !== undefined && { 'retry-after': String(reply.retryAfterSeconds) })
  })
  if (fault?.do === 'cut-body') {
    response.write(body.subarray(0, body.length >> 1), () => response.destroy())
    return
  }
  if (fault?.do === 'slow-bytes') {
    for (let at = 0; at < body.length - 1 && !gone.aborted; at++) {
      response.write(body.subarray(at, at + 1))
      await clock.sleep(fault.byteMs ?? 100, gone)
    }
    if (gone.aborted) return
    answered()
    response.end(body.subarray(body.length - 1))
    return
  }
  answered()
  response.end(body)
}
