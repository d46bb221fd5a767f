import type { AnyPlainStage } from '../../declare/index.ts'
import type { StageContext } from '../ground/stage-context.ts'
import { Asking } from './asking.ts'
import { CommitLoop } from './commit-loop.ts'
import type { DefectStreak } from './defects.ts'
import { FlowState } from './flow-state.ts'
import { Intake } from './intake.ts'
import type { TakenPartition } from './take-over.ts'

/** One input partition, from the first record after take-over until it is stopped or lost. See RUNTIME.md. */
export class PartitionFlow {
  readonly #state: FlowState
  readonly #asking: Asking
  readonly #commits: CommitLoop
  readonly #intake: Intake

  /** @param lost the controller whose signal the partition's committer listens to. */
  constructor(context: StageContext, taken: TakenPartition, defects: DefectStreak, lost: AbortController) {
    this.#state = new FlowState(context, taken, lost)
    this.#commits = new CommitLoop(this.#state, defects, () => this.#asking.count > 0)
    this.#asking = new Asking(this.#state, this.#commits)
    this.#intake = new Intake(this.#state, this.#asking, this.#commits)
  }

  /** Nothing is asked, nothing waits for its commit. */
  get quiet(): boolean {
    return this.#asking.count === 0 && this.#commits.quiet
  }

  /** Records read and not settled, deferred ones not among them. */
  get held(): number {
    return this.#state.inFlight.records
  }

  /** When the oldest record that is read and not settled was appended, in milliseconds since the Unix epoch. */
  get oldest(): number | undefined {
    return this.#state.inFlight.oldest
  }

  /** Deferred records so far; a later `wake` may say that those before a mark are released. */
  get deferralMark(): number {
    return this.#state.inFlight.deferrals
  }

  /** Runs until it is stopped or lost. @throws Halt. */
  async run(): Promise<void> {
    const fail = (error: unknown) => this.#state.fail(error)
    await Promise.all([this.#intake.run().catch(fail), this.#commits.run().catch(fail)])
    this.#state.withdraw()
    this.#giveBack()
    await this.#state.taken.committer.owner.release().catch(() => {})
    if (this.#state.failure) throw this.#state.failure
  }

  /** Takes in no more; what has been asked is answered, or withdrawn when the grace is over; then all is committed. */
  stop(graceMs: number): void {
    this.#state.stop(graceMs)
  }

  /** The partition belongs to another: everything at once. */
  lose(): void {
    this.#state.lose()
  }

  /** Something that intake waits for has changed (a pause was lifted). */
  nudge(): void {
    this.#state.changed.changed()
  }

  /** Asks deferred records again. @param releasedBefore those deferred before this mark may not be deferred again. */
  wake(releasedBefore: number): Promise<void> {
    return this.#asking.wake(releasedBefore)
  }

  /** What the view counted for records that this flow did not settle is given back. */
  #giveBack(): void {
    const { stage, view, counters } = this.#state.context
    const { view: declared } = stage as AnyPlainStage
    for (const entry of this.#state.inFlight.all()) {
      if (entry.state === 'deferred') counters.deferred--
      else if (entry.id !== undefined) declared?.giveBack?.(view, entry.id)
    }
  }
}
