import type { LogError } from '../../../engine/log/errors.ts'
import { grouped, printableLine } from './printable.ts'

const longest = 20

/** Damage that a command met, told as it goes; what is whole goes on. */
export class DamageTold {
  readonly #seen = new Set<string>()
  readonly #tell: (line: string) => void

  constructor(tell: (line: string) => void) {
    this.#tell = tell
  }

  /** What was found before anything was read. */
  readonly opened = (damage: readonly string[] = []): void => {
    for (const text of damage) this.#add(text)
  }

  /** Told of records that are left out. */
  readonly met = (error: LogError): void => this.#add(error.message)

  #add(text: string): void {
    if (this.#seen.has(text)) return
    this.#seen.add(text)
    if (this.#seen.size <= longest) this.#tell(printableLine(`damaged: ${text}`))
  }

  /** Says the rest. @returns whether there was any. */
  close(): boolean {
    const { size } = this.#seen
    if (size === 0) return false
    if (size > longest) this.#tell(`and ${grouped(size - longest)} more`)
    this.#tell('The log is damaged. Only intact records were written. fanno verify lists all damage.')
    return true
  }
}
