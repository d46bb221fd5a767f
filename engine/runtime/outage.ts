import { isLogError } from '../log/errors.ts'

/** A log that cannot be reached is waited for. This says so, once for as long as it lasts. */
export class LogOutage {
  readonly #notice: (text: string) => void
  #isAway = false

  constructor(notice: (text: string) => void) {
    this.#notice = notice
  }

  /** True when the error means that the log is away: it has been told, and whoever asked may ask again later. */
  explains(error: unknown): boolean {
    if (!isLogError(error, 'unavailable')) return false
    if (!this.#isAway) this.#notice(`the log cannot be reached, waiting: ${error.message}`)
    this.#isAway = true
    return true
  }

  /** The log has answered. */
  over(): void {
    if (this.#isAway) this.#notice('the log answers again')
    this.#isAway = false
  }
}
