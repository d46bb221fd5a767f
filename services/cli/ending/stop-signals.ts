import { InferenceError } from '../../../engine/inference/errors.ts'
import { isLogError } from '../../../engine/log/errors.ts'
import { exitCodes } from './exit-codes.ts'

/** A drain takes 25 s at most; whatever hangs then is cut off before whoever stops us would kill us. */
const deadlineMs = 28_000

/** Ctrl-C and SIGTERM: the first asks for an orderly end within 28 s, the second ends at once. */
export interface StopSignals {
  readonly signal: AbortSignal
  /** 130 or 143 once one came. */
  exitCode(): number | undefined
  /** Listens no more. */
  release(): void
}

const codes = { SIGINT: exitCodes.interrupted, SIGTERM: exitCodes.terminated } as const

/**
 * Runs a command that a signal ends in an orderly way.
 * @returns what `use` returns; the exit code of the signal where it made `use` give up waiting for a model or the log.
 */
export async function untilStopped(
  notice: (text: string) => void,
  use: (stop: StopSignals) => Promise<number>
): Promise<number> {
  const stop = listenForStop(notice)
  try {
    return await use(stop)
  } catch (error) {
    const code = stop.exitCode()
    if (code !== undefined && isGivenUp(error)) return code
    throw error
  } finally {
    stop.release()
  }
}

const isGivenUp = (error: unknown): boolean =>
  (error instanceof InferenceError && error.kind === 'shutdown') || isLogError(error, 'unavailable')

export function listenForStop(notice: (text: string) => void): StopSignals {
  const controller = new AbortController()
  let code: number | undefined
  let deadline: NodeJS.Timeout | undefined
  const heard = (name: NodeJS.Signals) => {
    if (code !== undefined) process.exit(code)
    code = codes[name as keyof typeof codes]
    notice(
      'Stopping: records in flight are settled first. Press Ctrl-C again to exit immediately. Nothing is lost either way.'
    )
    controller.abort()
    deadline = setTimeout(() => process.exit(code), deadlineMs)
  }
  for (const name of Object.keys(codes)) process.on(name, heard)
  return {
    signal: controller.signal,
    exitCode: () => code,
    release: () => {
      clearTimeout(deadline)
      for (const name of Object.keys(codes)) process.off(name, heard)
    }
  }
}
