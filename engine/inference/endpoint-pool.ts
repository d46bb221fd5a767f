import { createBlame } from './blame.ts'
import type { Endpoint } from './endpoint.ts'
import { InferenceError } from './errors.ts'
import { createReplica, defaultTiming, type PoolTiming, type Proof, pause, type Replica } from './replica.ts'

/** The longest wait that a server may ask for by Retry-After, in milliseconds: after that we look for ourselves. */
const longestRetryAfterMs = 60_000

/** The replicas behind one or more aliases: choice, retries, and pauses while they are down. */
export interface EndpointPool {
  /**
   * Runs a request on the least busy healthy replica, again after failures that are not the record's fault, however
   * long an outage lasts.
   * @param proof what a replica that was down must answer before it gets records again
   * @throws InferenceError of any kind but `overload`, `server-dead` and `timeout`.
   */
  run<T>(request: (endpoint: Endpoint) => Promise<T>, signal: AbortSignal, proof?: Proof): Promise<T>
  /** Why nothing moves, or undefined. */
  paused(): string | undefined
  readonly endpoints: readonly Endpoint[]
  close(): Promise<void>
}

export function createPool(
  endpoints: readonly Endpoint[],
  notice: (text: string) => void,
  timing: PoolTiming = defaultTiming
): EndpointPool {
  let closed = false
  let change = Promise.withResolvers<void>()
  /** Wakes whoever waits for a replica. */
  const changed = () => {
    change.resolve()
    change = Promise.withResolvers<void>()
  }
  const replicas = endpoints.map(endpoint => createReplica(endpoint, notice, timing, changed))
  /** A suspected request has it, or waits for it, alone. */
  const reserved = new Set<Replica>()

  const until = async (found: () => Replica | undefined, signal: AbortSignal): Promise<Replica> => {
    for (;;) {
      if (signal.aborted || closed) throw new InferenceError('shutdown', 'the request was withdrawn')
      const replica = found()
      if (replica) return replica
      await either(change.promise, signal)
    }
  }
  /** Counts the request in the same breath: else a replica could seem idle to one who wants it alone. */
  const claim = (replica: Replica | undefined): Replica | undefined => {
    if (replica) replica.inFlight++
    return replica
  }
  const choose = (signal: AbortSignal, failedBefore: Replica | undefined): Promise<Replica> =>
    until(() => {
      const fit = replicas.filter(replica => !replica.down && !reserved.has(replica))
      // Whoever fails at once is the least busy: it must not draw everything to itself.
      const others = fit.filter(replica => replica !== failedBefore)
      return claim(leastBusy(others.length > 0 ? others : fit))
    }, signal)
  const reserve = async (signal: AbortSignal): Promise<Replica> => {
    const replica = await until(() => {
      const free = leastBusy(replicas.filter(each => !each.down && !reserved.has(each)))
      if (free) reserved.add(free)
      return free
    }, signal)
    try {
      return await until(() => (replica.inFlight === 0 && !replica.down ? claim(replica) : undefined), signal)
    } catch (error) {
      reserved.delete(replica)
      changed()
      throw error
    }
  }

  return {
    endpoints,
    paused: () =>
      replicas.every(({ down }) => down)
        ? `${endpoints.map(({ place }) => place).join(', ')} does not answer`
        : undefined,
    async run(request, signal, proof) {
      const blame = createBlame()
      /** Successes of each replica when this request last failed there. */
      const seen = new Map<Replica, number>()
      let last: Replica | undefined
      for (let pauseMs = timing.retryMs; ; pauseMs = Math.min(pauseMs * 2, timing.maxRetryMs)) {
        const alone = blame.suspected
        const replica = await (alone ? reserve(signal) : choose(signal, last))
        const before = seen.get(replica) ?? replica.successes
        let waitMs = Math.random() * pauseMs
        try {
          const result = await request(replica.endpoint)
          replica.passed()
          return result
        } catch (error) {
          if (!(error instanceof InferenceError) || !isPassing(error)) throw error
          if (closed) throw new InferenceError('shutdown', 'the request was withdrawn', { cause: error })
          const othersPassed = replica.successes > before
          const guilty = blame.after(error, othersPassed, alone)
          if (guilty) throw guilty
          if (error.kind !== 'overload' && !othersPassed) replica.failed(error, proof, alone)
          if (error.retryAfterMs !== undefined) waitMs += Math.min(error.retryAfterMs, longestRetryAfterMs)
          seen.set(replica, replica.successes)
          last = replica
        } finally {
          replica.inFlight--
          if (alone) reserved.delete(replica)
          if (reserved.size > 0 || alone) changed()
        }
        await pause(waitMs, signal)
      }
    },
    async close() {
      closed = true
      for (const replica of replicas) replica.close()
      changed()
      await Promise.all(endpoints.map(endpoint => endpoint.close()))
    }
  }
}

const leastBusy = (replicas: readonly Replica[]): Replica | undefined =>
  replicas.reduce<Replica | undefined>(
    (least, each) => (least === undefined || each.inFlight < least.inFlight ? each : least),
    undefined
  )

/** Not the record's fault: worth a retry. */
const isPassing = ({ kind }: InferenceError): boolean =>
  kind === 'overload' || kind === 'server-dead' || kind === 'timeout'

/** Until the promise settles or the signal is aborted; leaves no listener behind. */
async function either(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise: aborted, resolve } = Promise.withResolvers<void>()
  const end = () => resolve()
  signal.addEventListener('abort', end)
  try {
    await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', end)
  }
}
