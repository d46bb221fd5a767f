import { InferenceError } from '../errors.ts'
import type { Endpoint } from './endpoint.ts'

export interface PoolTiming {
  /** First pause before a retry, in milliseconds; doubles, with full jitter. */
  readonly retryMs: number
  readonly maxRetryMs: number
  /** Between probes of an endpoint that is down. */
  readonly probeMs: number
  readonly probeDeadlineMs: number
  /** An outage is spoken of at most that often. */
  readonly noticeMs: number
  /** One that never answered is spoken of when it has been asked for so long. */
  readonly firstNoticeMs: number
}

export const defaultTiming: PoolTiming = {
  retryMs: 200,
  maxRetryMs: 10_000,
  probeMs: 1_000,
  probeDeadlineMs: 5_000,
  noticeMs: 30_000,
  firstNoticeMs: 3_000
}

/** A request of the least size, without a record in it: shows that the model behind an endpoint really answers. */
export type Proof = (endpoint: Endpoint) => Promise<unknown>

/** Failures in a row after which an endpoint gets no more records until it has proved that it answers. */
const failuresToOpen = 3
/** Requests that are remembered, to tell a slow server from a slow request. */
const remembered = 64
const slowShare = 1 / 8

/** One endpoint with what is known of its health: a circuit breaker. */
export interface Replica {
  readonly endpoint: Endpoint
  readonly inFlight: number
  /** It has answered something since the start, be it a refusal: the address is right. */
  readonly known: boolean
  /** Requests that passed so far, proofs included. */
  readonly successes: number
  /** Outages after which it proved that it answers. */
  readonly proofs: number
  /** Settles when it answers again; undefined while it is healthy. */
  readonly down: Promise<void> | undefined
  /** Counts a request as in flight. @returns its turn: later requests have greater ones. */
  begin(): number
  /** The request of that turn is no longer in flight, whatever became of it. */
  end(): void
  passed(turn: number): void
  timedOut(turn: number): void
  /** How many requests that began later have passed already, up to a bound. */
  overtakersOf(turn: number): number
  /** Running out of time is nothing unusual here at present. */
  readonly slow: boolean
  /** Another failure in a row. @param proof what to ask it before it gets records again. */
  failed(error: InferenceError, proof: Proof | undefined, openAtOnce?: boolean): void
  close(): void
}

export function createReplica(
  endpoint: Endpoint,
  notice: (text: string) => void,
  timing: PoolTiming,
  healed: () => void
): Replica {
  let successes = 0
  let proofs = 0
  let inFlight = 0
  let begun = 0
  const latest: { readonly turn: number; readonly passed: boolean }[] = []
  const remember = (turn: number, passed: boolean) => {
    latest.push({ turn, passed })
    if (latest.length > remembered) latest.shift()
  }
  let failuresInARow = 0
  let down: Promise<void> | undefined
  let closed = false
  let noticedAt = Number.NEGATIVE_INFINITY
  let known = false
  let firstWait: NodeJS.Timeout | undefined
  /** Says it unless it was said a moment ago. @returns whether it was. */
  const tell = (what: string): boolean => {
    if (closed || performance.now() - noticedAt < timing.noticeMs) return false
    const toCheck = known ? '' : ` ${whatToCheck(endpoint)}`
    notice(`${what}; waiting for it, nothing is lost.${toCheck}`)
    noticedAt = performance.now()
    return true
  }
  const learn = () => {
    known = true
    clearTimeout(firstWait)
  }

  const answers = async (proof: Proof | undefined): Promise<boolean> => {
    try {
      await endpoint.models(timing.probeDeadlineMs)
    } catch (error) {
      if (isDead(error)) return false
    }
    try {
      await proof?.(endpoint)
    } catch (error) {
      // What it refuses it will refuse to a record too: that is told there, and is no outage.
      return !isDead(error)
    }
    return true
  }

  const heal = async (error: InferenceError, proof: Proof | undefined): Promise<void> => {
    let noticed = false
    do {
      noticed = tell(error.message) || noticed
      await pause(timing.probeMs)
    } while (!closed && !(await answers(proof)))
    down = undefined
    failuresInARow = 0
    if (!closed) learn()
    successes++
    proofs++
    if (noticed && !closed) notice(`${endpoint.place} answers again`)
    healed()
  }

  return {
    endpoint,
    get inFlight() {
      return inFlight
    },
    get known() {
      return known
    },
    get successes() {
      return successes
    },
    get proofs() {
      return proofs
    },
    get down() {
      return down
    },
    begin() {
      inFlight++
      if (!known)
        firstWait ??= setTimeout(
          () => tell(`${endpoint.place} has not answered for ${timing.firstNoticeMs / 1_000} s`),
          timing.firstNoticeMs
        ).unref()
      return ++begun
    },
    end() {
      inFlight--
    },
    passed(turn) {
      learn()
      successes++
      failuresInARow = 0
      remember(turn, true)
    },
    timedOut: turn => remember(turn, false),
    overtakersOf: turn => latest.filter(each => each.passed && each.turn > turn).length,
    get slow() {
      return latest.filter(({ passed }) => !passed).length > latest.length * slowShare
    },
    failed(error, proof, openAtOnce = false) {
      if (error.status !== undefined) learn()
      failuresInARow++
      if (openAtOnce || failuresInARow >= failuresToOpen) down ??= heal(error, proof)
    },
    close() {
      closed = true
      clearTimeout(firstWait)
    }
  }
}

const whatToCheck = ({ remedies }: Endpoint): string =>
  `It has not answered since the start: check that the server runs, and that ${remedies.baseUrlSetting} leads to it, with http:// or https:// as it is spoken there.`

const isDead = (error: unknown): boolean =>
  error instanceof InferenceError && (error.kind === 'server-dead' || error.kind === 'timeout')

/** Waits, or until the signal is aborted. Without a signal it keeps no process alive that has nothing else to do. */
export const pause = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    if (signal?.aborted) return resolve()
    const end = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    if (!signal) timer.unref()
    signal?.addEventListener('abort', end)
  })
