import { isLogError } from '../../log/errors.ts'
import type { Commit, CommitResult, OutputRecord, PartitionOwner } from '../../log/port.ts'
import { Halt, haltOn } from '../ground/halt.ts'
import type { StageContext } from '../ground/stage-context.ts'

/** Commits for one partition, and finds out what became of a commit whose outcome is unknown. */
export class Committer {
  readonly #context: StageContext
  readonly #retake: () => Promise<PartitionOwner>
  readonly #signal: AbortSignal
  #owner: PartitionOwner
  #position: Commit | undefined

  /** @param signal aborted when the partition is lost: nothing may be committed after that. */
  constructor(
    context: StageContext,
    owner: PartitionOwner,
    retake: () => Promise<PartitionOwner>,
    signal: AbortSignal
  ) {
    this.#context = context
    this.#owner = owner
    this.#retake = retake
    this.#signal = signal
    this.#position = owner.commitAtTake
  }

  /** The owner of the moment: another one after a commit of unknown outcome. */
  get owner(): PartitionOwner {
    return this.#owner
  }

  /**
   * Commits, again after each abort, until it is committed or the partition is lost.
   * @param patience once it is aborted, an abort is not tried again: the partition counts as lost.
   * @throws Halt when the log is full, or the outcome cannot be learnt.
   */
  async commit(
    outputs: readonly OutputRecord[],
    position: Commit,
    patience: AbortSignal
  ): Promise<'committed' | 'lost'> {
    for (let pauseMs = 20; ; pauseMs = Math.min(pauseMs * 2, 5_000)) {
      if (this.#signal.aborted) return 'lost'
      let result: CommitResult = await this.#owner.commit(outputs, position)
      this.#context.counters.attempted(result.status)
      if (result.status === 'unknown') result = await this.#resolve(position, result.cause)
      if (result.status === 'committed') {
        this.#position = position
        return 'committed'
      }
      if (result.status === 'fenced') return 'lost'
      if (result.status === 'aborted') await this.#afterAbort(result.cause, pauseMs)
      if (patience.aborted) return 'lost'
    }
  }

  async #afterAbort(cause: Error, pauseMs: number): Promise<void> {
    const { stage, clock, notice, outage } = this.#context
    if (isLogError(cause, 'log-full')) throw new Halt('log-full', stage.name, cause.message, cause)
    if (!outage.explains(cause)) {
      if (isLogError(cause)) throw haltOn(stage.name, cause)
      notice(`${stage.name} commits again: ${cause.message}`)
    }
    await clock.sleep(pauseMs, this.#signal)
  }

  /** Takes the partition anew, which settles the fate of the commit, and compares positions. */
  async #resolve(attempted: Commit, cause: Error): Promise<CommitResult> {
    const { stage, clock } = this.#context
    const discarded = this.#owner
    for (let attempt = 1; ; attempt++) {
      try {
        this.#owner = await this.#retake()
        break
      } catch (error) {
        if (isLogError(error, 'partition-lost')) return { status: 'fenced' }
        if (isLogError(error, 'not-authorised')) throw haltOn(stage.name, error)
        if (attempt === 2)
          throw new Halt(
            'commit-unresolved',
            stage.name,
            `a commit ended unknown (${cause.message}), and the partition could not be taken again: ${(error as Error).message}`,
            error
          )
        await clock.sleep(500, this.#signal)
      }
    }
    await discarded.release().catch(() => {})
    if (same(this.#owner.commitAtTake, attempted)) return { status: 'committed' }
    if (same(this.#owner.commitAtTake, this.#position)) return { status: 'aborted', cause }
    return { status: 'fenced' }
  }
}

const same = (a: Commit | undefined, b: Commit | undefined): boolean =>
  a?.offset === b?.offset && a?.metadata === b?.metadata
