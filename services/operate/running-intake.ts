/** What brings documents in while the stages work. */
export interface RunningIntake {
  readonly done: Promise<void>
  readonly ended: boolean
  readonly failed: { readonly error: unknown } | undefined
  /** No more documents are wanted. */
  end(): void
}

/** @param intake its signal is aborted when no more documents are wanted, or when `signal` is. */
export function beginIntake(
  intake: ((signal: AbortSignal) => Promise<unknown>) | undefined,
  signal: AbortSignal
): RunningIntake {
  const unwanted = new AbortController()
  const state = { ended: false, failed: undefined as { error: unknown } | undefined }
  const done = (intake ?? (async () => {}))(AbortSignal.any([signal, unwanted.signal])).then(
    () => {
      state.ended = true
    },
    error => {
      state.failed = { error }
      state.ended = true
    }
  )
  return {
    done,
    get ended() {
      return state.ended
    },
    get failed() {
      return state.failed
    },
    end: () => unwanted.abort()
  }
}
