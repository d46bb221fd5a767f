import { InferenceError } from './errors.ts'

/** A request that runs out of time that often, overtaken each time, is the record's own doing. */
const ownTimeouts = 3
/** So many that began later must have passed: in a mere queue, a slow server's, nobody overtakes. */
const overtakersToCount = 5
/** The same for replies that are failures: some servers answer 500 now and then, so a few more. */
const ownFailures = 6
/** A request in flight when the server broke off that often is from then on run alone. */
const deathsToSuspect = 3
/** Alone, with a server that had just answered, and the connection breaks: that often, and the record is to blame. */
const deathsAlone = 2

/** Tells an outage, which is waited out, from a record that no server answers. One for each request. */
export interface Blame {
  /** It was there whenever the server died, and so may have killed it: to be tried again with nothing beside it. */
  readonly suspected: boolean
  /** @returns the error to end with, when the record itself is to blame.
   */
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
  /** Nothing else was in flight there. */
  readonly alone: boolean
}

export function createBlame(): Blame {
  let timeouts = 0
  let failures = 0
  let deaths = 0
  let lonelyDeaths = 0
  const ownDoing = (error: InferenceError, how: string) =>
    new InferenceError('record-terminal', `${how}: ${error.message}`, { cause: error, evidence: error.evidence })
  return {
    get suspected() {
      return deaths >= deathsToSuspect
    },
    after(error, { othersPassed, proved, overtakers, alone }) {
      if (brokeOff(error)) {
        deaths++
        if (alone && ++lonelyDeaths >= deathsAlone) return ownDoing(error, 'the server dies of this request')
      } else if (error.kind === 'timeout' && (proved || overtakers >= overtakersToCount)) {
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
