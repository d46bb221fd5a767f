import { InferenceError, InputTooLong, RefusedByServer } from '../errors.ts'

/** Refusals alike, one after the other with nothing passing, after which they are no longer the records' own. */
const mostRefused = 100
const mostTooLong = 20

/**
 * Tells a refusal of one record from one of every record. A gateway refuses single pages (403 or 400 of a content
 * filter), and one page makes many records; a key that was withdrawn, a model that was unloaded or a parameter that is
 * no longer taken fails for all. So a request that was refused is made once more without a record in it.
 *
 * | the request | without the record | is |
 * |---|---|---|
 * | refused | passes | the record's own: `RefusedByServer` |
 * | refused | refused | `configuration` |
 * | refused | fails otherwise | that failure: an outage, waited out, and then the request is made again |
 * | refused 100 times alike, nothing passed | passes | `configuration`: it is our prompts that it refuses |
 * | too long 20 times in a row, nothing passed | - | `configuration` |
 */
export interface Refusals {
  /**
   * Runs a request.
   * @param shape what tells requests apart that a server may take or refuse each: endpoint, parameters.
   * @param withoutRecord makes the same request with harmless words.
   */
  judged<T>(shape: string, request: () => Promise<T>, withoutRecord: () => Promise<unknown>): Promise<T>
}

export function createRefusals(): Refusals {
  const row = { of: '', length: 0 }
  const again = inTurns()
  const count = (of: string): number => {
    row.length = row.of === of ? row.length + 1 : 1
    row.of = of
    return row.length
  }
  return {
    async judged(shape, request, withoutRecord) {
      try {
        const result = await request()
        row.length = 0
        return result
      } catch (error) {
        if (error instanceof InputTooLong) {
          if (count('too long') < mostTooLong) throw error
          throw ofEveryRecord(error, `The last ${mostTooLong} requests were all too long.`)
        }
        if (!isRefusal(error)) throw error
        try {
          await again(shape, withoutRecord)
        } catch (second) {
          if (isRefusal(second)) throw ofEveryRecord(error, 'It also refuses the same request without a record.')
          throw second
        }
        if (count(`status ${error.status}`) >= mostRefused)
          throw ofEveryRecord(error, `The last ${mostRefused} requests were all refused.`)
        throw new RefusedByServer(error)
      }
    }
  }
}

const isRefusal = (error: unknown): error is InferenceError =>
  error instanceof InferenceError &&
  (error.kind === 'configuration' || error.kind === 'record-terminal') &&
  error.status !== undefined &&
  error.status >= 400

/** In the server's words. */
function ofEveryRecord(refusal: InferenceError, why: string): InferenceError {
  const { message, evidence, status, remedy } = refusal
  const said = evidence !== '' && !message.includes(evidence) ? `${message}: ${evidence}` : message
  return new InferenceError('configuration', `${said} ${why}`, {
    cause: refusal,
    evidence,
    remedy: remedy || 'Check the log of the server, its model, its limits and its version.',
    ...(status !== undefined && { status })
  })
}

/** Runs something that begins after the call of whoever asks for it, and once for all who ask meanwhile. */
function inTurns(): (key: string, run: () => Promise<unknown>) => Promise<unknown> {
  const running = new Map<string, Promise<unknown>>()
  const next = new Map<string, Promise<unknown>>()
  const begin = (key: string, run: () => Promise<unknown>): Promise<unknown> => {
    next.delete(key)
    const mine = run().finally(() => running.delete(key))
    running.set(key, mine)
    return mine
  }
  return (key, run) => {
    const now = running.get(key)
    if (!now) return begin(key, run)
    const waiting = next.get(key) ?? now.then(none, none).then(() => begin(key, run))
    next.set(key, waiting)
    return waiting
  }
}

const none = (): void => {}
