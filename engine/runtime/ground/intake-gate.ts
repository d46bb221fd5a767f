/** Whether a stage takes in records at present. Shared by all its partitions; whoever closes it opens it again. */
export class IntakeGate {
  readonly #withheld: () => boolean
  /** The stage behind lags by more than it should. */
  backlogged = false

  constructor(withheld: () => boolean) {
    this.#withheld = withheld
  }

  /** The stage admits nothing more, though it settles what it has begun. */
  get withheld(): boolean {
    return this.#withheld()
  }

  get closed(): boolean {
    return this.backlogged || this.#withheld()
  }
}
