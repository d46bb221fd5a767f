import { isLogError } from '../../log/errors.ts'
import { type Clock, systemClock } from './clock.ts'

const askAgainMs = 1_000

/** A log that cannot be reached is waited for. This says so, once for as long as it lasts. */
export class LogOutage {
  readonly #notice: (text: string) => void
  #reason: string | undefined

  constructor(notice: (text: string) => void) {
    this.#notice = notice
  }

  /** Why it cannot be reached; undefined while it can. */
  get reason(): string | undefined {
    return this.#reason
  }

  /** True when the error means that the log is away: it has been told, and whoever asked may ask again later. */
  explains(error: unknown): boolean {
    if (!isLogError(error, 'unavailable')) return false
    if (this.#reason === undefined) this.#notice(`the log cannot be reached, waiting: ${error.message}`)
    this.#reason = error.message
    return true
  }

  /**
   * Asks until the log answers. The question must be one that can be put twice.
   * @throws what the question throws for another reason; its `unavailable` too, once the signal is aborted.
   */
  async outlast<T>(question: () => Promise<T>, signal?: AbortSignal, clock: Clock = systemClock): Promise<T> {
    for (;;) {
      try {
        const answer = await question()
        this.over()
        return answer
      } catch (error) {
        if (signal?.aborted || !this.explains(error)) throw error
        await clock.sleep(askAgainMs, signal)
      }
    }
  }

  /** The log has answered. */
  over(): void {
    if (this.#reason !== undefined) this.#notice('the log answers again')
    this.#reason = undefined
  }
}
