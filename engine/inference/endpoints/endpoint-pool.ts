import { InferenceError } from '../errors.ts'
import { createBlame } from './blame.ts'
import type { Endpoint } from './endpoint.ts'
import { lastingError } from './lasting-error.ts'
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

/** A request's place at a replica. */
interface Turn {
  readonly replica: Replica
  readonly turn: number
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

  const until = async <T>(find: () => T | undefined, signal: AbortSignal): Promise<T> => {
    for (;;) {
      if (signal.aborted || closed) throw new InferenceError('shutdown', 'the request was withdrawn')
      const found = find()
      if (found) return found
      await either(change.promise, signal)
    }
  }
  /** Counts the request in the same breath: else a replica could seem idle to one who wants it alone. */
  const claim = (replica: Replica | undefined): Turn | undefined => replica && { replica, turn: replica.begin() }
  const choose = (signal: AbortSignal, failedBefore: Replica | undefined): Promise<Turn> =>
    until(() => {
      const fit = replicas.filter(replica => !replica.down && !reserved.has(replica))
      // Whoever fails at once is the least busy: it must not draw everything to itself.
      const others = fit.filter(replica => replica !== failedBefore)
      return claim(leastBusy(others.length > 0 ? others : fit))
    }, signal)
  const reserve = async (signal: AbortSignal): Promise<Turn> => {
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
    paused() {
      const places = endpoints.map(({ place }) => place).join(', ')
      if (replicas.every(({ down }) => down)) return `${places} does not answer`
      if (replicas.every(replica => replica.down || reserved.has(replica)))
        return `${places} serves nobody else while a request that may break it runs alone, or waits for that`
      return undefined
    },
    async run(request, signal, proof) {
      const blame = createBlame()
      /** Each replica's counts when this request last failed there. */
      const seen = new Map<Replica, { readonly successes: number; readonly proofs: number }>()
      let last: Replica | undefined
      for (let pauseMs = timing.retryMs; ; pauseMs = Math.min(pauseMs * 2, timing.maxRetryMs)) {
        const alone = blame.suspected
        const { replica, turn } = await (alone ? reserve(signal) : choose(signal, last))
        const before = seen.get(replica) ?? { successes: replica.successes, proofs: replica.proofs }
        let waitMs = Math.random() * pauseMs
        try {
          const result = await request(replica.endpoint)
          replica.passed(turn)
          return result
        } catch (error) {
          if (!(error instanceof InferenceError)) throw error
          if (!isPassing(error)) {
            // A refusal is an answer, too.
            if (error.kind !== 'shutdown') replica.passed(turn)
            throw error
          }
          if (closed) throw new InferenceError('shutdown', 'the request was withdrawn', { cause: error })
          const lasting = replica.known ? undefined : lastingError(error)
          if (lasting) throw lasting
          const { successes, proofs } = replica
          const othersPassed = successes > before.successes
          if (error.kind === 'timeout') replica.timedOut(turn)
          const guilty = blame.after(error, {
            othersPassed,
            proved: proofs > before.proofs,
            overtakers: replica.overtakersOf(turn),
            slow: replica.slow,
            alone
          })
          if (guilty) throw guilty
          if (error.kind !== 'overload' && !othersPassed) replica.failed(error, proof, alone)
          if (error.retryAfterMs !== undefined) waitMs += Math.min(error.retryAfterMs, longestRetryAfterMs)
          seen.set(replica, { successes, proofs })
          last = replica
        } finally {
          replica.end()
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
