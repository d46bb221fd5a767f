import { Halt } from '../ground/halt.ts'
import type { Settlement } from '../record/settlement.ts'

/** Notices when a stage fails in the same way again and again: then the stage is broken, not its records. */
export class DefectStreak {
  readonly #stage: string
  readonly #limit: number
  #last = ''
  #length = 0

  constructor(stage: string, limit: number) {
    this.#stage = stage
    this.#limit = limit
  }

  /** @throws Halt at the last defect of a streak. Its records are dead-lettered all the same. */
  note({ reason, error }: Settlement): void {
    if (reason !== 'stage-defect') {
      this.#length = 0
      return
    }
    this.#length = error === this.#last ? this.#length + 1 : 1
    this.#last = error
    if (this.#length >= this.#limit)
      throw new Halt('repeated-defect', this.#stage, `${this.#stage} failed ${this.#limit} times in a row: ${error}`)
  }
}
