/** What has to be closed after some work, in reverse order: all of it, however the work or one of the closings ends. */
export class Closings {
  readonly #stack = new AsyncDisposableStack()

  add(close: () => Promise<void>): void {
    this.#stack.defer(close)
  }

  /**
   * Does the work, then closes.
   * @throws what the work threw, whatever the closings say; otherwise what the first closing that failed threw.
   */
  async after<T>(work: () => Promise<T>): Promise<T> {
    let done: T
    try {
      done = await work()
    } catch (error) {
      await this.#stack.disposeAsync().catch(() => {})
      throw error
    }
    await this.#stack.disposeAsync().catch(firstOf)
    return done
  }
}

/** Several failures come as one that suppresses those before it. */
function firstOf(error: unknown): never {
  throw error instanceof SuppressedError ? firstOf(error.suppressed) : error
}
