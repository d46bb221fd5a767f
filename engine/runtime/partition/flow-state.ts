import { Condition } from '../ground/condition.ts'
import { haltOn } from '../ground/halt.ts'
import type { StageContext } from '../ground/stage-context.ts'
import { InFlight } from './in-flight.ts'
import type { TakenPartition } from './take-over.ts'

/**
 * What intake, records and commits of one partition share: the in-flight table and the signals that end them. Everything
 * that changes a table is synchronous; `changed` wakes whoever waits for the change.
 */
export class FlowState {
  readonly context: StageContext
  readonly taken: TakenPartition
  readonly inFlight: InFlight
  readonly changed = new Condition()
  readonly #stopping = new AbortController()
  readonly #withdrawal = new AbortController()
  readonly #lost: AbortController
  #failure: unknown

  /** @param lost the controller whose signal the partition's committer listens to. */
  constructor(context: StageContext, taken: TakenPartition, lost: AbortController) {
    this.context = context
    this.taken = taken
    this.inFlight = new InFlight(context.limits)
    this.#lost = lost
    this.#withdrawal.signal.addEventListener('abort', () => this.inFlight.endAdmission(-1))
  }

  /** Ends intake and the wait for admission. */
  get stopping(): AbortSignal {
    return this.#stopping.signal
  }

  /** Withdraws what is asked. */
  get withdrawal(): AbortSignal {
    return this.#withdrawal.signal
  }

  /** Nothing may be committed any more. */
  get lost(): AbortSignal {
    return this.#lost.signal
  }

  /** The first failure, where there was one. */
  get failure(): unknown {
    return this.#failure
  }

  /** Takes in no more; what has been asked is answered, or withdrawn when the grace is over; then all is committed. */
  stop(graceMs: number): void {
    this.#stopping.abort()
    // Outcomes are decided in order: what is asked already would have to be asked again if one before it is not.
    this.inFlight.endAdmission(this.taken.verdicts.inOrder ? this.inFlight.lastAsked : -1)
    this.changed.changed()
    void this.context.clock.sleep(graceMs, this.withdrawal).then(() => this.withdraw())
  }

  withdraw(): void {
    this.#withdrawal.abort()
    this.changed.changed()
  }

  /** The partition belongs to another: everything at once. */
  lose(): void {
    this.#lost.abort()
    this.#withdrawal.abort()
    this.stop(0)
  }

  /** Nothing more is committed. */
  fail(error: unknown): void {
    this.#failure ??= haltOn(this.context.stage.name, error)
    this.lose()
  }

  /** What was settled is committed before the flow ends with this. */
  failInOrder(error: unknown): void {
    this.#failure ??= error
    this.stop(0)
  }
}
