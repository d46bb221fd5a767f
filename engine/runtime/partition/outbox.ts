import type { RuntimeLimits } from '../ground/limits.ts'
import type { Settlement } from '../record/settlement.ts'

/** Settlements that wait for their commit, in the order in which they came. */
export class Outbox {
  readonly #limits: Pick<RuntimeLimits, 'commitRecords' | 'commitBytes'>
  #waiting: Settlement[] = []
  #records = 0
  #bytes = 0

  constructor(limits: Pick<RuntimeLimits, 'commitRecords' | 'commitBytes'>) {
    this.#limits = limits
  }

  get length(): number {
    return this.#waiting.length
  }

  /** Enough waits for a commit not to wait any longer. */
  get full(): boolean {
    return this.#records >= this.#limits.commitRecords || this.#bytes >= this.#limits.commitBytes
  }

  add(settlement: Settlement): void {
    this.#waiting.push(settlement)
    this.#records += settlement.outputs.length
    this.#bytes += settlement.bytes
  }

  /** The settlements of one commit, oldest first: within the limits, but at least one. */
  take(): Settlement[] {
    let records = 0
    let bytes = 0
    let count = 0
    for (const settlement of this.#waiting) {
      const fits =
        records + settlement.outputs.length <= this.#limits.commitRecords &&
        bytes + settlement.bytes <= this.#limits.commitBytes
      if (count > 0 && !fits) break
      records += settlement.outputs.length
      bytes += settlement.bytes
      count++
    }
    this.#records -= records
    this.#bytes -= bytes
    const taken = this.#waiting.slice(0, count)
    this.#waiting = this.#waiting.slice(count)
    return taken
  }
}
