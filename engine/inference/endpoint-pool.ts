import type { Endpoint } from './endpoint.ts'
import { InferenceError } from './errors.ts'

export interface PoolTiming {
  /** First pause before a retry, in milliseconds; doubles, with full jitter. */
  readonly retryMs: number
  readonly maxRetryMs: number
  /** Between probes of an endpoint that is down. */
  readonly probeMs: number
  readonly probeDeadlineMs: number
}

export const defaultTiming: PoolTiming = { retryMs: 200, maxRetryMs: 10_000, probeMs: 1_000, probeDeadlineMs: 5_000 }

/** Failures in a row after which an endpoint gets no more records until a probe succeeds. */
const failuresToOpen = 3
/** A request that fails that often, each time while others passed, is the record's own doing. */
const ownTimeouts = 3
const ownFailures = 10

interface Replica {
  readonly endpoint: Endpoint
  inFlight: number
  successes: number
  failuresInARow: number
  down: Promise<void> | undefined
}

/** The replicas behind one or more aliases: choice, retries, and pauses while they are down. */
export interface EndpointPool {
  /**
   * Runs a request on the least busy healthy replica, again after failures that are not the record's fault, however
   * long an outage lasts.
   * @throws InferenceError of any kind but `overload` and `server-dead`.
   */
  run<T>(request: (endpoint: Endpoint) => Promise<T>, signal: AbortSignal): Promise<T>
  /** Why nothing moves, or undefined. */
  paused(): string | undefined
  /** Any replica, for a look at its models. */
  readonly endpoints: readonly Endpoint[]
  close(): Promise<void>
}

export function createPool(
  endpoints: readonly Endpoint[],
  notice: (text: string) => void,
  timing: PoolTiming = defaultTiming
): EndpointPool {
  const replicas: Replica[] = endpoints.map(endpoint => ({
    endpoint,
    inFlight: 0,
    successes: 0,
    failuresInARow: 0,
    down: undefined
  }))
  let closed = false

  const probe = async (replica: Replica, cause: InferenceError): Promise<void> => {
    notice(`${cause.message}; waiting for it, nothing is lost`)
    for (;;) {
      await pause(timing.probeMs)
      if (closed) return
      try {
        await replica.endpoint.models(timing.probeDeadlineMs)
        break
      } catch (error) {
        // An answer of any kind but a dead one shows that it lives: what it refuses, it will refuse to a record too.
        if (error instanceof InferenceError && error.kind === 'configuration') break
      }
    }
    replica.down = undefined
    replica.failuresInARow = 0
    notice(`${replica.endpoint.place} answers again`)
  }

  const choose = async (signal: AbortSignal): Promise<Replica> => {
    for (;;) {
      if (signal.aborted) throw new InferenceError('shutdown', 'the request was withdrawn')
      const healthy = replicas.filter(replica => !replica.down)
      if (healthy.length > 0) return healthy.reduce((least, each) => (each.inFlight < least.inFlight ? each : least))
      await Promise.race([...replicas.map(replica => replica.down), aborted(signal)])
    }
  }

  return {
    endpoints,
    paused: () =>
      replicas.every(replica => replica.down) ? `${endpoints.map(e => e.place).join(', ')}: no answer` : undefined,
    async run(request, signal) {
      let timeouts = 0
      let failures = 0
      for (let pauseMs = timing.retryMs; ; pauseMs = Math.min(pauseMs * 2, timing.maxRetryMs)) {
        const replica = await choose(signal)
        const { successes } = replica
        replica.inFlight++
        try {
          const result = await request(replica.endpoint)
          replica.successes++
          replica.failuresInARow = 0
          return result
        } catch (error) {
          if (!(error instanceof InferenceError) || !isPassing(error)) throw error
          const othersPassed = replica.successes > successes
          if (error.kind === 'timeout' && othersPassed && ++timeouts >= ownTimeouts) throw ownDoing(error, timeouts)
          if (error.kind === 'server-dead' && othersPassed && ++failures >= ownFailures) throw ownDoing(error, failures)
          if (error.kind !== 'overload' && !othersPassed && ++replica.failuresInARow >= failuresToOpen)
            replica.down ??= probe(replica, error)
          await pause(error.retryAfterMs ?? Math.random() * pauseMs, signal)
        } finally {
          replica.inFlight--
        }
      }
    },
    close: async () => {
      closed = true
      await Promise.all(endpoints.map(endpoint => endpoint.close()))
    }
  }
}

/** Not the record's fault: worth a retry. */
const isPassing = ({ kind }: InferenceError): boolean =>
  kind === 'overload' || kind === 'server-dead' || kind === 'timeout'

const ownDoing = (error: InferenceError, times: number): InferenceError =>
  new InferenceError('record-terminal', `failed ${times} times while other requests passed: ${error.message}`, {
    cause: error,
    evidence: error.evidence
  })

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise(resolve => signal.addEventListener('abort', () => resolve(), { once: true }))

/** Waits; unreferenced, so that a probe never keeps a process alive that has nothing else to do. */
const pause = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    const end = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    if (!signal) timer.unref()
    signal?.addEventListener('abort', end)
    if (signal?.aborted) end()
  })
