import { InferenceError } from '../errors.ts'

/** A request that runs out of time that often, overtaken each time, is the record's own doing. */
const ownTimeouts = 3
/** So many that began later must have passed: in a mere queue, a slow server's, nobody overtakes. */
const overtakersToCount = 5
/** The same for replies that are failures: some servers answer 500 now and then, so a few more. */
const ownFailures = 6
/**
 * A request that was in flight that often when the server died, or when the server answered nobody in time but proved
 * afterwards that it lives, may have done it, or have suffered it: from then on it is run alone.
 */
const timesToSuspect = 3
/** Alone, with a server that had just answered, and again: that often, and the record is to blame. */
const failuresAlone = 2

/** Tells an outage, which is waited out, from a record that no server answers. One for each request. */
export interface Blame {
  /** To be tried again with nothing beside it. */
  readonly suspected: boolean
  /** @returns the error to end with, when the record itself is to blame. */
  after(error: InferenceError, seen: Circumstances): InferenceError | undefined
}

/** What else went on at the endpoint where a request failed. */
export interface Circumstances {
  /** Others passed since this request's last failure there. */
  readonly othersPassed: boolean
  /** It was down in between, and proved that it answers. */
  readonly proved: boolean
  /** Requests that began later, and have passed. */
  readonly overtakers: number
  /** Many run out of time there: that one more does says nothing about it. */
  readonly slow: boolean
  /** Nothing else was in flight there. */
  readonly alone: boolean
}

export function createBlame(): Blame {
  let timeouts = 0
  let failures = 0
  let times = 0
  let timesAlone = 0
  const ownDoing = (error: InferenceError, how: string) =>
    new InferenceError('record-terminal', `${how}: ${error.message}`, { cause: error, evidence: error.evidence })
  return {
    get suspected() {
      return times >= timesToSuspect
    },
    after(error, { othersPassed, proved, overtakers, slow, alone }) {
      if (brokeOff(error) || (error.kind === 'timeout' && (alone || proved))) {
        times++
        if (alone && ++timesAlone >= failuresAlone)
          return ownDoing(error, `failed ${timesAlone} times with nothing beside it`)
      } else if (error.kind === 'timeout' && !slow && overtakers >= overtakersToCount) {
        if (++timeouts >= ownTimeouts) return ownDoing(error, `out of time ${timeouts} times, and overtaken`)
      } else if (isFailedReply(error) && othersPassed) {
        if (++failures >= ownFailures) return ownDoing(error, `failed ${failures} times while others passed`)
      }
      return undefined
    }
  }
}

const brokenConnection = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])

/** The connection broke in the middle of the exchange, as when the server's process dies. */
export function brokeOff(error: InferenceError): boolean {
  if (error.kind !== 'server-dead') return false
  for (let cause: unknown = error.cause; cause instanceof Error; cause = cause.cause)
    if (brokenConnection.has((cause as { code?: string }).code ?? '')) return true
  return false
}

/** A reply came, and it was a failure. A gateway's (502, 504) speaks of the server behind it, not of the request. */
const isFailedReply = (error: InferenceError): boolean =>
  error.kind === 'server-dead' && error.status !== undefined && error.status !== 502 && error.status !== 504
