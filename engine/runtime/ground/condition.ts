/** Waiting for a state of affairs: `changed` is called after each change, `until` resolves once its predicate holds. */
export class Condition {
  #waiters = new Set<() => void>()

  changed(): void {
    for (const check of [...this.#waiters]) check()
  }

  /** True once the predicate holds, false when the signal was aborted first. */
  until(predicate: () => boolean, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(false)
    if (predicate()) return Promise.resolve(true)
    return new Promise(resolve => {
      const end = (held: boolean) => {
        this.#waiters.delete(check)
        signal.removeEventListener('abort', aborted)
        resolve(held)
      }
      const check = () => {
        if (predicate()) end(true)
      }
      const aborted = () => end(false)
      this.#waiters.add(check)
      signal.addEventListener('abort', aborted)
    })
  }
}
